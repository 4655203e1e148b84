"""The shipped survey is checked by a command before anybody is asked."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from bot.survey_file import languages, load_survey, load_words, surveys
from bot.survey_lint import Problem, lint
from followup.cli import app


def test_what_is_shipped_has_nothing_to_mend():
    result = CliRunner().invoke(app, ["survey", "lint"])

    assert result.exit_code == 0
    assert result.stdout == ""
    assert "destinations" in surveys()
    assert "en" in languages()
    assert "nothing to mend" in result.stderr


def test_json_lists_the_problems():
    result = CliRunner().invoke(app, ["survey", "lint", "--json"])

    assert json.loads(result.stdout) == {"problems": []}


@pytest.mark.parametrize(
    ("line", "text", "what"),
    [
        pytest.param("later", "M" * 307, "takes 3 SMS parts", id="too long"),
        pytest.param("later", "No problem, {whoever}", "{whoever}", id="an unknown fact"),
        pytest.param("later", "No problem {school", "a brace", id="a broken brace"),
        pytest.param("later", "No problem {}", "which is no fact", id="an empty fact"),
        pytest.param("help", "Reply QUIT to end", "invites QUIT", id="a word gateways act on"),
        pytest.param("ask.1", "{greeting} {school}? {choices}", "how to stop", id="no way to stop"),
        pytest.param("later", "Gwych ŵ", "GSM-7", id="costly letters"),
    ],
)
def test_a_line_that_must_not_go_out_is_found(line, text, what):
    words = load_words("en")
    worse = replace(words, lines={**words.lines, line: text})

    found = lint(load_survey(), worse)

    assert any(each.where == line and what in each.what for each in found)


def test_a_line_without_text_is_found():
    words = load_words("en")
    lines = {name: text for name, text in words.lines.items() if name != "nudge"}

    assert Problem("nudge", "has no text") in lint(load_survey(), replace(words, lines=lines))
