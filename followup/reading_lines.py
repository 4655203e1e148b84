"""Replies as JSON lines: each read, understood, and given back as a line of its own."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from bot.survey import QUESTIONS
from contact.errors import UnreadableFile
from contact.reply import Reading

#: Longer than any text message, and than any line somebody wrote by hand.
LONGEST_LINE = 1_000_000

#: Reply text and question code become a reading.
Understand = Callable[[str, str | None], Reading]


def readings(lines: Iterable[bytes], understand: Understand) -> Iterator[dict[str, Any]]:
    """The document of every line ``{"id", "text", "question_code"}``, as they come.

    Blank lines are passed over. Raises UnreadableFile, with the line's number
    and what is wrong with it; the lines before it have been given by then.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            name, text, question = _parts(line.removeprefix(b"\xef\xbb\xbf"))
        except ValueError as error:
            raise UnreadableFile(f"Line {number}: {error}") from None
        yield document(name, understand(text, question))


def document(name: Any, reading: Reading) -> dict[str, Any]:
    """A reading as programs know it; ``name`` is the ``id`` of the line it came from."""
    return {
        "id": name,
        "label": reading.label.value,
        "code": reading.code,
        "confidence": round(reading.confidence, 4),
        "review": reading.review,
        "slots": asdict(reading.slots),
        "flags": [each.value for each in reading.flags],
        "evidence": list(reading.evidence),
    }


def _parts(line: bytes) -> tuple[Any, str, str | None]:
    """The id, text and question code of one line; ValueError says what is wrong with it."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE:,} bytes; one reply to a line.")
    try:
        given = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8; save the file as UTF-8.") from None
    except (json.JSONDecodeError, RecursionError):
        raise ValueError('not JSON; write one {"id", "text", "question_code"} to a line.') from None
    text = given.get("text") if isinstance(given, dict) else None
    if not isinstance(text, str):
        raise ValueError(  # noqa: TRY004  the line is wrong, not our types
            'needs a "text" that is a string, as in {"id": 1, "text": "college"}.'
        )
    question = given.get("question_code")
    if question is not None and question not in QUESTIONS:
        raise ValueError(f'"question_code" must be one of {", ".join(QUESTIONS)}, or null.')
    return given.get("id"), text, question
