"""The scenes are laid out for people: nothing is cut, nothing can steer their terminal."""

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from followup.commands import scenes
from followup.tour.findings import Due, Findings, Line, Open, Story
from scheduler.due import ReasonCode

NINE = datetime(2025, 9, 2, 8, tzinfo=UTC)
ASK = "Hi Amina, what are you doing now?\n1 Sixth form\n2 College"


def console(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)


def shown(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def story(*lines: Line, **changes: object) -> Story:
    facts = {
        "name": "Amina Yusuf", "reference": "A7K3-Q2M9", "lines": lines, "tries": 1,
        "answered_at": 1, "disposition": "complete", "detail": "answered", "code": "230",
        "recorded": "230 Further education, full-time",
    }  # fmt: skip
    return Story(**{**facts, **changes})  # type: ignore[arg-type]


def talk(*lines: Line, width: int = 80, **changes: object) -> list[str]:
    out = console(width)
    scenes.conversation_scene(out, [("numbers", story(*lines, **changes))])
    return shown(out)


def findings(**changes: object) -> Findings:
    facts = {
        "stories": (), "messages": {}, "replies": 0, "segments": 0, "tries": {}, "answered_at": {},
        "ended": {}, "destinations": {}, "unknown": {"810": 0, "820": 0}, "refused": 0,
        "still_open": 0,
    }  # fmt: skip
    return Findings(**{**facts, **changes})  # type: ignore[arg-type]


def test_ours_stands_on_the_left_and_theirs_on_the_right():
    lines = talk(Line(NINE, "ask", ASK), Line(NINE + timedelta(hours=1), "reply", "2", ours=False))

    assert " Tue 2 Sep 09:00  ▌ Hi Amina, what are you doing now?" in lines
    [theirs] = [line for line in lines if line.endswith("2 ▐")]
    assert theirs.startswith("           10:00  ")
    assert len(theirs) == 78


def test_the_day_is_said_once_and_again_on_another():
    days = [NINE, NINE + timedelta(minutes=5), NINE + timedelta(days=1)]

    lines = talk(*(Line(at, "nudge", "Hello") for at in days))

    assert [line.partition("▌")[0].split() for line in lines if "▌" in line] == [
        ["Tue", "2", "Sep", "09:00"],
        ["09:05"],
        ["Wed", "3", "Sep", "09:00"],
    ]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_long_text_is_wrapped_and_no_word_is_lost(width):
    words = [f"word{number}" for number in range(60)]

    lines = talk(Line(NINE, "reply", " ".join(words), ours=False), width=width)

    said = " ".join(line for line in lines if "▐" in line)
    assert [word for word in said.replace("▐", "").split() if word.startswith("word")] == words
    assert max(map(len, lines)) <= width


def test_the_list_of_an_ask_is_shown_in_the_first_conversation_only():
    out = console()
    scenes.conversation_scene(out, [("one", story(Line(NINE, "ask", ASK)))] * 2)

    assert sum("1 Sixth form" in line for line in shown(out)) == 1
    assert sum(line.endswith("what are you doing now? …") for line in shown(out)) == 1


def test_what_somebody_typed_cannot_steer_the_terminal():
    lines = talk(Line(NINE, "reply", "\x1b[31mred\x07 [bold]text[/bold]", ours=False))

    assert not any("\x1b" in line or "\x07" in line for line in lines)
    assert any("[bold]text[/bold]" in line for line in lines)


@pytest.mark.parametrize(
    ("changes", "end"),
    [
        ({}, "Case: complete at try 1."),
        ({"answered_at": None, "disposition": "non_contact"}, "Case: non contact."),
        ({"disposition": "other", "detail": "paused"}, "Case: other (paused)."),
    ],
)
def test_a_story_says_how_it_ended(changes, end):
    assert any(end in line for line in talk(**changes))


def test_the_tries_have_bars_as_long_as_the_first_is_wide():
    out = console()
    scenes.tries_scene(out, findings(tries={1: 20, 2: 10}, answered_at={1: 10}))

    bars = [line for line in shown(out) if "█" in line or "░" in line]
    assert [(bar.count("█"), bar.count("░")) for bar in bars] == [(12, 12), (0, 12)]


def test_nobody_asked_is_no_division_by_nothing():
    out = console()
    scenes.summary_scene(out, findings(), {})

    assert "  Response rate 0%: 0 of 0 answered." in shown(out)


def test_a_flag_without_words_says_what_it_is_about():
    out = console()
    flag = Open(1, "soon", "no_address", "Safiya Noor", NINE, "")
    scenes.flags_scene(out, [flag])

    assert any("no number left that works" in line for line in shown(out))


def test_due_shows_each_reason_with_its_count():
    out = console()
    due = Due(ReasonCode.DUE, 3, "Amina Yusuf", "The wave is open.")
    scenes.due_scene(out, date(2025, 9, 2), [due, Due("held", 1, "", "On hold.")])

    assert any(line.split()[:2] == ["3", "due"] for line in shown(out))
    assert any("Tuesday 2 September 2025: 4 people" in line for line in shown(out))


def test_the_next_commands_are_each_in_one_piece_to_be_copied():
    out = console(40)
    scenes.next_scene(out, ".venv/bin/followup", Path("demo/config.toml"), "Amina")

    assert "  .venv/bin/followup --config demo/config.toml person find Amina" in shown(out)
