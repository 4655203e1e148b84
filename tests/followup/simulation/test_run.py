"""A rehearsal is private, repeatable, and tells what it came to."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from contact.address import ChannelName
from contact.alumnus import Cohort, KeyStage
from contact.outcome import Accepted, Claimed
from followup.founding import found
from followup.simulation import stage
from followup.simulation.behaviour import load
from followup.simulation.document import document
from followup.simulation.figures import warnings
from followup.simulation.networks import Network, World, outages
from followup.simulation.page import page
from followup.simulation.run import Script, rehearse
from followup.simulation.stage import SCHOOL, staged
from scheduler.procedure_file import load as load_procedure
from scheduler.rehearsal import VirtualClock
from tests.followup.simulation.plays import behaviour, play, script

A_TERM = {"ends": date(2025, 12, 19)}
ROOT = Path(__file__).parents[3]


def figures(made: Script):
    return asyncio.run(rehearse(made))


def written(made: Script) -> tuple[str, str]:
    """A rehearsal as JSON and as a page."""
    played = [figures(made)]
    return json.dumps(document(played)), page("A term", "", [("termly", played)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_seed_gives_the_same_rehearsal_byte_for_byte(seed):
    one = script("termly", alumni=30, seed=seed, behaviour=LIVELY, **A_TERM)

    assert written(one) == written(one)


def test_another_process_with_other_hashes_gives_the_same_bytes():
    command = [
        *(sys.executable, "-c", "from followup.cli import main; main()", "simulate", "--json"),
        *("--procedure", "termly", "--from", "2025-09-01", "--until", "2025-11-01"),
        *("--alumni", "15"),
    ]

    first, second = (
        subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    )

    assert first == second
    assert json.loads(first)["waves"]


def test_another_seed_gives_another_rehearsal():
    made = script("termly", alumni=30, **A_TERM)

    assert written(made) != written(replace(made, seed=2))


def test_no_socket_is_opened_and_no_settings_are_read(tmp_path, monkeypatch):
    """The network guard hears of connections; this hears of sockets and files as well."""
    heard: list[str] = []
    database = tmp_path / "followup.db"
    before = found(tmp_path).config.read_bytes(), database.read_bytes()
    monkeypatch.chdir(tmp_path)
    # An event loop's own pair of sockets, which lead nowhere, is made before we listen.
    loop = asyncio.new_event_loop()
    _EARS.append(heard)
    try:
        loop.run_until_complete(rehearse(script("termly", alumni=20, **A_TERM)))
    finally:
        _EARS.clear()
        loop.close()

    assert not [each for each in heard if each.startswith("socket")]
    assert not [each for each in heard if str(tmp_path) in each]
    assert (tmp_path.joinpath("config.toml").read_bytes(), database.read_bytes()) == before
    assert any("rehearsal.db" in each for each in heard), "nothing was heard at all"


_EARS: list[list[str]] = []


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _EARS and event in ("socket.__new__", "socket.connect", "socket.getaddrinfo"):
        _EARS[-1].append(event)
    elif _EARS and event in ("open", "sqlite3.connect"):
        _EARS[-1].append(f"{event} {arguments[0]}")


sys.addaudithook(_hear)


def test_the_ear_of_the_test_before_hears_a_socket():
    heard: list[str] = []
    _EARS.append(heard)
    try:
        socket.socket().close()
    finally:
        _EARS.clear()

    assert heard == ["socket.__new__"]


def test_nothing_of_it_is_left_behind():
    folder = stage._folder()  # where it is played is this test's matter
    with staged(load_procedure("termly"), load()) as private:
        assert private.memory.read(lambda work: list(work.alumni.everybody())).result() == []
        inside = {each.name for each in folder.iterdir()} if folder else set()
    after = {each.name for each in folder.iterdir()} if folder else set()

    assert [each for each in inside - after if each.startswith("rehearsal-")]


def test_every_case_ends_and_every_ending_is_counted():
    played = figures(script("cansfield", alumni=30, behaviour=LIVELY))

    assert [wave.wave for wave in played.waves][:2] == ["y1-autumn", "y1-spring"]
    for wave in played.waves:
        ended = wave.answered + wave.not_known + wave.refused + wave.other.total()
        assert wave.due == ended
        assert wave.other["open"] == 0
        assert wave.contacted <= wave.due
        assert wave.max_tries <= 3


def test_a_rehearsal_that_stops_early_shows_the_waves_it_saw():
    played = figures(script("cansfield", alumni=4, **A_TERM))

    assert [wave.wave for wave in played.waves] == ["y1-autumn"]


def test_a_row_for_each_wave_of_each_leaving_year_in_the_order_of_time():
    years = tuple(Cohort(SCHOOL, KeyStage.KS4, year) for year in (2024, 2025))

    waves = figures(script("cansfield", alumni=4, cohorts=years, **A_TERM)).waves

    assert [(wave.wave, wave.cohort[-4:]) for wave in waves] == [
        ("y2-autumn", "2024"),
        ("y1-autumn", "2025"),
    ]


def test_nobody_who_cannot_be_reached_is_called_answered():
    unreachable = behaviour(people={"dead_number": 1.0, "telegram": 0.0, "second_number": 0.0})

    [wave] = figures(script("termly", alumni=20, behaviour=unreachable, **A_TERM)).waves

    assert wave.answered == 0
    assert wave.unknown["820"] > 0


def test_who_all_say_stop_are_refusals_and_are_not_asked_again():
    stopping = behaviour(
        incidents={"stop": 1.0, "distress": 0.0, "abuse": 0.0, "wrong_person": 0.0},
        people={"dead_number": 0.0, "shared_phone": 0.0, "changes_number": 0.0},
        networks={"unreachable": 0.0, "outages_a_year": 0.0, "time_outs": 0.0},
    )

    first, second = figures(
        script("termly", alumni=20, behaviour=stopping, ends=date(2026, 3, 27))
    ).waves

    assert (first.refused, first.answered, first.not_known) == (first.due, 0, 0)
    assert second.due == 0


def test_everybody_who_always_answers_is_answered_at_the_first_try():
    eager = behaviour(
        replies={"sms": (1.0,), "telegram": (1.0,), "spread": 0.0, "goes_on": 1.0},
        answers={"unclear": 0.0, "refuses": 0.0, "later": 0.0, "picture": 0.0,
                 "question_to_us": 0.0, "wants_a_call": 0.0, "other_language": 0.0},
        incidents={"stop": 0.0, "distress": 0.0, "abuse": 0.0, "wrong_person": 0.0},
        people={"dead_number": 0.0, "changes_number": 0.0},
        networks={"unreachable": 0.0, "outages_a_year": 0.0, "time_outs": 0.0},
    )  # fmt: skip

    [wave] = figures(script("termly", alumni=20, behaviour=eager, **A_TERM)).waves

    assert wave.answered_at == {1: wave.due}
    assert wave.tries == wave.due


def test_an_outage_costs_no_try():
    out = behaviour(networks={"outages_a_year": 200.0, "outage_hours": 24.0})
    made = script("termly", alumni=20, behaviour=out, **A_TERM)

    assert all(len(case.numbers) <= 3 for case in play(made).cases)
    assert figures(made).flags["channel_down"] > 0


def test_texts_of_which_nobody_knows_are_looked_up_and_never_doubled():
    unsure = behaviour(networks={"time_outs": 0.5, "unreachable": 0.0})

    for case in play(script("termly", alumni=20, behaviour=unsure, **A_TERM)).cases:
        assert len(case.asks) <= 3


def test_a_budget_is_kept_and_its_month_named():
    poor = behaviour(money={"monthly_budget_pence": 100})

    played = figures(script("termly", alumni=30, behaviour=poor, ends=date(2026, 3, 27)))

    assert "The budget is spent in September 2025: asks wait for the next month." in warnings(
        played
    )


def test_little_time_of_staff_is_warned_of_with_the_week():
    busy = LIVELY.model_copy(
        update={"staff": LIVELY.staff.model_copy(update={"hours_a_week": 0.05})}
    )

    found = warnings(figures(script("termly", alumni=30, behaviour=busy, **A_TERM)))

    assert any(each.startswith("Staff are flooded in the week of") for each in found)


def test_outages_lie_within_the_rehearsal_and_last_as_long_as_is_said():
    starts, ends = datetime(2025, 9, 1, tzinfo=UTC), datetime(2045, 9, 1, tzinfo=UTC)
    often = behaviour(networks={"outages_a_year": 10.0, "outage_hours": 2.0})

    drawn = outages(often, starts, ends, Random(1))

    assert 150 < len(drawn) < 250
    assert all(starts <= begins < ends for begins, _ in drawn)
    hours = [(over - begins).total_seconds() / 3600 for begins, over in drawn]
    assert 1.5 < sum(hours) / len(hours) < 2.5


async def test_a_text_to_nobody_is_taken_and_leads_nowhere():
    clock = VirtualClock(datetime(2025, 9, 9, 15, tzinfo=UTC))
    with staged(load_procedure("termly"), load()) as private:
        world = World({}, load(), private.memory, clock, Random(1))
        gateway = Network(ChannelName.SMS, world)
        message = Claimed(uuid4(), ChannelName.SMS, "+447700900001", "Hi", clock())

        outcome = await gateway.send(message)

    assert isinstance(outcome, Accepted)
    assert world.next_at() is None


#: Everything that may go wrong does, often.
LIVELY = behaviour(
    people={"shared_phone": 0.3, "changes_number": 0.5, "telegram": 0.3, "consent": 1.0},
    incidents={"stop": 0.03, "distress": 0.03, "abuse": 0.03, "wrong_person": 0.05},
    networks={"outages_a_year": 8.0, "time_outs": 0.05, "unreachable": 0.1},
    answers={"unclear": 40.0, "later": 20.0, "question_to_us": 10.0, "wants_a_call": 10.0},
)
