"""Which NCCIS activity code a reading stands for."""

import re

from bot.understanding.normalise import Typed
from bot.understanding.providers import CODES, Provider
from contact.reply import Label

#: The code of a label where nothing in the reply refines it (the crosswalk of the survey's
#: answers). Abroad has no code of its own; what somebody does there is for staff to ask.
CODE_OF: dict[Label, str] = {
    Label.SIXTH_FORM: "210",
    Label.FE_COLLEGE: "230",
    Label.HIGHER_EDUCATION: "240",
    Label.APPRENTICESHIP: "310",
    Label.TRAINEESHIP: "450",
    Label.EMPLOYMENT_WITH_TRAINING: "340",
    Label.EMPLOYMENT_WITHOUT_TRAINING: "330",
    Label.SELF_EMPLOYED: "380",
    Label.VOLUNTARY: "540",
    Label.GAP_YEAR: "260",
    Label.ARMED_FORCES: "340",
    Label.LOOKING_FOR_WORK: "619",
    # Never why: staff may refine it to 620-680 when they are told.
    Label.NOT_AVAILABLE: "610",
    Label.CUSTODY: "710",
    Label.REFUSES: "830",
}
#: Labels that say what somebody does.
DESTINATIONS = frozenset(CODE_OF) - {Label.REFUSES} | {Label.MOVED_ABROAD}

_REGULATED = re.compile(
    r"\b(nvq|level \d|aat|acca|aca|cima|diploma|qualification|qualified|cemap|cii|hnc|hnd|btec"
    r"|degree|chartered|cipd|cips|gas safe)\b"
)
_TEMPORARY = re.compile(
    r"\b(temp|temping|temporary|seasonal|christmas (job|temp|work)|agency|fixed term|summer job)\b"
)
_PART_TIME = re.compile(r"\bpart time\b")
_STUDYING_TOO = re.compile(
    r"\b(doing|studying|study for|studying for) (\w+ ){0,4}?(nvq|level \d|course|diploma|college"
    r"|btec)\b"
)
_SIXTH_FORM_COLLEGE = re.compile(r"\bsixth form college\b")
_SUPPORTED = re.compile(
    r"\b(supported intern\w*|project search|job coach|ehcp|intern\w*|additional needs)\b"
)
#: A start that was agreed, in words that leave no doubt of it.
_AGREED = re.compile(
    r"\b(start|starting|begin|beginning) (\w+ ){0,6}?(on|in|next) (the )?(\d|mon|tue|wed|thu|fri"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)\w*"
)
_RPA = re.compile(r"\b(college|sixth form|apprenticeship|uni|course|traineeship|a level)\b")


def code_of(
    label: Label, typed: Typed, provider: Provider | None, kinds: frozenset[str]
) -> str | None:
    """The code of ``label``, refined by what the reply or the provider's kind says.

    ``kinds`` are the kinds of the names in the reply. None where the label
    stands for no activity.
    """
    if label is Label.SIXTH_FORM:
        named = "sfc" in kinds or bool(_SIXTH_FORM_COLLEGE.search(typed.text))
        if provider:
            # A levels at a college of further education are further education.
            return {**CODES, "college": "220"}.get(provider.kind, "210")
        return "220" if named else "210"
    if label is Label.FE_COLLEGE:
        part = _PART_TIME.search(typed.text) and not re.search(r"part time job", typed.text)
        known = CODES.get(provider.kind) if provider else None
        return "250" if part else known if known in ("220", "280") else "230"
    if label is Label.TRAINEESHIP:
        return "460" if _SUPPORTED.search(typed.text) else "450"
    return _of_work(label, typed.text) or CODE_OF.get(label)


def _of_work(label: Label, text: str) -> str | None:
    """The finer code of paid and unpaid work, or None."""
    if label is Label.EMPLOYMENT_WITH_TRAINING and _REGULATED.search(text):
        return "320"
    if label is Label.EMPLOYMENT_WITHOUT_TRAINING and _TEMPORARY.search(text):
        return "350"
    if label is Label.EMPLOYMENT_WITHOUT_TRAINING and _PART_TIME.search(text):
        return "360"
    if label is Label.SELF_EMPLOYED and _STUDYING_TOO.search(text):
        return "381"
    if label is Label.VOLUNTARY and _STUDYING_TOO.search(text):
        return "550"
    return None


def agreed_start(typed: Typed) -> str | None:
    """616 for an agreed start of learning, 615 for any other, None where none is agreed."""
    if not _AGREED.search(typed.text):
        return None
    return "616" if _RPA.search(typed.text) else "615"
