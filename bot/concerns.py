"""What is looked for in every reply before it is taken as an answer, in the order it matters."""

from dataclasses import replace

from bot.answers import ENDED, Finding, tells, with_activity, with_answer, with_slots
from bot.keywords import HELP, OPT_OUT, bare
from bot.step import (
    ASKED_TWICE,
    OPENING,
    WITH_STAFF,
    Outcome,
    Say,
    Step,
    confirm,
    go_on,
    news,
    put_again,
    still,
    thanks,
    to_staff,
)
from bot.survey import NO, YES, Survey, plain
from bot.when import names_a_time, names_only_a_time
from contact.conversation import Talk
from contact.destination import REFUSED
from contact.flag import FlagKind
from contact.message import MessageKind
from contact.reply import Label, Reading

#: At most this many times a case is put off for somebody ("later").
MAX_APPOINTMENTS = 2

# "who is this pls": more words than these may well say whose phone it is.
_ONLY_A_QUESTION = 4
# More words than these that name some time somewhere are a story, no appointment.
_AN_ASIDE = 12
_NO_ANSWERS = (Label.AMBIGUOUS, Label.OUT_OF_SCOPE, Label.QUESTION)


def urgent(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """Worry, stop and wrong person: whichever are there all take effect, and one answer goes out.

    The signpost goes before anything else and says so if we stop as well. What
    they do is kept where it is told beside a worry, but not after a stop, nor
    from a stranger.
    """
    labels = {reading.label, *reading.flags}
    worry = Label.DISTRESS in labels
    wrong = Label.WRONG_PERSON in labels and not _of_themselves(talk, text, survey)
    stop = Label.STOP in labels or bare(text) in OPT_OUT
    # Who stops us and is a stranger must be known as both.
    wrong = wrong or (stop and survey.hears("stranger", text))
    if not (worry or wrong or stop):
        return None
    after = replace(talk, question=None, clarified=0, known={})
    flags = (FlagKind.WORRY,) * worry + (FlagKind.WRONG_PERSON,) * wrong
    if not (wrong or stop):
        if tells(reading, survey) and ENDED not in talk.answers:
            after = with_activity(after, reading.label, reading.code, survey)
            after = with_slots(after, reading.slots, survey)
        found = news(talk, after, survey)
        return Step(after, Outcome.WORRY, _signpost(stop=False), found, flags)
    outcome = Outcome.STOPPED if stop else Outcome.WRONG_PERSON
    after = replace(after, answers={**talk.answers, ENDED: str(outcome)})
    return Step(after, outcome, _last_word(talk, worry, stop), flags=flags)


def _of_themselves(talk: Talk, text: str, survey: Survey) -> bool:
    """Whether what reads like a stranger is WRONG, as we invite it, or only "who's this?"."""
    if talk.code is not None and survey.is_just("wrong", text):
        return True
    return survey.topic(text) is not None and len(plain(text).split()) <= _ONLY_A_QUESTION


def _signpost(stop: bool) -> Say:
    return Say(MessageKind.SIGNPOST, "signpost.worry_stop" if stop else "signpost.worry")


def _last_word(talk: Talk, worry: bool, stop: bool) -> Say | None:
    if worry:
        return _signpost(stop)
    # Who has been told once that we stop is not told again.
    if ENDED in talk.answers:
        return None
    return confirm("stop.confirmed" if stop else "wrong_person")


def help_word(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """HELP by itself: who we are, and staff look whether more was meant."""
    if bare(text) not in HELP and not survey.is_just("help", text):
        return None
    return Step(talk, still(talk), confirm("help"), flags=(FlagKind.QUESTION,), detail="help")


def ended(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """Nothing is asked, said or coded any more after a stop or a wrong person."""
    return Step(talk, Outcome.NOTHING) if ENDED in talk.answers else None


def wrong_word(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """WRONG, as the thanks invite: ask once what is right, then leave it to staff."""
    if talk.code is None or not survey.is_just("wrong", text):
        return None
    if talk.said > survey.max_messages:
        return to_staff(talk)
    # Counted past the last message, so that the answer is followed by thanks only.
    again = replace(talk, question="now", clarified=0, said=survey.max_messages + 1)
    return Step(again, Outcome.ASKING, Say(MessageKind.QUESTION, "correct"))


def wordless(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """A picture, voice note or sticker alone: words, please; then staff."""
    if text.strip():
        return None
    if talk.question is None:
        return Step(talk, Outcome.NOTHING)
    return put_again(talk, "media", survey) or to_staff(talk)


def abuse(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """Abuse: met once, calmly; then staff, and not another word from us."""
    if reading.label is not Label.ABUSIVE:
        return None
    if talk.clarified < ASKED_TWICE:
        return Step(replace(talk, clarified=ASKED_TWICE), still(talk), confirm("abuse"))
    silent = replace(talk, clarified=WITH_STAFF)
    return to_staff(silent, FlagKind.ABUSE)


def call_back(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """A wish to be rung: staff do it, and the question stays open."""
    asks = survey.hears("call", text) and not survey.hears("dont_call", text)
    if not asks or not (reading.later or reading.label in _NO_ANSWERS):
        return None
    flags = (FlagKind.CALL_BACK,)
    if talk.question == "help":
        # To "shall somebody help?" it is a yes.
        after = with_answer(talk, "help", str(YES), survey)
        return go_on(talk, after, survey, flags, "wants_help")
    return Step(talk, Outcome.CALL_BACK, confirm("call_back"), flags=flags, detail="ring_me")


def later(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """Another time: an appointment, two of them at most; after that it is theirs to write."""
    if not _another_time(talk, reading, text):
        return None
    if talk.question is None:
        return Step(talk, Outcome.NOTHING)
    if talk.appointments >= MAX_APPOINTMENTS:
        return Step(talk, Outcome.ASKING, confirm("later.last"))
    put_off = replace(talk, appointments=talk.appointments + 1)
    return Step(put_off, Outcome.LATER, confirm("later"))


def _another_time(talk: Talk, reading: Reading, text: str) -> bool:
    """Whether they put it off; after "when did you start?" a time is an answer."""
    if reading.later or talk.question in (None, "start", "help"):
        return reading.later
    aside = reading.label is Label.OUT_OF_SCOPE and len(plain(text).split()) <= _AN_ASIDE
    return (aside and names_a_time(text)) or names_only_a_time(text)


def question(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """A question to us: answered if it is one of the few we can, else passed on to staff.

    Ours stays open. Asked for help when help was offered, see ``bot.questions``.
    """
    topic = survey.topic(text)
    # Where words are expected ("cost accounting") only a clear question is one.
    guessed = topic and reading.label in _NO_ANSWERS and talk.question in (None, *OPENING)
    asks = bool(guessed) or reading.label in (Label.QUESTION, Label.WRONG_PERSON)
    if not asks or (topic is None and talk.question == "help"):
        return None
    if topic is not None:
        return Step(talk, still(talk), confirm(f"answer.{topic.code}"))
    flags = (FlagKind.QUESTION,)
    return Step(talk, still(talk), confirm("pass_on.question"), flags=flags)


def refusal(talk: Talk, reading: Reading, text: str, survey: Survey) -> Step | None:
    """A refusal, respected at once: 830 before a code, after it what is known."""
    if reading.label is not Label.REFUSES:
        return None
    after = replace(talk, question=None, clarified=0, said=talk.said + 1, known={})
    if talk.question in OPENING and talk.code is None:
        untold = {**talk.answers, "now": str(Label.REFUSES)}
        after = replace(after, label=None, code=None, answers=untold)
        say = Say(MessageKind.THANKS, "refused")
        return Step(after, Outcome.REFUSED, say, Finding(REFUSED, str(Label.REFUSES)))
    if talk.question is None:
        return Step(talk, Outcome.NOTHING)
    if talk.question == "help":
        after = replace(after, answers={**talk.answers, "help": str(NO)})
        return Step(after, Outcome.COMPLETE, thanks(after, survey))
    # What is left counts as asked and not told, so that nothing resumes it.
    path = survey.path(talk.label)
    untold = dict.fromkeys(path.asks if path else (), "")
    after = replace(after, answers={**untold, **talk.answers})
    return Step(after, Outcome.PARTIAL, thanks(after, survey))


#: Looked for whatever the reply answers.
ALWAYS = (urgent, help_word, ended, wrong_word, wordless)

#: Looked for where the reply is no number and does not say what they do.
UNLESS_ANSWERED = (abuse, call_back, later, question, refusal)
