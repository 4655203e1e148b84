"""The words of a place's name: which tell it apart, and which only say what kind of place it is."""

from dataclasses import dataclass

from bot.understanding.normalise import normalise

#: Words that say what kind of place is meant, and the kinds of provider that may be called so.
_COLLEGES = frozenset(("fe_college", "sixth_form_college", "college", "special"))
_SCHOOL = frozenset(("school",))
KIND_WORDS = {
    "uni": frozenset(("higher_education",)),
    "college": _COLLEGES,
    "coleg": _COLLEGES,
    "sixth": _COLLEGES | _SCHOOL,
    "school": _SCHOOL,
    "high": _SCHOOL,
    "grammar": _SCHOOL,
    "academy": _SCHOOL,
    "secondary": _SCHOOL,
}
#: Words that are said or left out at will.
_LITTLE = frozenset("the of and for in at a an to on my".split())
#: Words that many names have: by themselves they name no place.
_GENERAL = (
    _LITTLE
    | frozenset(KIND_WORDS)
    | frozenset(
        "form institute further higher education community catholic church england primary city "
        "trust centre center campus group st saint ce rc c e post 16 18 19 free studio specialist "
        "science sports language languages humanities technology technical business enterprise "
        "performing arts art media creative roman voluntary aided controlled foundation "
        "independent international british local limited ltd learning training skills provision "
        "upper lower middle boys girls boy girl new old north south east west central great "
        "special needs county town village adult company services".split()
    )
)
#: Words of a name that nobody says when they say all of it.
UNSAID = frozenset(
    "college school academy form further higher education group limited centre campus".split()
)
#: What is written short in names of places.
ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "met": ("metropolitan",),
    "tech": ("technology", "technical"),
    "cath": ("catholic",),
    "gram": ("grammar",),
    "poly": ("polytechnic",),
    "man": ("manchester",),
    "manc": ("manchester",),
    "manny": ("manchester",),
    "lpool": ("liverpool",),
    "bham": ("birmingham",),
    "brum": ("birmingham",),
    "notts": ("nottingham", "nottinghamshire"),
    "soton": ("southampton",),
    "sheff": ("sheffield",),
    "hudds": ("huddersfield",),
    "herts": ("hertfordshire",),
    "beds": ("bedfordshire",),
    "staffs": ("staffordshire",),
    "glos": ("gloucestershire",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A typed name: its words without the little ones, those that tell, and its words of kind."""

    words: frozenset[str]
    telling: frozenset[str]
    kinds: frozenset[str]

    def suits(self, kind: str, words: frozenset[str]) -> bool:
        """Whether a provider of that kind and name may be called what was typed."""
        return all(word in words or kind in KIND_WORDS[word] for word in self.kinds)

    def says_so(self, words: frozenset[str]) -> bool:
        """Whether the name ``words`` has the words of kind that were typed."""
        return bool(self.kinds) and self.kinds <= words


def words_of(name: str) -> frozenset[str]:
    """The words of ``name`` made plain, without the little ones."""
    return frozenset(normalise(name.replace("-", " ")).words) - _LITTLE


def telling(words: frozenset[str]) -> frozenset[str]:
    """Those of ``words`` that tell a place apart from others."""
    return words - _GENERAL


def asked_of(typed: str) -> Asked:
    """What was typed, taken apart."""
    words = words_of(typed)
    kinds = frozenset(word for word in words if word in KIND_WORDS)
    return Asked(words, telling(words), kinds)
