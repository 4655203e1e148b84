"""The whole service on invented leavers, in seconds and without any account."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from followup.commands.progress import progress_of
from followup.commands.session import AsJson, print_json

if TYPE_CHECKING:
    from followup.importing import Outcome
    from followup.tour.findings import Due, Findings, Story
    from followup.wiring import House

#: Whose conversations are shown, and why these.
_SHOWN = {
    "Amina Yusuf": "numbers and a few words",
    "Piotr Nowak": "another language: asked once more, in other words",
    "Chidi Okafor": "STOP is obeyed at once, on every channel",
    "Grace Adeyemi": "not all right: a person is told at once, and the questions stop",
}


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("demo")(demo)


def demo(
    directory: Annotated[
        Path | None,
        typer.Option("--dir", help="Where it lives; demo, or demo-2 and so on, if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the main job, whole, on invented leavers; the database stays for you to try."""
    from followup.tour.stage import InventedHouse, choose, found_at, take_in

    config, leavers = found_at(choose(directory))
    house = InventedHouse.at(config)
    try:
        outcomes = take_in(house, leavers)
        due, found = _play(house)
    finally:
        house.close()
    if as_json:
        print_json(_document(config, outcomes, due, found))
    else:
        _show(config, leavers, outcomes, due, found)


def _play(house: "House") -> "tuple[list[Due], Findings]":
    """Rehearse the term; who was due on its first day, and what it came to."""
    import asyncio

    from followup.tour.behaviour import people, shipped
    from followup.tour.findings import find, who_was_due
    from followup.tour.phones import Phones
    from followup.tour.rehearse import rehearse
    from followup.tour.stage import ENDS, SEED, STARTS
    from scheduler.rehearsal import VirtualClock

    due = house.memory.read(who_was_due, house.plans, STARTS.date()).result()
    clock = VirtualClock(STARTS)
    phones = Phones(people(shipped(), SEED), clock)
    with progress_of(STARTS, ENDS) as progress:
        asyncio.run(rehearse(house, phones, clock, ENDS, progress))
    return due, house.memory.read(find).result()


def _show(
    config: Path,
    leavers: Path,
    outcomes: "tuple[Outcome, ...]",
    due: "list[Due]",
    found: "Findings",
) -> None:
    from contact.nccis import ACTIVITIES
    from followup.commands import scenes
    from followup.tour.stage import ENDS, STARTS

    console = scenes.out()
    scenes.opening(console, STARTS, ENDS - timedelta(days=1))
    scenes.import_scene(console, leavers, outcomes)
    scenes.due_scene(console, STARTS, due)
    scenes.conversation_scene(console, [(_SHOWN[each.name], each) for each in _shown(found)])
    scenes.tries_scene(console, found)
    scenes.flags_scene(console, found.flags)
    scenes.summary_scene(console, found, {code: each.name for code, each in ACTIVITIES.items()})
    scenes.next_scene(console, _program(), config, next(iter(_SHOWN)).split()[0])


def _program() -> str:
    """How to call the service from here: by its name, where that is found."""
    import shutil
    import sys

    called = Path(sys.argv[0])
    known = shutil.which("followup")
    by_path = called.name == "followup" and (known is None or not called.samefile(known))
    return str(called) if by_path else "followup"


def _shown(found: "Findings") -> "list[Story]":
    by_name = {story.name: story for story in found.stories}
    return [by_name[name] for name in _SHOWN]


def _document(
    config: Path, outcomes: "tuple[Outcome, ...]", due: "list[Due]", found: "Findings"
) -> dict[str, Any]:
    """The summary for programs; its ``note`` is as honest as the printed one."""
    from collections import Counter
    from dataclasses import asdict

    from followup.tour.stage import ENDS, STARTS

    return {
        "note": "invented people, a sandbox gateway, a virtual clock",
        "config": config,
        "from": STARTS,
        "until": ENDS,
        "import": {
            "read": len(outcomes),
            "actions": Counter(each.action.value for each in outcomes),
            "rows": [
                {"row": each.row, "action": each.action.value, "reasons": each.reasons}
                for each in outcomes
                if each.reasons
            ],
        },
        "due": [asdict(each) for each in due],
        "tries": [
            {"number": number, "texts": texts, "answered": found.answered_at.get(number, 0)}
            for number, texts in found.tries.items()
        ],
        "messages": found.messages,
        "replies": found.replies,
        "segments": found.segments,
        "asked": found.asked,
        "answered": found.answered,
        "response_rate": round(found.response_rate, 4),
        "ended": found.ended,
        "destinations": found.destinations,
        "unknown": found.unknown,
        "refused": found.refused,
        "flags": [asdict(each) for each in found.flags],
        "conversations": [asdict(each) for each in _shown(found)],
    }
