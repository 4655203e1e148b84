"""The public list of places to study, by which names that people type are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followup.commands.session import AsJson, opened, print_json, tell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from contact.listed import ListedProvider
    from contact.ports import Work


def add_to(app: typer.Typer) -> None:
    """Add the group to ``app``."""
    group = typer.Typer(no_args_is_help=True, help="The public list of places to study.")
    group.command("load")(load)
    group.command("find")(find)
    app.add_typer(group, name="providers")


def load(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The register's extract or a list, CSV or .gz.")],
    as_json: AsJson = False,
) -> None:
    """Load the public list; it takes the place of the one loaded before."""
    from collections import Counter

    from followup.files.providers import read_providers
    from followup.wiring import now

    found = read_providers(file)
    with opened(ctx) as house:
        held = house.memory.write(_replace, found.listed, now()).result()
    kinds = Counter(each.kind for each in found.listed if each.after_16)
    counts = {
        "read": found.read,
        "loaded": held,
        "passed_over": found.passed_over,
        "for_leavers": sum(kinds.values()),
        "kinds": dict(sorted(kinds.items())),
    }
    if as_json:
        print_json(counts)
    else:
        tell(f"{held} places loaded, {counts['for_leavers']} of them open and for over-16s.")
        tell("A service that is running takes it up within a minute.")


def _replace(work: "Work", listed: "Iterable[ListedProvider]", now: "datetime") -> int:
    """Put the list in place, and note when: that is how a running service knows of it."""
    from followup.hearing import LIST

    work.house.beat(LIST, now)
    return work.providers.replace(listed)


def find(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="A name as somebody might type it.")],
    as_json: AsJson = False,
) -> None:
    """Show which place a typed name is taken for."""
    from contact.errors import UnknownReference

    with opened(ctx) as house:
        index = house.providers
        found = index.best(name) if index is not None else None
    if found is None:
        raise UnknownReference(f"No one place of the list is called {name!r}.")
    facts = {
        "name": found.name,
        "kind": found.kind,
        "urn": found.urn,
        "ukprn": found.ukprn,
        "town": found.town,
    }
    if as_json:
        print_json(facts)
    else:
        for title, value in facts.items():
            if value:
                typer.echo(f"{title:<8}{value}")
