"""What follows from a reply, question by question."""

from dataclasses import replace

import pytest

from bot.conversation import Finding, Outcome, Say, Step, begin, resume, step
from bot.survey import Survey
from contact.conversation import Talk
from contact.flag import FlagKind
from contact.message import MessageKind
from contact.reply import Label, Reading, Slots

NOTHING_READ = Reading(Label.AMBIGUOUS)
OFF = Reading(Label.OUT_OF_SCOPE)
COLLEGE = Reading(Label.FE_COLLEGE, "230", 0.97)
JOB = Reading(Label.EMPLOYMENT_WITHOUT_TRAINING, "330", 0.97)
LOOKING = Reading(Label.LOOKING_FOR_WORK, "619", 0.97)
WORRY = Reading(Label.DISTRESS)
STOP = Reading(Label.STOP)
STRANGER = Reading(Label.WRONG_PERSON)
REFUSES = Reading(Label.REFUSES)
QUESTION = Reading(Label.QUESTION)
LATER = Reading(Label.OUT_OF_SCOPE, later=True)
ABUSE = Reading(Label.ABUSIVE)


def number(choice: int) -> tuple[str, Reading]:
    return str(choice), Reading(Label.AMBIGUOUS, choice=choice)


def talked(survey: Survey, *replies: tuple[str, Reading]) -> Step:
    """The last step of a conversation in which Amina sends ``replies``."""
    taken = Step(begin(survey), Outcome.ASKING)
    for text, reading in replies:
        taken = step(taken.talk, reading, text, survey)
    return taken


def at(survey: Survey, question: str) -> Talk:
    """Where the survey stands when a college student is asked ``question``."""
    before = {
        "now": [],
        "where": [number(2)],
        "what": [number(2), ("Wirral Met", NOTHING_READ)],
        "start": [number(2), ("Wirral Met", NOTHING_READ), ("plumbing level 2", NOTHING_READ)],
    }
    before["help"] = [*before["start"], ("last sept", NOTHING_READ)]
    talk = talked(survey, *before[question]).talk
    assert talk.question == question
    return talk


def said(taken: Step) -> str | None:
    return taken.say.line if taken.say else None


def test_a_whole_conversation_ends_in_a_destination(survey: Survey) -> None:
    start = Reading(Label.AMBIGUOUS, slots=Slots(start="2025-09"))

    lines: list[str | None] = []
    talk = begin(survey)
    for text, reading in [
        number(2),
        ("Wirral Met", NOTHING_READ),
        ("plumbing, level 2", NOTHING_READ),
        ("sept", start),
        number(2),
    ]:
        taken = step(talk, reading, text, survey)
        lines, talk = [*lines, said(taken)], taken.talk

    assert lines == [
        "question.where.study",
        "question.what.course",
        "question.start.study",
        "question.help",
        "thanks",
    ]
    assert taken.outcome is Outcome.COMPLETE
    assert talk.question is None
    assert talk.answers == {
        "now": "fe_college",
        "where": "Wirral Met",
        "what": "plumbing",
        "level": "2",
        "start": "2025-09",
        "help": "2",
    }


def test_the_destination_grows_with_every_answer(survey: Survey) -> None:
    first = talked(survey, number(2))
    second = talked(survey, number(2), ("Wirral Met", NOTHING_READ))

    assert first.destination == Finding("230", "fe_college")
    assert second.destination == Finding("230", "fe_college", Slots(provider="Wirral Met"))


def test_several_facts_in_one_text_are_not_asked_again(survey: Survey) -> None:
    facts = Slots(provider="Wirral Met", course="plumbing", level="2", start="2025-09")
    reading = Reading(Label.FE_COLLEGE, "230", 0.97, slots=facts)

    taken = talked(survey, ("level 2 plumbing at wirral met since sept", reading))

    assert said(taken) == "question.help"
    assert taken.destination == Finding("230", "fe_college", facts)


def test_the_level_is_asked_by_itself_where_the_course_was_told_unasked(survey: Survey) -> None:
    facts = Slots(provider="Wirral Met", course="plumbing")

    taken = talked(survey, ("plumbing at met", Reading(Label.FE_COLLEGE, "230", slots=facts)))

    assert said(taken) == "question.level"


def test_a_lone_level_is_kept_while_the_course_is_asked_again(survey: Survey) -> None:
    taken = step(at(survey, "what"), NOTHING_READ, "2", survey)

    assert said(taken) == "clarify.what"
    assert taken.talk.answers["level"] == "2"


def test_an_apprentices_college_is_kept_beside_the_employer(survey: Survey) -> None:
    slots = Slots(provider="Hugh Baird", employer="Kwik Fit", course="mechanic")
    reading = Reading(Label.APPRENTICESHIP, "310", 0.97, slots=slots)

    taken = talked(survey, ("apprentice mechanic kwik fit, day release hugh baird", reading))

    assert taken.destination == Finding("310", "apprenticeship", slots)


@pytest.mark.parametrize(
    ("choice", "code", "line"),
    [
        (1, "210", "question.where.study"),
        (2, "230", "question.where.study"),
        (3, "240", "question.where.university"),
        (4, "310", "question.where.apprenticeship"),
        (5, "340", "question.where.work"),
        (6, "330", "question.where.work"),
        (7, "619", "question.help"),
    ],
)
def test_each_number_has_its_code_and_its_next_question(
    survey: Survey, choice: int, code: str, line: str
) -> None:
    taken = talked(survey, number(choice))

    assert taken.destination is not None
    assert (taken.destination.code, said(taken)) == (code, line)
    assert taken.talk.clarified == 0


def test_something_else_is_asked_for_in_their_own_words(survey: Survey) -> None:
    assert said(talked(survey, number(8))) == "clarify.else"
    assert said(talked(survey, ("eh", NOTHING_READ), number(8))) == "clarify.else"


def test_unclear_is_asked_once_in_other_words_and_then_goes_to_staff(survey: Survey) -> None:
    once, twice, thrice = (talked(survey, *[("eh", NOTHING_READ)] * times) for times in (1, 2, 3))

    assert once.say == Say(MessageKind.CLARIFY, "clarify.now")
    assert once.flags == ()
    assert (twice.outcome, said(twice)) == (Outcome.PASSED_TO_STAFF, "pass_on")
    assert twice.flags == (FlagKind.UNCLEAR,)
    assert thrice.say is None, "they have had their friendly word"


def test_a_doubtful_reading_offers_the_likely_answers(survey: Survey) -> None:
    doubtful = Reading(Label.FE_COLLEGE, "230", 0.5, review=True,
                       guesses=(Label.EMPLOYMENT_WITHOUT_TRAINING, Label.SIXTH_FORM))  # fmt: skip

    taken = talked(survey, ("at college shop", doubtful))

    assert (said(taken), taken.destination) == ("clarify.guess.2.6", None)


def test_abroad_without_an_activity_is_asked_what_they_do_there(survey: Survey) -> None:
    taken = talked(survey, ("moved to spain", Reading(Label.MOVED_ABROAD, None, 0.9)))

    assert said(taken) == "clarify.abroad"
    assert talked(survey, ("uni in cork", Reading(Label.MOVED_ABROAD, "270"))).destination


def test_after_a_question_in_other_words_the_later_details_give_way(survey: Survey) -> None:
    lines: list[str | None] = []
    talk = begin(survey)
    for text, reading in [
        ("eh", NOTHING_READ),
        number(6),
        ("Greggs", NOTHING_READ),
        ("till", NOTHING_READ),
        number(2),
    ]:
        taken = step(talk, reading, text, survey)
        talk, lines = taken.talk, [*lines, said(taken)]

    assert lines[1:] == [
        "question.where.work", "question.what.job", "question.help", "thanks",
    ]  # fmt: skip
    assert talk.said == survey.max_messages


EVERY_QUESTION = ["now", "where", "what", "start", "help"]


@pytest.mark.parametrize("question", EVERY_QUESTION)
@pytest.mark.parametrize(
    ("text", "reading", "outcome", "line", "flags"),
    [
        pytest.param("STOP", OFF, Outcome.STOPPED, "stop.confirmed", (), id="the bare word"),
        pytest.param("no more texts", STOP, Outcome.STOPPED, "stop.confirmed", (), id="stop"),
        pytest.param(
            "cant cope", WORRY, Outcome.WORRY, "signpost.worry", (FlagKind.WORRY,), id="worry"
        ),
        pytest.param(
            "cant cope leave me alone",
            Reading(Label.STOP, flags=(Label.DISTRESS,)),
            Outcome.STOPPED,
            "signpost.worry_stop",
            (FlagKind.WORRY,),
            id="worry and stop",
        ),
        pytest.param(
            "2 but i want to die",
            Reading(Label.FE_COLLEGE, "230", choice=2, flags=(Label.DISTRESS,)),
            Outcome.WORRY,
            "signpost.worry",
            (FlagKind.WORRY,),
            id="worry beside a number",
        ),
        pytest.param(
            "not ben's phone",
            STRANGER,
            Outcome.WRONG_PERSON,
            "wrong_person",
            (FlagKind.WRONG_PERSON,),
            id="wrong person",
        ),
        pytest.param(
            "wrong number, stop",
            Reading(Label.STOP, flags=(Label.WRONG_PERSON,)),
            Outcome.STOPPED,
            "stop.confirmed",
            (FlagKind.WRONG_PERSON,),
            id="a stranger who says stop",
        ),
    ],
)
def test_urgent_things_come_first_at_every_question(
    survey: Survey,
    question: str,
    text: str,
    reading: Reading,
    outcome: Outcome,
    line: str,
    flags: tuple[FlagKind, ...],
) -> None:
    taken = step(at(survey, question), reading, text, survey)

    assert (taken.outcome, said(taken), taken.flags) == (outcome, line, flags)
    assert taken.talk.question is None


@pytest.mark.parametrize("question", EVERY_QUESTION)
@pytest.mark.parametrize(
    ("text", "reading", "outcome", "line", "flags"),
    [
        pytest.param("help", OFF, Outcome.ASKING, "help", (FlagKind.QUESTION,), id="help"),
        pytest.param("after my exams", LATER, Outcome.LATER, "later", (), id="later"),
        pytest.param("who's this?", QUESTION, Outcome.ASKING, "answer.who", (), id="who"),
        pytest.param("you muppets", ABUSE, Outcome.ASKING, "abuse", (), id="abuse, once"),
    ],
)
def test_what_is_no_answer_leaves_the_question_open(
    survey: Survey,
    question: str,
    text: str,
    reading: Reading,
    outcome: Outcome,
    line: str,
    flags: tuple[FlagKind, ...],
) -> None:
    before = at(survey, question)

    taken = step(before, reading, text, survey)

    assert (taken.outcome, taken.flags) == (outcome, flags)
    assert said(taken) == line
    assert taken.talk.question == question
    assert taken.talk.answers == before.answers


@pytest.mark.parametrize("question", ["now", "where", "what"])
def test_a_picture_alone_is_asked_for_in_words(survey: Survey, question: str) -> None:
    taken = step(at(survey, question), OFF, "", survey)

    assert (said(taken), taken.talk.question) == ("media", question)


@pytest.mark.parametrize("question", ["start", "help"])
def test_a_picture_where_there_is_no_room_to_ask_again_goes_to_staff(
    survey: Survey, question: str
) -> None:
    taken = step(at(survey, question), OFF, "", survey)

    assert (taken.outcome, taken.flags) == (Outcome.PASSED_TO_STAFF, (FlagKind.UNCLEAR,))


@pytest.mark.parametrize(
    ("question", "outcome", "line", "code"),
    [
        pytest.param("now", Outcome.REFUSED, "refused", "830", id="before a code"),
        pytest.param("where", Outcome.PARTIAL, "thanks", None, id="after a code"),
        pytest.param("start", Outcome.PARTIAL, "thanks", None, id="later still"),
        pytest.param("help", Outcome.COMPLETE, "thanks", None, id="help is only offered"),
    ],
)
def test_a_refusal_is_respected_at_once(
    survey: Survey, question: str, outcome: Outcome, line: str, code: str | None
) -> None:
    taken = step(at(survey, question), REFUSES, "prefer not to say", survey)

    assert (taken.outcome, said(taken)) == (outcome, line)
    assert (taken.destination and taken.destination.code) == code
    assert taken.talk.question is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("Wirral  Met\n", "Wirral Met", id="as typed, on one line"),
        pytest.param("B&M", "B&M", id="short names"),
        pytest.param("x" * 500, "x" * 120, id="a story is cut"),
        pytest.param("idk", "", id="they do not know"),
    ],
)
def test_a_place_is_taken_as_typed(survey: Survey, text: str, kept: str) -> None:
    taken = step(at(survey, "where"), NOTHING_READ, text, survey)

    assert taken.talk.answers["where"] == kept
    assert taken.talk.question == "what"


@pytest.mark.parametrize("text", ["???", "👍", "2"])
def test_what_cannot_be_a_place_is_asked_once_more_and_then_goes_to_staff(
    survey: Survey, text: str
) -> None:
    once = step(at(survey, "where"), NOTHING_READ, text, survey)
    twice = step(once.talk, NOTHING_READ, text, survey)

    assert said(once) == "clarify.where"
    assert (twice.outcome, twice.flags) == (Outcome.PASSED_TO_STAFF, (FlagKind.UNCLEAR,))
    assert twice.talk.code == "230"


def test_a_correction_in_the_middle_replaces_what_was_known(survey: Survey) -> None:
    taken = step(at(survey, "where"), LOOKING, "dont go there anymore, looking for work", survey)

    assert taken.destination == Finding("619", "looking_for_work")
    assert said(taken) == "question.help"


def test_only_a_correction_replaces_an_earlier_fact(survey: Survey) -> None:
    reading = Reading(Label.AMBIGUOUS, slots=Slots(provider="Travel City", course="travel"))

    taken = step(at(survey, "what"), reading, "travel in the city", survey)

    assert (taken.talk.answers["where"], taken.talk.answers["what"]) == ("Wirral Met", "travel")


def test_a_doubtful_change_in_the_middle_is_asked_about(survey: Survey) -> None:
    doubtful = replace(LOOKING, review=True)

    taken = step(at(survey, "where"), doubtful, "dont go there now, looking", survey)

    assert (said(taken), taken.talk.question) == ("clarify.guess.7", "now")
    assert taken.talk.code == "230"
    assert step(taken.talk, REFUSES, "not saying", survey).outcome is Outcome.PARTIAL


def test_the_guessed_label_of_a_place_changes_nothing(survey: Survey) -> None:
    guess = Reading(Label.ARMED_FORCES, None, 0.9, slots=Slots(provider="Wirral Met"))

    taken = step(at(survey, "where"), guess, "sorry wirral met", survey)

    assert taken.destination == Finding("230", "fe_college", Slots(provider="Wirral Met"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("who's this?", "answer.who", id="a question"),
        pytest.param("whos this, not bens phone mate", "wrong_person", id="a stranger"),
        pytest.param("wrong number", "wrong_person", id="a wrong number"),
    ],
)
def test_who_is_this_is_a_question_even_where_it_reads_like_a_stranger(
    survey: Survey, text: str, line: str
) -> None:
    assert said(talked(survey, (text, STRANGER))) == line


def test_a_word_that_reads_like_another_activity_does_not_replace_it(survey: Survey) -> None:
    taken = step(at(survey, "what"), JOB, "retail", survey)

    assert taken.talk.code == "230"
    assert taken.talk.answers["what"] == "retail"


def test_a_sixth_form_college_makes_college_more_exact(survey: Survey) -> None:
    carmel = Reading(Label.SIXTH_FORM, "220", 0.97, slots=Slots(provider="Carmel College"))

    taken = step(at(survey, "where"), carmel, "carmel", survey)

    assert taken.destination == Finding("220", "fe_college", Slots(provider="Carmel College"))


def test_putting_the_place_right_leaves_the_open_question_open(survey: Survey) -> None:
    reading = Reading(Label.AMBIGUOUS, slots=Slots(provider="Hugh Baird"))

    taken = step(at(survey, "what"), reading, "sorry meant hugh baird", survey)

    assert said(taken) == "question.what.course"
    assert taken.destination == Finding("230", "fe_college", Slots(provider="Hugh Baird"))


@pytest.mark.parametrize(
    ("text", "reading", "answer", "flags", "line"),
    [
        pytest.param(*number(1), "1", (FlagKind.CALL_BACK,), "thanks.help", id="1"),
        pytest.param("yes please", OFF, "1", (FlagKind.CALL_BACK,), "thanks.help", id="yes"),
        pytest.param(*number(2), "2", (), "thanks", id="2"),
        pytest.param("nah im good", OFF, "2", (), "thanks", id="no"),
        pytest.param(
            "can you look at my cv",
            QUESTION,
            "1",
            (FlagKind.CALL_BACK, FlagKind.QUESTION),
            "thanks.help",
            id="a question is a wish",
        ),
        pytest.param(
            "no idea what to do next",
            NOTHING_READ,
            "",
            (FlagKind.QUESTION,),
            "thanks",
            id="no idea is not no",
        ),
    ],
)
def test_the_offer_of_help(
    survey: Survey,
    text: str,
    reading: Reading,
    answer: str,
    flags: tuple[FlagKind, ...],
    line: str,
) -> None:
    taken = step(at(survey, "help"), reading, text, survey)

    assert taken.outcome is Outcome.COMPLETE
    assert (taken.talk.answers["help"], taken.flags, said(taken)) == (answer, flags, line)


def test_an_unclear_answer_about_help_is_asked_again_where_there_is_room(survey: Survey) -> None:
    taken = talked(survey, number(7), ("hmm", NOTHING_READ))

    assert said(taken) == "clarify.help"


def test_a_question_we_cannot_answer_goes_to_staff_and_ours_stays_open(survey: Survey) -> None:
    taken = step(begin(survey), QUESTION, "when can i collect my certificates", survey)

    assert (said(taken), taken.flags) == ("pass_on.question", (FlagKind.QUESTION,))
    assert taken.talk.question == "now"


def test_abuse_is_met_once_and_then_only_staff_hear_of_it(survey: Survey) -> None:
    taken = talked(survey, ("muppets", ABUSE), ("muppets", ABUSE))

    assert (taken.say, taken.flags) == (None, (FlagKind.ABUSE,))


def test_there_are_at_most_two_appointments(survey: Survey) -> None:
    outcomes = [talked(survey, *[("later", LATER)] * times).outcome for times in (1, 2, 3)]

    assert outcomes == [Outcome.LATER, Outcome.LATER, Outcome.ASKING]


def test_nothing_is_coded_or_asked_after_a_stop_but_worry_is_still_heard(survey: Survey) -> None:
    stopped = talked(survey, ("STOP", STOP)).talk

    assert step(stopped, COLLEGE, "at college", survey) == Step(stopped, Outcome.NOTHING)
    assert said(step(stopped, WORRY, "cant cope", survey)) == "signpost.worry"
    assert step(stopped, STOP, "stop", survey).say is None


def test_what_is_told_beside_a_worry_is_kept_and_nothing_is_asked(survey: Survey) -> None:
    reading = Reading(Label.FE_COLLEGE, "230", 0.97, flags=(Label.DISTRESS,))

    taken = step(begin(survey), reading, "at college but cant cope", survey)

    assert taken.destination == Finding("230", "fe_college")
    assert said(taken) == "signpost.worry"


def whole(survey: Survey) -> Talk:
    return step(at(survey, "help"), *number(2)[::-1], survey).talk


def test_a_correction_after_the_thanks_is_recorded(survey: Survey) -> None:
    reading = Reading(Label.AMBIGUOUS, slots=Slots(provider="Hugh Baird"))

    taken = step(whole(survey), reading, "sorry meant hugh baird", survey)

    assert said(taken) == "thanks.updated"
    assert taken.destination is not None
    assert taken.destination.slots.provider == "Hugh Baird"
    assert taken.destination.slots.course == "plumbing"


@pytest.mark.parametrize(
    ("text", "reading", "outcome", "flags"),
    [
        pytest.param("thanks", OFF, Outcome.NOTHING, (), id="small talk"),
        pytest.param(
            "eh", NOTHING_READ, Outcome.PASSED_TO_STAFF, (FlagKind.UNCLEAR,), id="unclear"
        ),
        pytest.param("at work", JOB, Outcome.PASSED_TO_STAFF, (FlagKind.UNCLEAR,), id="a conflict"),
        pytest.param("at college", COLLEGE, Outcome.NOTHING, (), id="the same again"),
        pytest.param("later", LATER, Outcome.NOTHING, (), id="nothing to put off"),
        pytest.param("nope", REFUSES, Outcome.NOTHING, (), id="nothing to refuse"),
        pytest.param("", OFF, Outcome.NOTHING, (), id="a picture"),
    ],
)
def test_what_follows_the_thanks_is_met_in_silence(
    survey: Survey, text: str, reading: Reading, outcome: Outcome, flags: tuple[FlagKind, ...]
) -> None:
    taken = step(whole(survey), reading, text, survey)

    assert (taken.outcome, taken.say, taken.flags) == (outcome, None, flags)


def test_wrong_asks_once_what_is_right_and_thanks(survey: Survey) -> None:
    again = step(whole(survey), STRANGER, "WRONG", survey)
    right = step(again.talk, JOB, "6 job", survey)
    once_more = step(right.talk, NOTHING_READ, "wrong", survey)

    assert (said(again), again.talk.question) == ("correct", "now")
    assert (said(right), right.outcome) == ("thanks.updated", Outcome.COMPLETE)
    assert right.destination == Finding("330", "employment_without_training")
    assert (said(once_more), once_more.flags) == ("pass_on", (FlagKind.UNCLEAR,))


def test_a_nudge_repeats_the_open_question_and_costs_no_answer(survey: Survey) -> None:
    before = at(survey, "what")

    again = resume(before, MessageKind.NUDGE, survey)

    assert again is not None
    assert again[0] == before
    assert (again[1].kind, again[1].line) == (MessageKind.NUDGE, "nudge.question.what.course")


def test_a_parked_survey_goes_on_where_it_stopped(survey: Survey) -> None:
    parked = step(at(survey, "what"), WORRY, "cant cope", survey).talk

    again = resume(parked, MessageKind.APPOINTMENT, survey)

    assert again is not None
    assert (again[0].question, again[1].line) == ("what", "appointment.question.what.course")


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param([("prefer not to say", REFUSES)], id="refused"),
        pytest.param([number(6), ("not saying", REFUSES)], id="partial"),
        pytest.param([("STOP", STOP)], id="stopped"),
        pytest.param([("wrong number", STRANGER)], id="a stranger"),
        pytest.param([number(7), number(2)], id="complete"),
    ],
)
def test_an_ended_survey_is_not_resumed(survey: Survey, replies: list[tuple[str, Reading]]) -> None:
    assert resume(talked(survey, *replies).talk, MessageKind.NUDGE, survey) is None
