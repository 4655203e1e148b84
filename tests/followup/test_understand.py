"""What the bot makes of a text, one at a time or a file of them, with or without settings."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from bot.understanding import understand as read
from contact.errors import UnreadableFile
from contact.reply import Label, Reading
from followup.cli import app
from followup.founding import found
from followup.reading_lines import document, readings

KEYS = ["id", "label", "code", "confidence", "review", "slots", "flags", "evidence"]
SLOTS = ["provider", "employer", "course", "level", "start"]
COLLEGE = "im at wirral met doing plumbing level 2"


def understand(*args: object, says: str | bytes = "") -> Result:
    return CliRunner(env={"NO_COLOR": "1"}).invoke(
        app, ["understand", *map(str, args)], input=says
    )  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without settings."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_text_is_explained_without_any_settings():
    result = understand(COLLEGE)

    assert result.exit_code == 0
    assert "fe college" in result.stdout
    assert "230  Further education, full-time" in result.stdout
    assert "plumbing" in result.stdout


def test_json_has_the_keys_of_the_contract():
    told = json.loads(understand(COLLEGE, "--json").stdout)

    assert list(told) == KEYS
    assert list(told["slots"]) == SLOTS
    assert (told["id"], told["label"], told["code"]) == (None, "fe_college", "230")


def test_the_question_changes_what_an_answer_says():
    as_level = json.loads(understand("3", "--question", "level", "--json").stdout)
    as_now = json.loads(understand("3", "--question", "now", "--json").stdout)

    assert as_now["label"] == "higher_education"
    assert as_level["code"] is None


def test_every_line_has_its_answer_in_its_order(elsewhere):
    lines = [
        {"id": "a", "text": COLLEGE, "question_code": "now"},
        {"id": 2, "text": "STOP"},
        {"text": "Cześć", "question_code": None, "note": "more keys do no harm"},
    ]
    file = elsewhere / "replies.jsonl"
    file.write_text("\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")

    told = [json.loads(line) for line in understand("--jsonl", file).stdout.splitlines()]

    assert [each["id"] for each in told] == ["a", 2, None]
    assert [each["label"] for each in told[:2]] == ["fe_college", "stop_optout"]
    assert all(list(each) == KEYS for each in told)


def test_a_line_may_say_what_was_known_before():
    lines = [
        {"text": "hilbre", "question_code": "where", "context_label": label}
        for label in ("sixth_form", "employment_without_training", None)
    ]
    result = understand("--jsonl", "-", says="\n".join(map(json.dumps, lines)))

    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["label"] for each in told[:2]] == ["sixth_form", "employment_without_training"]
    assert told[0]["slots"]["provider"] == told[1]["slots"]["employer"] == "hilbre"
    assert told[2]["confidence"] < told[0]["confidence"]


def test_a_dash_reads_standard_input():
    result = understand("--jsonl", "-", says='{"id": 1, "text": "stop"}\n')

    assert json.loads(result.stdout)["label"] == "stop_optout"


def test_a_mark_at_the_start_of_the_file_is_no_text():
    result = understand("--jsonl", "-", says=b'\xef\xbb\xbf{"id": 1, "text": "stop"}\r\n')

    assert json.loads(result.stdout)["id"] == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b"{", "not JSON", id="no JSON"),
        pytest.param(b"[" * 100_000, "not JSON", id="too deep"),
        pytest.param(b'{"id": 9}', 'needs a "text"', id="no text"),
        pytest.param(b'{"text": 5}', 'needs a "text"', id="a number as text"),
        pytest.param(b'"stop"', 'needs a "text"', id="no object"),
        pytest.param(b'{"text": "x", "question_code": "why"}', "must be one of", id="question"),
        pytest.param(b'{"text": "x", "question_code": []}', "must be one of", id="a list"),
        pytest.param(b'{"text": "x", "context_label": "job"}', "must be one of", id="label"),
        pytest.param(b'{"text": "x", "context_label": {}}', "must be one of", id="an object"),
        pytest.param(b'{"text": "\xff"}', "not UTF-8", id="not UTF-8"),
        pytest.param(b'{"text": "' + b"x" * 1_000_001 + b'"}', "longer than", id="too long"),
    ],
)
def test_a_bad_line_is_named_and_those_before_it_are_answered(line, why):
    result = understand("--jsonl", "-", says=b'{"id": 1, "text": "stop"}\n\n' + line + b"\n")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["id"] == 1
    assert result.stderr.startswith("Line 3: ")
    assert why in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_one_clear_line(elsewhere):
    result = understand("--jsonl", elsewhere / "none.jsonl")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be opened: no such file" in result.stderr


@pytest.mark.parametrize(
    "args",
    [
        pytest.param((), id="nothing to read"),
        pytest.param(("text", "--jsonl", "-"), id="two things to read"),
        pytest.param(("text", "--question", "why"), id="no such question"),
        pytest.param(("--jsonl", "-", "--question", "now"), id="a question for a file"),
    ],
)
def test_wrong_usage(args):
    assert understand(*args).exit_code == 2


def test_the_threshold_of_the_settings_counts(elsewhere):
    config = found(elsewhere / "home").config
    strict = config.read_text().replace("# threshold = 0.65", "threshold = 1.0")
    config.write_text(strict)

    relaxed = json.loads(understand(COLLEGE, "--json").stdout)
    result = CliRunner().invoke(
        app, ["--config", str(config), "understand", COLLEGE, "--json"]
    )  # fmt: skip

    assert relaxed["review"] is False
    assert json.loads(result.stdout)["review"] is True


def test_settings_that_are_named_and_not_there_are_missed(elsewhere):
    result = CliRunner().invoke(app, ["--config", str(elsewhere / "no.toml"), "understand", "x"])

    assert result.exit_code == 1
    assert "no.toml" in result.stderr


def reader(text: str, question: str | None, context: Label | None) -> Reading:
    return read(text, question, context=context)


def answered(line: bytes) -> int | str:
    """How many answers a line gets, or how it is refused."""
    try:
        return len(list(readings([line], reader)))
    except UnreadableFile as error:
        return str(error)


@given(st.binary(max_size=200))
def test_whatever_the_line_it_is_answered_or_named(line):
    came = answered(line)

    assert came in {0, 1} or str(came).startswith("Line 1: ")


@given(st.text(max_size=80), st.one_of(st.none(), st.integers(), st.text(max_size=5)))
def test_every_answer_is_json_of_the_contract(text, name):
    told = json.loads(json.dumps(document(name, read(text, None))))

    assert list(told) == KEYS
    assert told["id"] == name
    assert told["label"] in set(Label)
    assert 0 <= told["confidence"] <= 1
