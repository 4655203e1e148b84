"""How a new home for the service is made: settings, key and database."""

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from contact.errors import NotAllowed
from followup.config import KEY_FILE, Secrets, Settings
from storage.crypto import Vault, new_master_key
from storage.upgrade import upgrade

_EXAMPLE = "config.example.toml"


@dataclass(frozen=True, slots=True)
class Founded:
    """Where the parts of a new home are."""

    config: Path
    key_file: Path
    database: str


def found(directory: Path) -> Founded:
    """Make a home in ``directory``; NotAllowed where a part of one is there already."""
    config, key_file = directory / "config.toml", directory / "secrets" / KEY_FILE
    for each in (config, key_file, directory / "followup.db"):
        if each.exists():
            raise NotAllowed(
                f"{each} is there already: init never overwrites; choose another --dir."
            )
    _make(directory)
    # A key that is set already is the one every later command would use.
    given = Secrets(key_file.parent).find("FOLLOWUP_KEY")
    master = given.get_secret_value() if given else new_master_key()
    vault = Vault(master)
    write_new(config, example(), 0o644)
    settings = Settings.load(config)
    _make(key_file.parent, 0o700)
    write_new(key_file, master + "\n", 0o600)
    upgrade(settings.database_url, vault)
    return Founded(config, key_file, settings.database_url.removeprefix("sqlite:///"))


def example() -> str:
    """The commented settings that come with the service."""
    inside = files("followup") / _EXAMPLE
    if inside.is_file():
        return inside.read_text("utf-8")
    return (Path(__file__).parent.parent / _EXAMPLE).read_text("utf-8")


def write_new(path: Path, text: str, mode: int) -> None:
    """Write a file that is not there yet; NotAllowed where it is, or cannot be made."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise NotAllowed(f"{path} is there already and is not overwritten.") from None
    except OSError as error:
        raise NotAllowed(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(text)


def _make(directory: Path, mode: int = 0o755) -> None:
    try:
        directory.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise NotAllowed(f"{directory} cannot be made: {error.strerror}.") from None
