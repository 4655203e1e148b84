"""What the headings of a leavers' form mean, whatever their order and exact words."""

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from contact.errors import UnreadableFile
from contact.intake import FormRow
from followup.files.table import has_content

# In the order they are tried: what stands first takes a heading that would fit two ("phone"
# stands in many consent questions, "name" in "College name"). Words are folded, see _words.
_MEANINGS: Final = (
    ("consent", r"agree|agreement|consent|permission"),
    ("timestamp", r"timestamp|(?:completion|submission) time|submitted(?: at| on)?|date submitted"),
    ("born_on", r"birth|birthday|dob|d o b|born"),
    ("email", r"e ?mails?(?: address)?"),
    ("phone", r"phone|telephone|mobile|tel|cell"),
    ("destination", r"destination|secured|what will you (?:do|be doing)"),
    ("leaving_year", r"year (?:of leaving|you leave|you left|left)|leav\w+ year|cohort|^year$"),
    ("duration", r"duration|how long"),
    ("start", r"start(?:ing)? date|expected start|when (?:do|will) you start|^start$"),
    ("level", r"level"),
    ("course", r"course|subject|job title"),
    ("provider_name", r"college|university|employer|provider|6th form|sixth form"),
    ("surname", r"surname|last name|family name"),
    ("forename", r"first name|forename|given name"),
    ("name", r"name"),
)
_PATTERNS: Final = tuple((meaning, re.compile(rf"\b(?:{w})\b")) for meaning, w in _MEANINGS)
#: Headings of exactly these words are preferred to others of the same meaning.
_PREFERRED: Final = frozenset(("name", "full name", "personal email", "mobile number"))
#: Columns about other people than the leaver are never read.
_OTHERS: Final = re.compile(r"\b(?:parents?|parental|carer|guardian|emergency|next of kin)\b")
_REQUIRED: Final = (("name", "name"), ("born_on", "date of birth"), ("consent", "consent question"))
_WANTED: Final = ("timestamp", "leaving_year", "phone")
_FIELDS: Final = tuple(FormRow.__dataclass_fields__)[:-1]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each meaning stands.

    ``consent_heading`` is the question as the file has it. ``notes`` name what
    was not used, without personal data: ``heading_unknown: …``, ``heading_twice: …``,
    ``heading_missing: …``.
    """

    at: dict[str, int]
    width: int
    consent_heading: str
    notes: tuple[str, ...]

    def reader(self) -> Callable[[Sequence[str]], FormRow]:
        """A function from a row's cells to their meaning; a short row ends in blanks."""
        blank = self.width
        pick = itemgetter(*(self.at.get(field, blank) for field in _FIELDS))
        parts = [self.at[part] for part in ("forename", "surname") if part in self.at]

        def read(cells: Sequence[str]) -> FormRow:
            padded = [*cells, *[""] * (blank + 1 - len(cells))]
            # A comma too many moves every answer after it under another
            # heading, the consent too: such a row is nobody's.
            if has_content(padded[blank:]):
                return FormRow(fault="too_many_cells")
            row = FormRow(*pick(padded))
            joined = " ".join(padded[part] for part in parts).strip()
            return replace(row, name=joined) if joined else row

        return read


def fold_heading(text: str) -> str:
    """``text`` without case, spaces and punctuation: wordings that fold alike are the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def read_headings(
    headings: Sequence[str],
    questions: Collection[str] = (),
    needs: Sequence[tuple[str, str]] = _REQUIRED,
) -> Columns:
    """What each column means; ``questions`` are the known consent wordings, folded.

    ``needs`` are the (meaning, words) pairs that must be there. Raises
    UnreadableFile, naming what is missing (of a form the name, the date of
    birth or the consent), or where two columns could be the consent.
    """
    at, notes = _placed(headings, questions)
    named = {**at, "name": 0} if "forename" in at else at
    if missing := [words for meaning, words in needs if meaning not in named]:
        raise UnreadableFile(
            f"there is no column for the {' or the '.join(missing)}: "
            "the first line must be the form's own headings"
        )
    if "heading_twice: consent" in notes:
        raise UnreadableFile("two columns could be the consent question: leave only one of them")
    notes += [f"heading_missing: {each}" for each in _WANTED if each not in at]
    asked = headings[at["consent"]] if "consent" in at else ""
    return Columns(at, len(headings), asked, tuple(notes))


def recognised(headings: Sequence[str]) -> int:
    """How many different meanings ``headings`` have."""
    return len({meaning for meaning in map(_meaning, headings) if meaning})


def _placed(
    headings: Sequence[str], questions: Collection[str]
) -> tuple[dict[str, int], list[str]]:
    """The best column of each meaning, and notes on the columns that are not used."""
    ranks: dict[str, list[tuple[int, int]]] = {}
    notes = []
    for index, heading in enumerate(headings):
        asked = fold_heading(heading) in questions
        meaning = "consent" if asked else _meaning(heading)
        if meaning is None:
            notes += [f"heading_unknown: {_words(heading)[:60]}"] if heading.strip() else []
            continue
        rank = 2 if asked else int(_words(heading) in _PREFERRED)
        ranks.setdefault(meaning, []).append((-rank, index))
    for meaning, found in ranks.items():
        best = min(found)[0]
        notes += [f"heading_twice: {meaning}"] if [r for r, _ in found].count(best) > 1 else []
    return {meaning: min(found)[1] for meaning, found in ranks.items()}, notes


def _meaning(heading: str) -> str | None:
    """The meaning of one heading, None for one that is not read."""
    words = _words(heading)
    if _OTHERS.search(words):
        return None
    return next((meaning for meaning, pattern in _PATTERNS if pattern.search(words)), None)


def _words(heading: str) -> str:
    """``heading`` as lower-case words, without punctuation."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())
