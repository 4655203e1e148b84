"""Replies as JSON lines: each read, understood, and given back as a line of its own."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from bot.survey import QUESTIONS
from contact.errors import UnreadableFile
from contact.reply import Label, Reading

#: Longer than any text message, and than any line somebody wrote by hand.
LONGEST_LINE = 1_000_000

#: Reply text, question code and the label known so far become a reading.
Understand = Callable[[str, str | None, Label | None], Reading]


def readings(lines: Iterable[bytes], understand: Understand) -> Iterator[dict[str, Any]]:
    """The document of every line ``{"id", "text", "question_code"}``, as they come.

    A line may have ``"context_label"`` too, the label known before the reply. Blank lines
    are passed over. Raises UnreadableFile, with the line's number and what is wrong with
    it; the lines before it have been given by then.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            given = _given(line.removeprefix(b"\xef\xbb\xbf"))
            text, question, context = _parts(given)
        except ValueError as error:
            raise UnreadableFile(f"Line {number}: {error}") from None
        yield document(given.get("id"), understand(text, question, context))


def document(name: Any, reading: Reading) -> dict[str, Any]:
    """A reading as programs know it; ``name`` is the ``id`` of the line it came from."""
    # The provider's numbers stand there where a loaded list gave them.
    numbers = ("urn", "ukprn")
    told = {key: said for key, said in asdict(reading.slots).items() if said or key not in numbers}
    return {
        "id": name,
        "label": reading.label.value,
        "code": reading.code,
        "confidence": round(reading.confidence, 4),
        "review": reading.review,
        "slots": told,
        "flags": [each.value for each in reading.flags],
        "evidence": list(reading.evidence),
    }


def _given(line: bytes) -> dict[str, Any]:
    """The object of one line; ValueError says why it is none."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE:,} bytes; one reply to a line.")
    try:
        given = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8; save the file as UTF-8.") from None
    except (json.JSONDecodeError, RecursionError):
        raise ValueError('not JSON; write one {"id", "text", "question_code"} to a line.') from None
    return given if isinstance(given, dict) else {}


def _parts(given: dict[str, Any]) -> tuple[str, str | None, Label | None]:
    """The text, question code and known destination of a line; ValueError says what is wrong."""
    text = given.get("text")
    if not isinstance(text, str):
        raise ValueError(  # noqa: TRY004  the line is wrong, not our types
            'needs a "text" that is a string, as in {"id": 1, "text": "college"}.'
        )
    question, context = given.get("question_code"), given.get("context_label")
    if question is not None and question not in QUESTIONS:
        raise ValueError(f'"question_code" must be one of {", ".join(QUESTIONS)}, or null.')
    if context is not None and context not in list(Label):
        raise ValueError(f'"context_label" must be one of {", ".join(Label)}, or null.')
    return text, question, None if context is None else Label(context)
