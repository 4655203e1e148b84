"""A destination is coded alone only where its words bear it out."""

import pytest

from bot.understanding import understand
from bot.understanding.anchors import anchored, evidence_of, of_others
from bot.understanding.lexicon import find_spans
from bot.understanding.matching import exact, first_match, matches, matches_typed, patterns
from bot.understanding.model import trained
from bot.understanding.normalise import normalise
from bot.understanding.words import FOR_STAFF
from contact.reply import Label

LISTS = ("stop", "distress", "talk", "anchors", "sayings")


@pytest.mark.parametrize(
    ("label", "text", "bears"),
    [
        pytest.param(Label.FE_COLLEGE, "bury college", True, id="a college"),
        pytest.param(Label.FE_COLLEGE, "on a course", True, id="a course"),
        pytest.param(Label.FE_COLLEGE, "on the bus", False, id="no college"),
        pytest.param(Label.HIGHER_EDUCATION, "ljmu", True, id="a university"),
        pytest.param(Label.HIGHER_EDUCATION, "at home", False, id="no university"),
        pytest.param(Label.ARMED_FORCES, "at catterick", True, id="a base"),
        pytest.param(Label.ARMED_FORCES, "at asda", False, id="no base"),
        pytest.param(Label.LOOKING_FOR_WORK, "nothing yet", True, id="nothing"),
        pytest.param(Label.CUSTODY, "hmp leeds", True, id="a prison"),
        pytest.param(Label.VOLUNTARY, "unpaid", True, id="unpaid"),
        pytest.param(Label.VOLUNTARY, "paid weekly", False, id="paid"),
    ],
)
def test_what_bears_a_destination_out(label: Label, text: str, bears: bool) -> None:
    typed = normalise(text)

    assert anchored(label, typed, find_spans(typed)) is bears


@pytest.mark.parametrize(
    ("label", "text", "others"),
    [
        pytest.param(Label.EMPLOYMENT_WITHOUT_TRAINING, "my mate works at asda", True, id="mate"),
        pytest.param(Label.EMPLOYMENT_WITHOUT_TRAINING, "i work at asda", False, id="myself"),
        pytest.param(Label.FE_COLLEGE, "are you at college?", True, id="a question"),
        pytest.param(Label.FE_COLLEGE, "at college", False, id="an answer"),
        pytest.param(Label.CUSTODY, "hes in prison", False, id="relatives tell of custody"),
        pytest.param(Label.MOVED_ABROAD, "she moved to spain", False, id="and of moving"),
        pytest.param(
            Label.EMPLOYMENT_WITHOUT_TRAINING, "working til 9 tonight", True, id="this hour"
        ),
    ],
)
def test_who_and_when_a_reply_tells_of(label: Label, text: str, others: bool) -> None:
    assert of_others(label, normalise(text)) is others


def test_the_evidence_is_in_the_order_of_the_reply() -> None:
    typed = normalise("Now at Bury College, doing plumbing")
    pieces = evidence_of(Label.FE_COLLEGE, typed, find_spans(typed), trained())

    assert [typed.raw.index(piece) for piece in pieces] == sorted(
        typed.raw.index(piece) for piece in pieces
    )
    assert any("Bury College" in piece for piece in pieces)


@pytest.mark.parametrize("name", LISTS)
def test_every_pattern_can_match_something_and_not_everything(name: str) -> None:
    for key, compiled in patterns(name).items():
        assert compiled, key
        assert not [p.pattern for p in compiled if p.search("")], key


def test_the_names_of_the_lists_are_labels() -> None:
    assert {Label(key) for key in patterns("sayings")} <= set(Label)
    assert {Label(key) for key in patterns("anchors") if key not in ("others", "hour")} <= set(
        Label
    )


def test_matching_finds_the_first_pattern_and_all_of_them() -> None:
    typed = normalise("please stop texting me and dont message me again")

    assert first_match("stop", "anywhere", typed) is not None
    assert len(list(matches("stop", "anywhere", typed))) > 1
    assert first_match("stop", "no such list", typed) is None


def test_program_text_is_seen_in_what_was_typed() -> None:
    assert matches_typed("talk", "code", normalise("<b>hi</b>"))
    assert not matches_typed("talk", "code", normalise("i <3 school"))


def test_exact_words_are_plain() -> None:
    assert exact("stop")
    assert all(normalise(word).text == word for word in exact("stop"))
    assert exact("talk") == frozenset()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param("this sim was passed on to me", Label.WRONG_PERSON, id="sim"),
        pytest.param("i would sooner not say", Label.REFUSES, id="sooner"),
        pytest.param("bunch of pillocks", Label.ABUSIVE, id="pillocks"),
        pytest.param("housebound these days", Label.NOT_AVAILABLE, id="housebound"),
        pytest.param("jobless round here", Label.LOOKING_FOR_WORK, id="jobless"),
        pytest.param("got sent down in march", Label.CUSTODY, id="sent down"),
    ],
)
def test_a_saying_decides_where_the_model_knows_none(text: str, label: Label) -> None:
    assert understand(text, "now").label is label


def test_staff_see_what_is_unclear_or_grave() -> None:
    assert {Label.DISTRESS, Label.AMBIGUOUS, Label.ABUSIVE, Label.WRONG_PERSON} <= FOR_STAFF
