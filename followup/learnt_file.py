"""Where a model lies that was trained again on this machine: two files beside the key.

Neither holds a text: the one has weights by hashed feature, the other numbers.
"""

import logging
import lzma
import os
import tempfile
import tomllib
from pathlib import Path

from bot.understanding import Learnt
from bot.understanding.calibrate import Calibration
from bot.understanding.model import unpack

log = logging.getLogger(__name__)

WEIGHTS, NUMBERS = "replies_weights.xz", "replies_calibration.toml"
_HEADER = "# Made by `followup understand --retrain`; `--forget` goes back to the shipped model.\n"


def learnt_in(folder: Path) -> Learnt | None:
    """The model of ``folder``; None where there is none, or it was made for an older version."""
    try:
        packed = (folder / WEIGHTS).read_bytes()
        numbers = tomllib.loads((folder / NUMBERS).read_text(encoding="utf-8"))
        calibration = Calibration(*(float(numbers[n]) for n in ("slope", "offset", "threshold")))
        return Learnt(unpack(packed), calibration)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, lzma.LZMAError, EOFError):
        log.warning("the retrained model cannot be used; the shipped one is: train it again")
        return None


def stamp_of(folder: Path) -> int | None:
    """Changes whenever another model is put there; None where there is none."""
    try:
        return (folder / WEIGHTS).stat().st_mtime_ns
    except OSError:
        return None


def keep(folder: Path, packed: bytes, calibration: Calibration) -> None:
    """Put the model there, readable for its owner only; the weights last, and in one piece."""
    numbers = "".join(f"{name} = {getattr(calibration, name):.4f}\n" for name in _NAMES)
    _write(folder / NUMBERS, (_HEADER + numbers).encode())
    _write(folder / WEIGHTS, packed)


_NAMES = ("slope", "offset", "threshold")


def forget(folder: Path) -> bool:
    """Take the model away; whether there was one."""
    there = (folder / WEIGHTS).exists()
    for name in (WEIGHTS, NUMBERS):
        (folder / name).unlink(missing_ok=True)
    return there


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, mode 0600 from the first byte."""
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
