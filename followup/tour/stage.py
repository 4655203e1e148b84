"""The home in which the invented term is played, and the import it begins with."""

from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from itertools import chain, count
from pathlib import Path

from contact.enrolling import Enrolment
from contact.errors import NotAllowed
from contact.hours import LONDON
from followup.files.rejects import rejects_path
from followup.founding import found, write_new
from followup.importing import Outcome, Task, import_leavers
from followup.wiring import House, key_file
from followup.wordings import questions, wording_of
from storage.crypto import Vault
from storage.people import new_reference

#: The school of the settings that come with the service.
SCHOOL = "example"
#: When the file is taken in, and the term that is rehearsed. The invented
#: leavers left in the summer before, so these days never change.
IMPORTED_AT = datetime(2025, 7, 8, 10, tzinfo=UTC)
STARTS = datetime(2025, 9, 2, 6, tzinfo=LONDON)
ENDS = datetime(2025, 12, 20, 0, tzinfo=LONDON)
#: Another seed makes people answer at other minutes.
SEED = 1
_DEFAULT = Path("demo")


class InventedHouse(House):
    """A house that was just made: its key is its own, whatever the environment has."""

    @cached_property
    def vault(self) -> Vault:
        """The key that was made with it."""
        return Vault(key_file(self.settings).read_text("utf-8").strip())


def choose(directory: Path | None) -> Path:
    """The folder to play in: the one that is named, else ``demo``, ``demo-2`` and so on.

    NotAllowed where a service lives in the named one already.
    """
    if directory is None:
        folders = chain([_DEFAULT], (Path(f"{_DEFAULT}-{number}") for number in count(2)))
        return next(each for each in folders if not each.exists())
    if (directory / "config.toml").exists():
        raise NotAllowed(
            f"{directory} holds a service already: remove it, or choose another --dir."
        )
    return directory


def found_at(directory: Path) -> tuple[Path, Path]:
    """A new home with the invented leavers' file in it; the paths of settings and file."""
    config = found(directory).config
    leavers = directory / "leavers.csv"
    write_new(leavers, files("followup.tour").joinpath("leavers.csv").read_text("utf-8"), 0o600)
    return config, leavers


def take_in(house: House, leavers: Path) -> tuple[Outcome, ...]:
    """Import the file as ``followup import leavers`` does."""
    wordings = house.wordings.values()
    task = Task(
        path=leavers,
        questions=questions(wordings),
        terms=lambda heading: Enrolment(
            house.schools[SCHOOL], wording_of(heading, wordings), new_reference
        ),
        rejects=rejects_path(leavers),
        allow_drama=house.settings.sms.drama_allowed,
    )
    return tuple(import_leavers(house.memory, task, IMPORTED_AT))
