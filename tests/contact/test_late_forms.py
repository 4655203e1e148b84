"""A second form about somebody: another leaving, or an agreement that is left open."""

import pytest

from contact.consent import Purpose
from contact.withdrawal import has_stopped
from tests.cast import NOW as ASKED
from tests.cast import WINDOW
from tests.contact.test_enrolling import LATER, enrol_rows, row
from tests.storage.cast import seen, written

WHEN_ASKED = (WINDOW, ASKED.date(), ASKED)


def stands(memory):
    """Amina as the memory has her: cohorts, whether she may be asked, her endings."""

    def look(work):
        (person,) = work.alumni.everybody()
        cases = work.cases.of(person.id)
        return {
            "cohorts": {each.cohort.id: each.retained for each in work.cohorts.of(person.id)},
            "tracked": work.consents.live(person.id, Purpose.TRACKING) is not None,
            "stopped": has_stopped(work, person.id),
            "endings": [
                (str(end.disposition), end.detail, end.code)
                for case in cases
                for end in work.cases.endings(case.id)
            ],
            "codes": [each.code for each in work.destinations.of(person.id)][1:],
        }

    return seen(memory, look)


def ask(memory):
    """Open the case of the wave that runs."""
    return written(memory, lambda work: work.due.open(*WHEN_ASKED))


@pytest.mark.parametrize("cell", ["", "  ", "maybe", "n/a"])
def test_a_later_form_that_leaves_the_agreement_open_ends_the_yes_but_is_no_refusal(memory, cell):
    written(memory, enrol_rows, [row()])
    assert ask(memory) == 1

    written(memory, enrol_rows, [row(timestamp=LATER, consent=cell)])

    now = stands(memory)
    assert (now["tracked"], now["stopped"]) == (False, False)
    assert now["endings"] == [("other", "consent_ended", None)]
    assert now["codes"] == []
    assert ask(memory) == 0


def test_a_later_form_with_a_clear_no_is_a_refusal(memory):
    written(memory, enrol_rows, [row()])
    ask(memory)

    written(memory, enrol_rows, [row(timestamp=LATER, consent="No")])

    now = stands(memory)
    assert (now["tracked"], now["stopped"]) == (False, True)
    assert now["endings"] == [("refusal", "stopped", "830")]


def test_a_yes_after_it_was_left_open_is_a_permission_again(memory):
    written(memory, enrol_rows, [row()])
    written(memory, enrol_rows, [row(timestamp=LATER, consent="")])

    written(memory, enrol_rows, [row(timestamp="11/06/2025 09:00")])

    assert stands(memory)["tracked"]


def test_a_form_of_year_13_makes_year_11_retained(memory):
    written(memory, enrol_rows, [row()])
    assert ask(memory) == 1

    written(memory, enrol_rows, [row(timestamp="09/06/2027 09:00", leaving_year="2027")])

    now = stands(memory)
    assert now["cohorts"] == {"cansfield-KS4-2025": True, "cansfield-KS5-2027": False}
    assert now["endings"] == [("other", "own_sixth_form", None)]
    assert ask(memory) == 0
