"""Where each key of a TOML text stands, so that a mistake can be named by its line."""

import re
from collections.abc import Mapping
from contextlib import suppress

#: A key's way from the top: names, and places in lists counted from 0.
KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'")
_TEXTS = (
    r'"""(?:[^\\]|\\.)*?"{3,5}',
    r"'''.*?'{3,5}",
    r'"(?:[^"\\\n]|\\.)*"',
    r"'[^'\n]*'",
)
_TEXT = re.compile("|".join(_TEXTS), re.DOTALL)
_BARE = re.compile(r"[^,\]}#\n]*")


def key_lines(toml: str) -> Mapping[KeyPath, int]:
    """The line, from 1, of every key, table and list item of ``toml``.

    Of a text that is not TOML, those before the first fault that is seen.
    """
    reader = _Reader(toml)
    with suppress(_Lost):
        reader.document()
    return reader.lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of ``path``, else of what it stands in; 1 where that is the whole text."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


class _Lost(Exception):
    """Here the text is no TOML."""


class _Reader:
    """Walks through a text once; ``at`` is where it is."""

    def __init__(self, toml: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._toml = toml
        self._at = 0
        self._items: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        self._take(_BLANK)
        while self._at < len(self._toml):
            table = self._header() if self._sees("[") else self._entry(table)
            self._take(_BLANK)

    def _header(self) -> KeyPath:
        line, of_many = self._line(), self._toml.startswith("[[", self._at)
        self._at += 2 if of_many else 1
        path = self._keys(())
        self._expect("]]" if of_many else "]")
        if of_many:
            self.lines.setdefault(path, line)
            self._items[path] = self._items.get(path, -1) + 1
            path = (*path, self._items[path])
        self.lines[path] = line
        return path

    def _entry(self, table: KeyPath) -> KeyPath:
        line = self._line()
        path = self._keys(table)
        self.lines.setdefault(path, line)
        self._expect("=")
        self._value(path)
        return table

    def _keys(self, path: KeyPath) -> KeyPath:
        """The dotted key that begins here, under ``path``; a list is entered at its last item."""
        while True:
            self._take(_SPACE)
            name = self._take(_KEY).strip("\"'")
            if not name:
                raise _Lost
            path = (*path, name)
            self._take(_SPACE)
            if not self._sees("."):
                return path
            self._at += 1
            if path in self._items:
                path = (*path, self._items[path])

    def _value(self, path: KeyPath) -> None:
        self._take(_SPACE)
        if self._sees("["):
            self._list(path)
        elif self._sees("{"):
            self._inline(path)
        elif self._sees('"') or self._sees("'"):
            if not self._take(_TEXT):
                raise _Lost
        elif not self._take(_BARE).strip():
            raise _Lost

    def _list(self, path: KeyPath) -> None:
        self._at += 1
        number = 0
        self._take(_BLANK)
        while not self._sees("]"):
            self.lines[*path, number] = self._line()
            self._value((*path, number))
            self._after_item("]")
            number += 1
        self._at += 1

    def _inline(self, path: KeyPath) -> None:
        self._at += 1
        self._take(_BLANK)
        while not self._sees("}"):
            self._entry(path)
            self._after_item("}")
        self._at += 1

    def _after_item(self, closing: str) -> None:
        self._take(_BLANK)
        if self._sees(","):
            self._at += 1
            self._take(_BLANK)
        elif not self._sees(closing):
            raise _Lost

    def _expect(self, text: str) -> None:
        self._take(_SPACE)
        if not self._sees(text):
            raise _Lost
        self._at += len(text)

    def _sees(self, text: str) -> bool:
        return self._toml.startswith(text, self._at)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._toml, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]

    def _line(self) -> int:
        return self._toml.count("\n", 0, self._at) + 1
