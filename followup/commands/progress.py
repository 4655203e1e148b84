"""How far a virtual clock has come, on standard error, where somebody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime


@contextmanager
def progress_of(starts: datetime, ends: datetime) -> Iterator[Callable[[datetime], None]]:
    """The virtual date, from ``starts`` to ``ends``; what is yielded takes the present."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=(ends - starts).total_seconds())
        yield lambda at: bar.update(
            task,
            description=f"{at:%a} {at.day:2} {at:%b %Y}",
            completed=(at - starts).total_seconds(),
        )
