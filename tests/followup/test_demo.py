"""The demonstration shows the main job whole, says what it is, and leaves a database behind."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from contact.errors import NotAllowed
from contact.hours import LONDON, london_day
from followup.cli import app
from followup.tour.stage import ENDS, choose
from followup.wiring import House


def run(*args: object) -> Result:
    return CliRunner(env={"NO_COLOR": "1", "COLUMNS": "80"}).invoke(app, [*map(str, args)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tour")


@pytest.fixture(scope="module")
def printed(folder: Path) -> str:
    """What the demonstration prints; its home is ``folder/demo``."""
    result = run("demo", "--dir", folder / "demo")
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    """The same as JSON."""
    result = run("demo", "--dir", folder / "again", "--json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.fixture(scope="module")
def house(printed: str, folder: Path):
    """The house that the printed demonstration left behind."""
    left = House.at(folder / "demo" / "config.toml")
    yield left
    left.close()


def test_it_says_that_nobody_exists_nothing_leaves_and_time_is_virtual(printed):
    opening = " ".join(printed.split("1  The leavers' file")[0].split())

    assert "Nobody in it exists" in opening
    assert "nothing leaves this machine" in opening
    assert "the clock is virtual" in opening


def test_it_is_plain_text_of_eighty_columns_where_there_is_no_terminal(printed):
    assert "\x1b" not in printed
    assert max(len(line) for line in printed.splitlines() if "followup" not in line) <= 80


def test_every_scene_is_there_in_its_order(printed):
    scenes = re.findall(r"^([1-7])  (\w+ ?\w*)", printed, flags=re.MULTILINE)

    assert scenes == [
        ("1", "The leavers"),
        ("2", "Who was"),
        ("3", "Conversations"),
        ("4", "Tries"),
        ("5", "For staff"),
        ("6", "The term"),
        ("7", "Your turn"),
    ]


@pytest.mark.parametrize(
    "why",
    [
        "no name",
        "a date of birth that does not exist",
        "the name is a spreadsheet formula",
        "digits lost, never guessed",
        "name and date of birth of an earlier row",
        "the consent question was left blank",
        "said no to being contacted",
        "a landline takes no texts",
        "letter o for zero in the number",
        "ten years old when leaving school?",
        "number mended: Excel ate its zero",
    ],
)
def test_each_bad_row_has_its_reason_in_words(printed, why):
    assert why in printed


def test_it_prints_the_same_again(printed, folder):
    again = run("demo", "--dir", folder / "bemo").stdout

    assert again.replace("bemo", "demo") == printed


def test_the_figures_add_up(told):
    rows, ended = told["import"], told["ended"]

    assert sum(rows["actions"].values()) == rows["read"]
    assert sum(each["count"] for each in told["due"]) == rows["read"] - 2  # refused, and merged
    assert sum(ended.values()) == told["asked"]
    assert ended["complete"] + ended["partial"] == told["answered"]
    assert sum(told["destinations"].values()) == told["answered"]
    assert sum(told["unknown"].values()) == ended["non_contact"]
    assert told["refused"] == ended["refusal"]
    assert told["response_rate"] == round(told["answered"] / told["asked"], 4)
    assert told["tries"][0]["texts"] == told["asked"]


def test_everything_a_term_can_bring_is_in_it(told):
    assert {each["code"] for each in told["due"]} >= {
        "due", "in_review", "no_consent", "no_address", "number_in_use"
    }  # fmt: skip
    assert {each["kind"] for each in told["flags"]} >= {
        "worry", "wrong_person", "call_back", "unclear", "no_address", "import_review",
        "shared_number",
    }  # fmt: skip
    assert all(each["answered"] for each in told["tries"])
    assert all(told["unknown"].values())
    assert set(told["messages"]) >= {
        "ask", "question", "clarify", "nudge", "appointment", "thanks", "confirmation", "signpost"
    }  # fmt: skip


def test_worry_comes_first_among_the_flags(told):
    severities = [each["severity"] for each in told["flags"]]

    assert told["flags"][0]["kind"] == "worry"
    assert severities == sorted(severities, key=["urgent", "soon", "routine"].index)


def test_in_a_conversation_our_answer_follows_their_reply(told):
    amina = told["conversations"][0]
    said = [(line["ours"], line["text"]) for line in amina["lines"]]

    assert said[0][0] is True
    assert said[1] == (False, "2")
    assert said[-1][1].startswith("Thanks Amina, that's all.")
    assert all(ours != after for (ours, _), (after, _) in pairwise(said))


def test_whoever_was_silent_was_asked_three_times_days_apart_in_opening_hours(house):
    def asks(work):
        for person in work.alumni.everybody():
            for case in work.cases.of(person.id):
                if work.cases.endings(case.id)[0].code == "810":
                    yield [each.asked_at for each in work.attempts.of(case.id)]

    silent = house.memory.read(lambda work: list(asks(work))).result()
    hours = house.schools["example"].hours

    assert len(silent) >= 4
    for times in silent:
        assert len(times) == 3
        assert all(hours.is_open(at) for at in times)
        assert all((london_day(b) - london_day(a)).days >= 5 for a, b in pairwise(times))


def test_nothing_is_said_after_a_stop_but_that_it_stops(house):
    def after_stop(work):
        chidi = next(
            each for each in work.alumni.everybody() if each.profile.name == "Chidi Okafor"
        )
        stop = work.replies.of(chidi.id)[-1].received_at
        return [each.line for each in work.messages.of(chidi.id) if each.created_at >= stop]

    assert house.memory.read(after_stop).result() == ["stop.confirmed"]


def test_nothing_is_left_undone_when_the_term_is_over(house):
    def undone(work):
        return work.cases.to_act(ENDS, 100), work.outbox.due(ENDS, 100)

    assert house.memory.write(undone).result() == ([], [])


def test_the_database_it_leaves_behind_answers_the_other_commands(printed, folder):
    config = folder / "demo" / "config.toml"

    found = json.loads(run("--config", config, "person", "find", "amina", "--json").stdout)
    flags = json.loads(run("--config", config, "flags", "list", "--json").stdout)
    due = json.loads(run("--config", config, "due", "--on", "2025-12-01", "--json").stdout)

    assert [each["name"] for each in found] == ["Amina Yusuf"]
    assert "worry" in {each["kind"] for each in flags}
    assert {"answered", "tried"} <= {each["reason"]["code"] for each in due}


def test_a_home_that_is_there_is_never_touched(printed, folder):
    before = (folder / "demo" / "config.toml").read_bytes()

    again = run("demo", "--dir", folder / "demo")

    assert again.exit_code == 1
    assert again.stdout == ""
    assert "holds a service already" in again.stderr
    assert len(again.stderr.splitlines()) == 1
    assert (folder / "demo" / "config.toml").read_bytes() == before


def test_without_a_folder_it_takes_the_first_that_is_free(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    chosen = []
    for _ in range(3):
        chosen.append(choose(None))
        chosen[-1].mkdir()

    assert chosen == [Path("demo"), Path("demo-2"), Path("demo-3")]


def test_a_named_folder_with_a_service_in_it_is_refused(tmp_path):
    (tmp_path / "config.toml").touch()

    with pytest.raises(NotAllowed, match="choose another --dir"):
        choose(tmp_path)


def test_times_are_shown_by_the_london_clock(told, printed):
    first = told["conversations"][0]["lines"][0]["at"]

    assert first == "2025-09-02T08:00:00Z"
    assert "Tue 2 Sep 09:00  ▌ Hi Amina" in printed
    assert LONDON.key == "Europe/London"
