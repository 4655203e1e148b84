"""What a school has promised to do about its leavers, as values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from contact.alumnus import KeyStage
from contact.case import Terms
from contact.destination import Source
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


@dataclass(frozen=True, slots=True)
class Duty:
    """Something people do by a day: an action, or a return that somebody expects.

    ``year`` 0 is the academic year they leave in, 1 the first after it. A
    return that reports on a wave names it.
    """

    name: str
    text: str
    year: int
    due: DayRule
    who: str = "careers leader"
    wave: str | None = None
    is_return: bool = False

    def due_on(self, leaving_year: int, terms_of: TermsOf) -> date:
        """The last day for it, for those who leave in the summer of ``leaving_year``."""
        return self.due.on(leaving_year - 1 + self.year, terms_of)


@dataclass(frozen=True, slots=True)
class Promise:
    """A consent wording a procedure relies on, and how often it allows contact."""

    wording: str
    cadence: str = ANY_TIME


@dataclass(frozen=True, slots=True)
class Procedure:
    """A school's written procedure.

    ``wordings`` are the consent wordings it relies on, ``support_groups`` who
    gets help first, ``escalate_to`` whom staff turn to, ``sharing_agreements``
    the providers with one.
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
    sharing_agreements: tuple[str, ...] = ()

    def waves_without_wording(self) -> tuple[str, ...]:
        """The waves that none of the wordings it relies on allows; none where it names none."""
        if not self.wordings:
            return ()
        return tuple(
            wave.name
            for wave in self.waves
            if not any(allows(promise.cadence, wave.term) for promise in self.wordings)
        )


def allows(cadence: str, term: Season) -> bool:
    """Whether a wording of ``cadence`` lets somebody be asked in ``term``.

    ``annual_summer`` promised one short survey each year in the summer term. A
    cadence nobody knows allows nothing.
    """
    return cadence == ANY_TIME or (cadence == ANNUAL_SUMMER and term is Season.SUMMER)
