"""What a turn of the conversation comes to, and the small moves every turn is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.answers import ENDED, Finding, finding, has_room, recorded, to_ask
from bot.survey import YES, Survey
from contact.conversation import Talk
from contact.flag import FlagKind
from contact.message import MessageKind

# How often a question was put in other words. It is asked so once; "something
# else" may ask once more for their own words; then it has gone to staff.
ASKED_TWICE, IN_OWN_WORDS, WITH_STAFF = 1, 2, 3

#: Questions that stand before anything is known of what they do.
OPENING = ("who", "confirm", "now")


class Outcome(StrEnum):
    """Where the survey stands after a reply.

    ASKING           a question is open, newly or still
    COMPLETE         everything there was to ask is answered (or put right afterwards)
    PARTIAL          the activity is known, and they would rather not say more
    REFUSED          they would rather not say what they do
    STOPPED          they opted out; with the flag ``wrong_person`` it was a stranger who did
    WRONG_PERSON     it is not them
    WORRY            a person must look at once; nothing more is asked
    PASSED_TO_STAFF  not understood, or abusive: staff go on
    LATER            another time: an appointment
    CALL_BACK        they would rather be rung
    NOTHING          nothing follows from it
    """

    ASKING = "asking"
    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"
    STOPPED = "stopped"
    WRONG_PERSON = "wrong_person"
    WORRY = "worry"
    PASSED_TO_STAFF = "passed_to_staff"
    LATER = "later"
    CALL_BACK = "call_back"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Say:
    """A message to send: its kind, its line in the wording, and the facts that are ours to give."""

    kind: MessageKind
    line: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a reply.

    ``talk`` is the state to keep, ``say`` the one answer that goes out or None,
    ``destination`` what is newly known or changed, ``flags`` what staff must
    look at; ``detail`` is a word about the flag without personal data.
    """

    talk: Talk
    outcome: Outcome
    say: Say | None = None
    destination: Finding | None = None
    flags: tuple[FlagKind, ...] = ()
    detail: str | None = None


def go_on(
    before: Talk,
    after: Talk,
    survey: Survey,
    flags: tuple[FlagKind, ...] = (),
    detail: str | None = None,
) -> Step:
    """The next question, or the thanks when there is none; with what changed since ``before``."""
    question = to_ask(after, survey)
    after = replace(after, question=question, clarified=0, said=after.said + 1)
    if question is None:
        return Step(
            after,
            Outcome.COMPLETE,
            thanks(after, survey),
            news(before, after, survey),
            flags,
            detail,
        )
    say = Say(MessageKind.QUESTION, line_of(after, survey))
    return Step(after, Outcome.ASKING, say, news(before, after, survey), flags, detail)


def news(before: Talk, after: Talk, survey: Survey) -> Finding | None:
    """The destination where ``after`` knows another than ``before`` did, else None."""
    found = finding(after, survey)
    return found if found != finding(before, survey) else None


def thanks(talk: Talk, survey: Survey) -> Say:
    """The last message: what was recorded, and how to put it right."""
    line = "thanks.help" if talk.answers.get("help") == str(YES) else "thanks"
    if talk.said > survey.max_messages:
        line = "thanks.updated"
    return Say(MessageKind.THANKS, line, recorded(talk))


def line_of(talk: Talk, survey: Survey) -> str:
    """The line of the open question, in the variant that suits what they do."""
    path = survey.path(talk.label)
    variant = path.wording.get(talk.question or "") if path else None
    return ".".join(filter(None, ("question", talk.question, variant)))


def put_again(talk: Talk, line: str, survey: Survey) -> Step | None:
    """The open question in other words (``line``), once; None where there is no room for that."""
    opening = talk.question in OPENING
    room = opening or has_room(talk, talk.question or "", survey)
    if talk.clarified >= ASKED_TWICE or not room:
        return None
    asked = replace(talk, clarified=ASKED_TWICE, said=talk.said + 1)
    return Step(asked, Outcome.ASKING, Say(MessageKind.CLARIFY, line))


def to_staff(talk: Talk, kind: FlagKind = FlagKind.UNCLEAR) -> Step:
    """Hand over to staff, with a friendly word the first time and none after it."""
    say = confirm("pass_on") if talk.clarified < WITH_STAFF else None
    return Step(replace(talk, clarified=WITH_STAFF), Outcome.PASSED_TO_STAFF, say, flags=(kind,))


def not_them(talk: Talk) -> Step:
    """Whoever answered says that it is not them: nothing more is asked or said there."""
    outcome = Outcome.WRONG_PERSON
    after = replace(
        talk, question=None, clarified=0, known={}, answers={**talk.answers, ENDED: str(outcome)}
    )
    return Step(after, outcome, confirm("wrong_person"), flags=(FlagKind.WRONG_PERSON,))


def confirm(line: str) -> Say:
    """A message that answers theirs and asks nothing."""
    return Say(MessageKind.CONFIRMATION, line)


def still(talk: Talk) -> Outcome:
    """The outcome of a reply that leaves the survey where it is."""
    return Outcome.NOTHING if talk.question is None else Outcome.ASKING
