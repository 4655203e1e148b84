"""Every way through the survey, and promises that hold on all of them."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Outcome, Step, begin, step
from bot.segments import count
from bot.survey import Survey
from bot.survey_lint import longest_facts
from bot.wording import Words
from contact.address import ChannelName
from contact.conversation import Talk
from contact.message import MessageKind
from contact.reply import Label, Reading, Slots

OURS = (MessageKind.QUESTION, MessageKind.CLARIFY, MessageKind.THANKS)
ASKING = (MessageKind.QUESTION, MessageKind.CLARIFY)
FACTS = Slots("P" * 200, "E" * 200, "C" * 200, "3", "2025-09")

Replies = list[tuple[str, Reading]]
Walked = tuple[Talk, Step, int]


@pytest.fixture(scope="module")
def every_answer(survey: Survey) -> list[Walked]:
    """Every way through the survey with any activity, answer or stumble."""
    return list(every_way(survey, activities(survey) + answers() + stumbles()))


@pytest.fixture(scope="module")
def every_turn(survey: Survey) -> list[Walked]:
    """Every way through it with one activity of each path, and all that is no answer besides."""
    leading = [path.labels[0] for path in survey.paths]
    first = [reply for reply in activities(survey) if reply[1].label in leading]
    return list(every_way(survey, first[::2] + answers() + stumbles() + others()))


def activities(survey: Survey) -> Replies:
    """Every activity: bare, with one fact, and with all of them."""
    return [
        ("im doing this now", Reading(label, survey.codes.get(label, "270"), 0.97, slots=slots))
        for path in survey.paths
        for label in path.labels
        for slots in (Slots(), Slots(course="maths"), FACTS)
    ]


def answers() -> Replies:
    numbers = [(str(one), Reading(Label.AMBIGUOUS, choice=one)) for one in range(10)]
    return [
        *numbers,
        ("somewhere level 2", Reading(Label.AMBIGUOUS)),
        ("idk", Reading(Label.AMBIGUOUS)),
    ]


def stumbles() -> Replies:
    return [
        ("???", Reading(Label.AMBIGUOUS)),
        ("hm", Reading(Label.FE_COLLEGE, "230", review=True, guesses=(Label.VOLUNTARY,))),
        ("", Reading(Label.OUT_OF_SCOPE)),
        ("having tea", Reading(Label.OUT_OF_SCOPE, confidence=0.99)),
        ("prefer not", Reading(Label.REFUSES)),
        ("spain", Reading(Label.MOVED_ABROAD)),
        ("sorry meant met", Reading(Label.AMBIGUOUS, slots=Slots(provider="Met"))),
        ("sorry im looking now", Reading(Label.LOOKING_FOR_WORK, "619")),
        ("not there anymore", Reading(Label.LOOKING_FOR_WORK, "619", review=True)),
    ]


def others() -> Replies:
    return [
        ("later", Reading(Label.OUT_OF_SCOPE, later=True)),
        ("ring me", Reading(Label.OUT_OF_SCOPE, later=True)),
        ("who is this", Reading(Label.QUESTION)),
        ("help", Reading(Label.OUT_OF_SCOPE)),
        ("muppets", Reading(Label.ABUSIVE)),
        ("wrong", Reading(Label.AMBIGUOUS)),
        ("cant cope", Reading(Label.DISTRESS)),
        ("stop", Reading(Label.STOP)),
        ("not me", Reading(Label.WRONG_PERSON)),
    ]


def what_matters(talk: Talk) -> tuple[object, ...]:
    """A state but for the wording of its answers: no step depends on more of them than this."""
    told = frozenset((question, bool(said)) for question, said in talk.answers.items())
    return (talk.question, talk.label, talk.code, told, talk.clarified, talk.said)


def every_way(survey: Survey, replies: Replies) -> Iterator[Walked]:
    """Each step that some sequence of ``replies`` reaches, with the messages it took so far."""
    ahead, seen = [(begin(survey), 1)], set()
    while ahead:
        talk, messages = ahead.pop()
        for text, reading in replies:
            taken = step(talk, reading, text, survey)
            so_far = messages + (taken.say is not None and taken.say.kind in OURS)
            yield talk, taken, so_far
            known = (*what_matters(taken.talk), so_far)
            if taken.talk.question and known not in seen:
                seen.add(known)
                ahead.append((taken.talk, so_far))


def test_no_way_through_takes_more_than_six_messages(
    survey: Survey, every_answer: list[Walked]
) -> None:
    longest = max(messages for _, _, messages in every_answer)

    assert longest == survey.max_messages == 6


def test_the_count_that_is_kept_is_the_count_of_messages(every_answer: list[Walked]) -> None:
    assert all(taken.talk.said == messages for _, taken, messages in every_answer if taken.say)


def test_every_message_on_every_way_fits_two_parts(words: Words, every_turn: list[Walked]) -> None:
    facts = longest_facts()
    says = [taken.say for _, taken, _ in every_turn if taken.say]
    said = {(say.line, tuple(say.facts.items())) for say in says}
    texts = [words.render(line, {**facts, **dict(own)}, ChannelName.SMS) for line, own in said]

    assert len({line for line, _ in said}) > 35
    assert max(map(count, texts)) == 2


def test_the_question_that_is_sent_is_the_one_that_is_open(every_answer: list[Walked]) -> None:
    asked = set()
    for _, taken, _ in every_answer:
        if taken.say and taken.say.kind is MessageKind.QUESTION:
            assert taken.say.line.split(".")[1] == taken.talk.question
            asked.add(taken.talk.question)

    assert asked == {"where", "what", "level", "start", "help"}


def test_no_way_ends_without_a_code_a_refusal_or_a_flag(every_turn: list[Walked]) -> None:
    endings = set()
    for _, taken, _ in every_turn:
        if taken.talk.question is None:
            endings.add(taken.outcome)
            over = taken.outcome in (Outcome.REFUSED, Outcome.STOPPED) or taken.flags
            assert taken.talk.code or over

    assert endings == {
        Outcome.COMPLETE,
        Outcome.PARTIAL,
        Outcome.REFUSED,
        Outcome.STOPPED,
        Outcome.WORRY,
        Outcome.WRONG_PERSON,
    }


_TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["1", "2", "8", "yes", "no", "wrong", "stop", "help", "later", "ring me", "idk"]
    ),
)
_SLOTS = st.builds(
    Slots,
    *[st.none() | st.text(max_size=20)] * 3,
    st.none() | st.sampled_from("1234"),
    st.none() | st.sampled_from(["2025-09", "soon"]),
)
_READINGS = st.builds(
    Reading,
    label=st.sampled_from(Label),
    code=st.none() | st.sampled_from(["220", "230", "310", "330", "619"]),
    confidence=st.floats(0, 1),
    review=st.booleans(),
    slots=_SLOTS,
    flags=st.sampled_from([(), (), (), (Label.QUESTION,), (Label.DISTRESS,), (Label.STOP,)]),
    guesses=st.lists(st.sampled_from(Label), max_size=3).map(tuple),
    choice=st.none() | st.integers(-1, 12),
    later=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(replies=st.lists(st.tuples(_TEXTS, _READINGS), max_size=15))
def test_whatever_they_send_the_survey_ends_and_keeps_its_promises(
    survey: Survey, words: Words, replies: Replies
) -> None:
    talk, asked, over = begin(survey), 1, False
    for text, reading in replies:
        taken = step(talk, reading, text, survey)
        talk = taken.talk
        kind = taken.say.kind if taken.say else None
        asked += kind in ASKING
        over = over or taken.outcome in (Outcome.STOPPED, Outcome.WRONG_PERSON)

        assert not (over and kind in (*ASKING, MessageKind.THANKS)), "nothing is asked after a stop"
        assert not (over and (taken.destination or talk.question)), "nor coded, nor left open"
        if Label.DISTRESS in {reading.label, *reading.flags}:
            assert kind is MessageKind.SIGNPOST
        if taken.say:
            said = words.render(taken.say.line, taken.say.facts, ChannelName.SMS)
            assert 1 <= count(said) <= 2

    # The ask, four questions or questions in other words, and after WRONG three more.
    assert asked <= survey.max_messages - 1 + 3
