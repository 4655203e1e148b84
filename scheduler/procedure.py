"""What a school has promised to do about its leavers, as values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from contact.alumnus import KeyStage
from contact.case import Terms
from contact.destination import Source
from contact.errors import Misconfigured
from contact.hours import Hours
from scheduler.term import DayRule, Season, TermsOf

ANY_TIME = "any"
ANNUAL_SUMMER = "annual_summer"


@dataclass(frozen=True, slots=True)
class Rules:
    """How people are asked: the service's settings, or a procedure's own.

    Days are London calendar days, ``days`` weekdays from 0 for Monday. The
    cap is messages a day and the budget pence a month, both for one school; a
    budget of 0 is none.
    """

    tries: int = 3
    gap_days: int = 5
    reply_days: int = 4
    late_reply_days: int = 60
    opens: time = time(9)
    closes: time = time(19, 30)
    days: frozenset[int] = frozenset(range(6))
    max_messages_per_day: int = 500
    monthly_budget_pence: int = 0

    @property
    def room_days(self) -> int:
        """The days from a first ask to the end of the last reply time."""
        return (self.tries - 1) * self.gap_days + self.reply_days

    def hours(self, closed: Callable[[date], bool]) -> Hours:
        """The opening hours, with the holidays that ``closed`` knows."""
        return Hours(self.opens, self.closes, self.days, closed)

    def terms(self, until: date) -> Terms:
        """The promises a case opens under in a wave that lasts to ``until``."""
        return Terms(self.tries, self.gap_days, self.reply_days, self.late_reply_days, until)


@dataclass(frozen=True, slots=True)
class WavePlan:
    """One collection point in one year after leaving; ``opens`` and ``until`` as rules.

    Who is known from one of ``not_known_from`` is not asked; empty asks everybody.
    """

    name: str
    year: int
    term: Season
    opens: DayRule
    until: DayRule
    not_known_from: frozenset[Source] = frozenset()


class Reach(StrEnum):
    """Whom an action is about, where the service can list them.

    ``everybody``    whom the school may write to in that term
    ``not_known``    of these, whom nobody has told us about in that academic year
    ``not_settled``  of these, whose newest destination is none, unknown or NEET
    ``no_plan``      whose form named no intended destination, permitted or not
    ``providers``    the places that leavers named, and which have an agreement
    """

    EVERYBODY = "everybody"
    NOT_KNOWN = "not_known"
    NOT_SETTLED = "not_settled"
    NO_PLAN = "no_plan"
    PROVIDERS = "providers"


@dataclass(frozen=True, slots=True)
class Duty:
    """Something people do by a day: an action, or a return that somebody expects.

    ``year`` 0 is the academic year they leave in, 1 the first after it.
    ``begins`` is the first day for it, where there is one. A return that
    reports on a wave names it. ``by`` are the ways people use (``email``,
    ``phone``, ``letter``, ``event``, ``social``), ``reach`` is whom to reach;
    ``support`` says that it is for the procedure's support groups.
    """

    name: str
    text: str
    year: int
    due: DayRule
    who: str = "careers leader"
    wave: str | None = None
    is_return: bool = False
    begins: DayRule | None = None
    by: tuple[str, ...] = ()
    reach: Reach | None = None
    support: bool = False

    def due_on(self, leaving_year: int, terms_of: TermsOf) -> date:
        """The last day for it, for those who leave in the summer of ``leaving_year``."""
        return self.due.on(leaving_year - 1 + self.year, terms_of)

    def begins_on(self, leaving_year: int, terms_of: TermsOf) -> date | None:
        """The first day for it, or None."""
        return self.begins.on(leaving_year - 1 + self.year, terms_of) if self.begins else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A data-sharing agreement with a provider, and its last day where it has one."""

    provider: str
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in place on ``day``."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Promise:
    """A consent wording a procedure relies on, and how often it allows contact."""

    wording: str
    cadence: str = ANY_TIME


#: A part of a procedure: ``("wave", "y1-autumn", "until")``.
Part = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """A school's written procedure.

    ``wordings`` are the consent wordings it relies on, ``support_groups`` who
    gets help first, ``escalate_to`` whom staff turn to, ``sharing_agreements``
    the providers with one. ``places`` says where in its file each part stands.
    """

    name: str
    title: str
    who: frozenset[KeyStage]
    tracking_years: int
    rules: Rules
    waves: tuple[WavePlan, ...]
    duties: tuple[Duty, ...] = ()
    wordings: tuple[Promise, ...] = ()
    support_groups: tuple[str, ...] = ()
    escalate_to: str | None = None
    sharing_agreements: tuple[Agreement, ...] = ()
    places: Mapping[Part, str] = field(default_factory=dict, compare=False, repr=False)

    def place(self, *parts: Part) -> str:
        """Where the first of ``parts`` that is written stands: ``our.toml:12``; else its name."""
        return next((self.places[part] for part in parts if part in self.places), self.name)

    def cadences(self, known: Mapping[str, str]) -> dict[str, str]:
        """How often each wording allows contact: ``known`` of the wordings, the narrower promise.

        What the procedure says of a wording it relies on was promised beside
        the wording, so of two that differ the one that allows less holds.
        """
        ours = {each.wording: each.cadence for each in self.wordings}
        return {name: _narrower(cadence, ours.get(name)) for name, cadence in known.items()}

    def check_wordings(self, known: Mapping[str, str]) -> None:
        """Misconfigured where a wave is allowed by no wording it relies on.

        ``known`` are the cadences of all wordings there are; where the
        procedure names none, anyone of them may support it.
        """
        cadences = self.cadences(known)
        for promise in self.wordings:
            if promise.wording not in known:
                place = self.place(("consent", promise.wording, "wording"))
                raise Misconfigured(
                    f"{place}: there is no consent wording {promise.wording}: "
                    f"there are {', '.join(known)}."
                )
        relied_on = [each.wording for each in self.wordings] or list(known)
        for wave in self.waves:
            if not any(allows(cadences[name], wave.term) for name in relied_on):
                raise Misconfigured(
                    f"{self.place(('wave', wave.name, 'term'))}: no consent wording allows wave "
                    f"{wave.name}: change the wave, or name a wording that does."
                )


def _narrower(one: str, other: str | None) -> str:
    return one if other is None or one != ANY_TIME else other


def allows(cadence: str, term: Season) -> bool:
    """Whether a wording of ``cadence`` lets somebody be asked in ``term``.

    ``annual_summer`` promised one short survey each year in the summer term. A
    cadence nobody knows allows nothing.
    """
    return cadence == ANY_TIME or (cadence == ANNUAL_SUMMER and term is Season.SUMMER)
