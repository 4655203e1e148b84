"""How many SMS parts a text takes, and how to keep it from taking more.

A text made of the GSM-7 alphabet fits 160 characters in one part and 153 in
each part of a longer one; a single other character (a curly quote, an emoji)
turns the whole text into UCS-2: 70, then 67. Characters of the extension table
cost two. (GSM 03.38; Twilio's pages on message size.)
"""

import unicodedata
from collections.abc import Iterable

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")

GSM_ONE, GSM_MANY = 160, 153
UCS2_ONE, UCS2_MANY = 70, 67
#: The last character that UCS-2 writes as one unit.
LAST_SINGLE = 0xFFFF

# What Unicode does not take apart by itself, and what phones and word
# processors put in unasked.
_STAND_INS = {
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ħ": "h",
    "Ħ": "H",
    "ı": "i",
    "œ": "oe",
    "Œ": "OE",
    "ẞ": "SS",
    "ə": "e",
    "Ə": "E",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "…": "...",
    "\t": " ",
    "\u00a0": " ",
    "{": "(",
    "}": ")",
    "[": "(",
    "]": ")",
    "€": "EUR",
}


def is_gsm(text: str) -> bool:
    """Whether ``text`` can be sent in GSM-7."""
    return all(letter in GSM_BASIC or letter in GSM_EXTENDED for letter in text)


def count(text: str) -> int:
    """The number of SMS parts ``text`` takes; 0 for an empty one.

    A pair (an escaped character in GSM-7, a surrogate pair in UCS-2) is never
    cut in two, so a part may end one unit early.
    """
    if GSM_BASIC.issuperset(text):
        # Most texts: each letter costs one, so nothing needs to be looked at one by one.
        return -(-len(text) // GSM_MANY) if len(text) > GSM_ONE else min(len(text), 1)
    if is_gsm(text):
        return _parts([2 if letter in GSM_EXTENDED else 1 for letter in text], GSM_ONE, GSM_MANY)
    return _parts([2 if ord(letter) > LAST_SINGLE else 1 for letter in text], UCS2_ONE, UCS2_MANY)


def _parts(costs: Iterable[int], one: int, many: int) -> int:
    costs = list(costs)
    if sum(costs) <= one:
        return 1 if costs else 0
    parts, used = 1, 0
    for cost in costs:
        if used + cost > many:
            parts, used = parts + 1, 0
        used += cost
    return parts


def to_gsm(text: str) -> str | None:
    """``text`` in letters of the basic GSM-7 table, each of which costs one, or None.

    Accents that the table lacks are dropped (Zoë becomes Zoe), curly quotes and
    dashes become straight. A text of which a letter has no such counterpart
    (Cyrillic, Arabic) gives None: half a name is worse than no name. What is
    no letter and has no counterpart (an emoji) is left out.
    """
    if GSM_BASIC.issuperset(text):
        return text.strip() or None
    pieces = []
    for letter in unicodedata.normalize("NFC", text):
        piece = _spell(letter)
        if piece is None and unicodedata.category(letter).startswith("L"):
            return None
        pieces.append(piece or "")
    return "".join(pieces).strip() or None


def _spell(letter: str) -> str | None:
    if letter in GSM_BASIC:
        return letter
    if letter in _STAND_INS:
        return _STAND_INS[letter]
    plain = "".join(
        _STAND_INS.get(part, part)
        for part in unicodedata.normalize("NFKD", letter)
        if not unicodedata.combining(part)
    )
    return plain if plain and all(part in GSM_BASIC for part in plain) else None


def shorten(text: str, longest: int) -> str:
    """``text`` on one line, of at most ``longest`` characters, cut between words if it can be."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    cut = line[: longest + 1]
    end = max(cut.rfind(" "), cut.rfind("-"))
    # A cut in the first half would lose more than it saves.
    return line[: end if end > longest // 2 else longest].rstrip(" -,")
