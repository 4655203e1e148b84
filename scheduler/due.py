"""Who is due to be asked, and for everybody the reason why or why not.

The first reason that holds, in this order, is the one that is given:

what the law or the person says   opted_out, in_review, no_consent, consent_ended
the person's own state            own_sixth_form, held, paused
this wave's case                  case_open, answered, tried
no wave at all                    not_in_cohort_years
nowhere to write to               no_address
what the wording promised         condition_not_met (cadence)
the calendar                      not_yet, too_late
the wave's own condition          condition_not_met (known from others)
what only today is in the way     waiting, number_in_use

So a reason that lasts hides one that passes, and staff see first what they
would have to mend first. ``in_review`` stands before ``no_consent`` because a
row under review may lack the permission exactly because a person must decide
it; a clear no is never under review.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from contact.candidate import Facts, WaveCase
from scheduler.procedure import ANNUAL_SUMMER, allows
from scheduler.wave import Wave


class ReasonCode(StrEnum):
    """Why somebody is due, or is not; the closed set of the command ``due``."""

    DUE = "due"
    WAITING = "waiting"
    ANSWERED = "answered"
    NO_CONSENT = "no_consent"
    CONSENT_ENDED = "consent_ended"
    OPTED_OUT = "opted_out"
    HELD = "held"
    PAUSED = "paused"
    NO_ADDRESS = "no_address"
    OWN_SIXTH_FORM = "own_sixth_form"
    NOT_IN_COHORT_YEARS = "not_in_cohort_years"
    CONDITION_NOT_MET = "condition_not_met"
    CASE_OPEN = "case_open"
    NUMBER_IN_USE = "number_in_use"
    TOO_LATE = "too_late"
    NOT_YET = "not_yet"
    IN_REVIEW = "in_review"
    TRIED = "tried"


@dataclass(frozen=True, slots=True)
class Reason:
    """The code, for programs, and one plain sentence, for people."""

    code: ReasonCode
    text: str


def decide(facts: Facts, wave: Wave | None, on: date) -> Reason:
    """Whether a case opens for this alumnus in ``wave`` on the London day ``on``, and why.

    ``wave`` is what :func:`scheduler.wave.wave_on` gives for that day.
    """
    code = _code(facts, wave, on)
    return Reason(code, _sentence(code, facts, wave))


_PersonRule = Callable[[Facts, date], bool]
_WaveRule = Callable[[Facts, Wave, date], bool]


def _code(facts: Facts, wave: Wave | None, on: date) -> ReasonCode:
    for code, holds in _PERSON:
        if holds(facts, on):
            return code
    if wave is None:
        return ReasonCode.NOT_IN_COHORT_YEARS
    for code, stands in _WAVE:
        if stands(facts, wave, on):
            return code
    return ReasonCode.DUE


def _no_consent(facts: Facts, _on: date) -> bool:
    return not facts.consent_granted or facts.consent_until is None


def _consent_ended(facts: Facts, on: date) -> bool:
    return facts.consent_until is not None and facts.consent_until < on


def _cadence_forbids(facts: Facts, wave: Wave) -> bool:
    return not allows(facts.cadence, wave.term)


def _known_from(facts: Facts, wave: Wave) -> list[str]:
    return sorted(wave.not_known_from & facts.known_sources)


_PERSON: tuple[tuple[ReasonCode, _PersonRule], ...] = (
    (ReasonCode.OPTED_OUT, lambda facts, _: facts.opted_out),
    (ReasonCode.IN_REVIEW, lambda facts, _: facts.in_review),
    (ReasonCode.NO_CONSENT, _no_consent),
    (ReasonCode.CONSENT_ENDED, _consent_ended),
    (ReasonCode.OWN_SIXTH_FORM, lambda facts, _: facts.retained),
    (ReasonCode.HELD, lambda facts, _: facts.held),
    (ReasonCode.PAUSED, lambda facts, _: facts.paused),
    (ReasonCode.CASE_OPEN, lambda facts, _: facts.wave_case == WaveCase.RUNNING),
    (ReasonCode.ANSWERED, lambda facts, _: facts.wave_case == WaveCase.ANSWERED),
    (ReasonCode.TRIED, lambda facts, _: facts.wave_case == WaveCase.UNANSWERED),
)

_WAVE: tuple[tuple[ReasonCode, _WaveRule], ...] = (
    (ReasonCode.NO_ADDRESS, lambda facts, _w, _o: not facts.usable_address),
    (ReasonCode.CONDITION_NOT_MET, lambda facts, wave, _: _cadence_forbids(facts, wave)),
    (ReasonCode.NOT_YET, lambda _, wave, on: on < wave.opens),
    (ReasonCode.TOO_LATE, lambda _, wave, on: on > wave.last_opening_day),
    (ReasonCode.CONDITION_NOT_MET, lambda facts, wave, _: bool(_known_from(facts, wave))),
    (ReasonCode.WAITING, lambda facts, _w, _o: facts.other_case_open),
    (ReasonCode.NUMBER_IN_USE, lambda facts, _w, _o: facts.number_in_use),
)

_PERSON_TEXTS = {
    ReasonCode.OPTED_OUT: "They asked us to stop, so they are not written to.",
    ReasonCode.IN_REVIEW: "Their row of the import waits for somebody to check it.",
    ReasonCode.NO_CONSENT: "There is no clear permission to ask them.",
    ReasonCode.CONSENT_ENDED: "Their permission ended on {consent}.",
    ReasonCode.OWN_SIXTH_FORM: "They stayed in the school's own sixth form and are not texted.",
    ReasonCode.HELD: "Staff have put them on hold.",
    ReasonCode.PAUSED: "A flag about them must be closed by staff first.",
    ReasonCode.CASE_OPEN: "They are being asked in {wave} now.",
    ReasonCode.ANSWERED: "{Wave} has its answer.",
    ReasonCode.TRIED: "{Wave} has ended for them without an answer.",
    ReasonCode.NOT_IN_COHORT_YEARS: "No wave asks this cohort now.",
}

_WAVE_TEXTS = {
    ReasonCode.DUE: "{Wave} is open until {until}, and they have not been asked in it.",
    ReasonCode.NO_ADDRESS: "There is no number or chat that the service could write to.",
    ReasonCode.NOT_YET: "{Wave} opens on {opens}.",
    ReasonCode.TOO_LATE: "Too late for {tries} in {wave}: the last day to begin was {last}.",
    ReasonCode.WAITING: "{Wave} waits until the case of another wave has ended.",
    ReasonCode.NUMBER_IN_USE: "Somebody else on the same phone is being asked; one after another.",
}

_CADENCE_TEXT = (
    "The wording they agreed to promised a survey in the summer term only, and {wave} is not in it."
)
_NO_PROMISE_TEXT = (
    "They agreed to a wording that is not known here, so nobody can say that it allows {wave}."
)
_KNOWN_TEXT = "{Wave} leaves out whoever is known already, and they are, from: {known}."


def _sentence(code: ReasonCode, facts: Facts, wave: Wave | None) -> str:
    words = {"wave": "this wave", "Wave": "This wave"}
    if facts.consent_until:
        words["consent"] = _day(facts.consent_until)
    if wave is not None:
        words |= _wave_words(wave)
        words["known"] = " and ".join(_known_from(facts, wave))
    return _template(code, facts, wave).format_map(words)


def _template(code: ReasonCode, facts: Facts, wave: Wave | None) -> str:
    if code is ReasonCode.CONDITION_NOT_MET and wave is not None:
        if not _cadence_forbids(facts, wave):
            return _KNOWN_TEXT
        return _CADENCE_TEXT if facts.cadence == ANNUAL_SUMMER else _NO_PROMISE_TEXT
    return _PERSON_TEXTS.get(code) or _WAVE_TEXTS[code]


@lru_cache(maxsize=64)
def _wave_words(wave: Wave) -> dict[str, str]:
    tries = wave.rules.tries
    return {
        "wave": f"wave {wave.name}",
        "Wave": f"Wave {wave.name}",
        "opens": _day(wave.opens),
        "until": _day(wave.until),
        "last": _day(wave.last_opening_day),
        "tries": f"{_NUMBERS.get(tries, tries)} {'try' if tries == 1 else 'tries'}",
    }


_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
