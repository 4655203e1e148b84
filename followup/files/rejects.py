"""The rejects file: the rows that were not imported, with their reasons, to be mended in Excel."""

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import IO, Final, Self

from contact.errors import NotAllowed

#: What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), wide forms too.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rejects_path(source: Path) -> Path:
    """Where the rejects of ``source`` go: ``FILE.rejected.csv`` beside it."""
    return source.with_name(source.name + ".rejected.csv")


def safe_cell(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula, without NULs."""
    text = text.replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


class RejectsFile:
    """A rejects file in the making: it appears whole when all went well, or not at all.

    Nothing is written where no row is rejected. It holds personal data, so
    only its owner can read it (mode 0600). Raises NotAllowed where it cannot be written.
    """

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self._path = path
        self._headings = headings
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def add(self, row: int, field: str, reason: str, cells: Sequence[str]) -> None:
        """One rejected row: its number, the field and the reason, and its cells as they stood."""
        with self._writable():
            if self._file is None:
                self._file = self._begun()
            written = csv.writer(self._file)
            written.writerow([str(row), field, reason, *map(safe_cell, cells)])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is None:
            return
        try:
            with self._writable():
                self._finish(keep=kind is None)
        finally:
            with suppress(OSError):
                Path(self._file.name).unlink(missing_ok=True)

    def _begun(self) -> IO[str]:
        """A temporary file beside the real one, with its first line."""
        file = NamedTemporaryFile(  # noqa: SIM115  closed in __exit__
            "w", encoding="utf-8-sig", newline="", dir=self._path.parent, delete=False
        )
        headings = ["row", "field", "reason", *map(safe_cell, self._headings)]
        csv.writer(file).writerow(headings)
        return file

    def _finish(self, *, keep: bool) -> None:
        """Put the file in its place, durable, where it is to be kept."""
        assert self._file is not None  # noqa: S101
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
        if keep:
            Path(file.name).replace(self._path)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        """Turns a disk's refusal into one clear line."""
        try:
            yield
        except OSError as error:
            why = (error.strerror or "unknown reason").lower()
            raise NotAllowed(
                f"{self._path.name} cannot be written: {why}; name another place with --rejects"
            ) from error
