"""How the model is trained again on this machine, and taken into use where it is no worse."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.understanding.learnt import as_shipped
from bot.understanding.training.again import Measure, Trained, train_again
from contact.errors import NotAllowed
from contact.ports import Memory
from followup.learnt_file import keep, learnt_in
from followup.lessons import lessons

#: Fewer decisions than these teach nothing.
FEWEST = 10


def relearn(memory: Memory, folder: Path) -> Trained:
    """Train with what staff decided; the model is kept in ``folder`` unless it is refused.

    NotAllowed where staff have decided too little. Takes a minute or two.
    """
    told = memory.read(lessons).result()
    if len(told) < FEWEST:
        raise NotAllowed(
            f"Staff have decided about {len(told)} replies so far: "
            f"from {FEWEST} on there is something to learn."
        )
    done = train_again(told, learnt_in(folder) or as_shipped())
    if done.refused is None:
        keep(folder, done.packed, done.learnt.calibration)
    return done


def document(done: Trained) -> dict[str, Any]:
    """What was trained, measured and decided, for programs; no text is in it."""
    return {
        "taught": done.taught,
        "held_back": done.held_back,
        "before": _figures(done.before),
        "after": _figures(done.after),
        "in_use": done.refused is None,
        "refused": done.refused,
    }


def lines(done: Trained) -> list[str]:
    """The same for people, a line each."""
    rows = [
        ("right label", f"{done.before.share_right:.3f}", f"{done.after.share_right:.3f}"),
        ("needs no staff", str(done.before.alone), str(done.after.alone)),
        ("of these right", f"{done.before.share_alone:.3f}", f"{done.after.share_alone:.3f}"),
        ("worries seen", str(done.before.worries), str(done.after.worries)),
        ("wishes to stop seen", str(done.before.stops), str(done.after.stops)),
        ("false alarms", str(done.before.alarms), str(done.after.alarms)),
    ]
    told = f"{done.taught} decisions of staff taught, {done.held_back} were held back."
    head = f"{f'on {done.after.read} replies held back':<28}{'before':>8}{'after':>8}"
    end = "The new model is in use." if done.refused is None else f"Not used: {done.refused}."
    return [told, head, *(f"{name:<28}{was:>8}{now:>8}" for name, was, now in rows), end]


def _figures(measured: Measure) -> dict[str, Any]:
    return asdict(measured)
