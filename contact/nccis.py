"""The activity codes of NCCIS.

The DfE edits the list every year; these are the labels in use since 2023.
"""

from dataclasses import dataclass
from enum import StrEnum

from contact.destination import NO_ADDRESS, NOT_KNOWN
from contact.errors import NotAllowed

#: How many codes a refusal names, and how many digits of three they share with what was typed.
_CLOSE = 3
_ALIKE = 2


class Group(StrEnum):
    """The headline a code is counted under."""

    SCHOOL_AGE = "not yet school-leaving age"
    EDUCATION = "education"
    EMPLOYMENT = "employment"
    TRAINING = "training"
    RE_ENGAGEMENT = "re-engagement"
    NEET = "neet"
    OTHER = "other"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Activity:
    """A code, what it is called, and the headline it is counted under."""

    code: str
    name: str
    group: Group


_NAMES = {
    Group.SCHOOL_AGE: {
        "110": "Registered at a school or other educational establishment",
        "120": "Educated at home",
        "130": "Custodial sentence",
        "140": "Not registered at a school or other educational establishment",
        "150": "Current situation not known",
    },
    Group.EDUCATION: {
        "210": "School sixth form, full-time",
        "220": "Sixth-form college, full-time",
        "230": "Further education, full-time",
        "240": "Higher education, full-time",
        "250": "Part-time education",
        "260": "Gap year",
        "270": "Other full-time education",
        "280": "Special post-16 institution",
        "290": "Full-time education in custody",
    },
    Group.EMPLOYMENT: {
        "310": "Apprenticeship",
        "320": "Full-time employment with study (regulated qualification)",
        "330": "Employment without training",
        "340": "Employment with training (other)",
        "350": "Temporary employment",
        "360": "Part-time employment",
        "380": "Self-employment",
        "381": "Self-employment with study (regulated qualification)",
        "550": "Work not for reward with study (regulated qualification)",
    },
    Group.TRAINING: {
        "410": "Funded work-based learning",
        "430": "Other training",
        "440": "DWP training and support programme",
        "450": "Traineeship",
        "460": "Supported internship",
    },
    Group.RE_ENGAGEMENT: {"530": "Re-engagement provision"},
    Group.NEET: {
        "540": "Working not for reward",
        "610": "Not yet ready for work or learning",
        "615": "Start date agreed (other)",
        "616": "Start date agreed (counts as participation)",
        "619": "Seeking employment, education or training",
        "620": "Not available: young carer",
        "630": "Not available: teenage parent",
        "640": "Not available: illness",
        "650": "Not available: pregnancy",
        "660": "Not available: religious grounds",
        "670": "Not available: unlikely ever to be economically active",
        "680": "Not available: other reason",
    },
    Group.OTHER: {
        "710": "Custody (young adult offender)",
        "720": "Refugee or asylum seeker (retired in April 2018)",
    },
    Group.NOT_KNOWN: {
        "810": "Current situation not known",
        "820": "Cannot be contacted: no current address",
        "830": "Refused to disclose activity",
    },
}

#: Every activity by its code.
ACTIVITIES = {
    code: Activity(code, name, group)
    for group, names in _NAMES.items()
    for code, name in names.items()
}
_RETIRED = ("720",)
#: The codes staff meet most, for a short list.
USUAL = ("210 220 230 240 250 260 310 320 330 340 350 360 380 450 460 540 610 616 619 830").split()


def activity(code: str) -> Activity:
    """The activity that has ``code``; NotAllowed names the codes that come close."""
    found = ACTIVITIES.get(code.strip())
    if found is None:
        raise NotAllowed(f"{code[:40]!r} is not an NCCIS activity code: {_near(code.strip())}.")
    return found


def for_a_leaver(code: str) -> Activity:
    """The activity that has ``code``, where it can be said of a leaver; NotAllowed else.

    "Not known" (810, 820) is what our own tries come to, never what somebody
    tells us; the codes of school age and the retired one are no destination.
    """
    found = activity(code)
    if found.code in (NOT_KNOWN, NO_ADDRESS):
        raise NotAllowed(
            f"{found.code} says that nobody knows: log the try instead (`followup attempts log`)."
        )
    if found.group is Group.SCHOOL_AGE:
        raise NotAllowed(f"{found.code} is for pupils of school age, not for a leaver.")
    if found.code in _RETIRED:
        raise NotAllowed(f"{found.code} is retired: record what they actually do.")
    return found


def _alike(typed: str, code: str) -> int:
    """How many digits stand in the same place; none where that is no number of three digits."""
    if len(typed) != len(code) or not (typed.isascii() and typed.isdecimal()):
        return 0
    return sum(one == other for one, other in zip(typed, code, strict=True))


def _near(typed: str) -> str:
    """A few codes that were probably meant, by number or by name."""
    words = [each for each in typed.casefold().split() if each]
    named = [
        each.code
        for each in ACTIVITIES.values()
        if words and all(word in each.name.casefold() for word in words)
    ]
    meant = named or sorted(
        (code for code in ACTIVITIES if _alike(typed, code) >= _ALIKE),
        key=lambda code: (-_alike(typed, code), abs(int(code) - int(typed))),
    )
    near = [f"{code} {ACTIVITIES[code].name}" for code in (meant or USUAL)[:_CLOSE]]
    return f"did you mean {', '.join(near)}?"[:-1] if meant else f"for example {', '.join(near)}"
