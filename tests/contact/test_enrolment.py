"""What a form would change: only where it is newer, and never the sure for the doubtful."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.agreement import Agreement
from contact.alumnus import Alumnus, Cohort, KeyStage, Profile
from contact.consent import Consent, Purpose, Wording
from contact.destination import Destination, Source
from contact.enrolment import cohort_of, fresh_consents, intended, is_newer
from contact.intake import Action, Judged, Leaver
from contact.intention import Intention

NOW = datetime(2025, 9, 1, 10, tzinfo=UTC)
FILLED_IN = datetime(2025, 6, 9, 8, tzinfo=UTC)
WHO = UUID(int=1)
WORDING = Wording("form_a", "Do you agree?", (Purpose.TRACKING,))
LEAVER = Leaver(
    Profile("Amina Yusuf", date(2009, 2, 14)), "amina yusuf\n2009-02-14", 2025, KeyStage.KS4,
    "+447700900001", "amina@example.org", FILLED_IN, Agreement.YES, Intention(),
)  # fmt: skip
PERSON = Alumnus(WHO, "A7K3-Q2M9", "cansfield", LEAVER.profile, NOW, as_of=FILLED_IN)
PLAN = Intention("College", "230", "Law", "3", "Carmel College", "September 2025", "2 years")


def judged(leaver: Leaver | None = LEAVER, **changes) -> Judged:
    return replace(Judged(Action.IMPORT, (), (), leaver, Action.IMPORT), **changes)


def given_before(**changes) -> Consent:
    before = Consent(
        WHO, Purpose.TRACKING, "form_a", FILLED_IN, "form", "import", date(2028, 8, 31)
    )
    return replace(before, **changes)


@pytest.mark.parametrize(
    ("form", "stored", "newer"),
    [
        pytest.param(FILLED_IN + timedelta(seconds=1), FILLED_IN, True, id="by a second"),
        pytest.param(FILLED_IN, FILLED_IN, False, id="the same form again"),
        pytest.param(FILLED_IN - timedelta(seconds=1), FILLED_IN, False, id="an older one"),
        pytest.param(None, FILLED_IN, False, id="an undated one"),
        pytest.param(FILLED_IN, None, True, id="than one without a date"),
        pytest.param(None, None, False, id="neither is dated"),
    ],
)
def test_whether_a_form_is_newer(form, stored, newer):
    assert is_newer(replace(LEAVER, as_of=form), replace(PERSON, as_of=stored)) is newer


@pytest.mark.parametrize(
    ("row", "cohort"),
    [
        pytest.param(judged(), Cohort("cansfield", KeyStage.KS4, 2025), id="a sure one"),
        pytest.param(judged(None), None, id="nobody's row"),
        pytest.param(judged(replace(LEAVER, leaving_year=None)), None, id="no year"),
        pytest.param(judged(replace(LEAVER, key_stage=None)), None, id="no key stage"),
        pytest.param(judged(reasons=("leaving_year_unclear",)), None, id="a doubtful year"),
        pytest.param(judged(notes=("leaving_year_odd",)), None, id="a year to be looked at"),
        pytest.param(
            judged(reasons=("phone_missing",)), Cohort("cansfield", KeyStage.KS4, 2025),
            id="a doubt about something else",
        ),
    ],
)  # fmt: skip
def test_with_whom_somebody_left_is_known_or_none(row, cohort):
    assert cohort_of(row, "cansfield") == cohort


@pytest.mark.parametrize(
    ("leaver", "wording", "past", "until"),
    [
        pytest.param(LEAVER, WORDING, [], date(2028, 8, 31), id="a clear yes"),
        pytest.param(replace(LEAVER, agreement=Agreement.NO), WORDING, [], None, id="a no"),
        pytest.param(LEAVER, None, [], None, id="words that nobody knows"),
        pytest.param(
            replace(LEAVER, leaving_year=None, as_of=None), WORDING, [], None, id="no year at all"
        ),
        pytest.param(
            replace(LEAVER, leaving_year=None), WORDING, [], date(2028, 8, 31),
            id="without a year the form's own counts",
        ),
        pytest.param(
            replace(LEAVER, leaving_year=2031), WORDING, [], date(2030, 8, 31),
            id="a doubtful year makes it no longer",
        ),
        pytest.param(LEAVER, WORDING, [given_before()], None, id="one as good stands"),
        pytest.param(
            LEAVER, WORDING, [given_before(until=date(2026, 8, 31))], date(2028, 8, 31),
            id="one that ends sooner is renewed",
        ),
        pytest.param(
            LEAVER, WORDING, [given_before(withdrawn_at=NOW, withdrawn_how="form")],
            date(2028, 8, 31), id="a no on a form is undone by a yes on one",
        ),
        pytest.param(
            LEAVER, WORDING, [given_before(withdrawn_at=NOW, withdrawn_how="reply on sms")], None,
            id="a stop is not",
        ),
        pytest.param(
            LEAVER, WORDING, [given_before(withdrawn_at=NOW, withdrawn_how="told staff")], None,
            id="nor what they told staff",
        ),
        pytest.param(
            LEAVER, WORDING, [given_before(purpose=Purpose.ALUMNI_NEWS)], date(2028, 8, 31),
            id="another purpose does not count",
        ),
    ],
)  # fmt: skip
def test_which_permission_a_form_gives(leaver, wording, past, until):
    fresh = fresh_consents(leaver, WHO, wording, past, NOW)

    assert [each.until for each in fresh] == ([until] if until else [])


def test_a_permission_is_dated_by_its_form_or_by_now():
    (dated,) = fresh_consents(LEAVER, WHO, WORDING, [], NOW)
    (undated,) = fresh_consents(replace(LEAVER, as_of=None), WHO, WORDING, [], NOW)

    assert (dated.granted_at, undated.granted_at) == (FILLED_IN, NOW)
    assert (dated.how, dated.recorded_by, dated.wording) == ("form", "import", "form_a")


@given(
    year=st.none() | st.integers(2000, 2099),
    filled_in=st.none() | st.integers(2020, 2030),
    purposes=st.lists(st.sampled_from(Purpose), unique=True, max_size=4),
)
def test_a_permission_never_outlasts_what_the_form_can_mean(year, filled_in, purposes):
    as_of = None if filled_in is None else datetime(filled_in, 6, 1, tzinfo=UTC)
    leaver = replace(LEAVER, leaving_year=year, as_of=as_of)

    fresh = fresh_consents(leaver, WHO, replace(WORDING, purposes=tuple(purposes)), [], NOW)

    assert [each.purpose for each in fresh] == ([] if year is None and as_of is None else purposes)
    for each in fresh:
        if year is not None:
            assert each.until <= date(year + 3, 8, 31)
        if filled_in is not None:
            assert each.until <= date(filled_in + 5, 8, 31)


class TestThePlan:
    """What the form says they mean to do next."""

    def of(self, said: Intention, known: tuple[Destination, ...] = ()) -> Destination | None:
        return intended(replace(LEAVER, intention=said), WHO, known, NOW)

    def test_is_kept_with_its_facts_as_a_plan(self):
        plan = self.of(PLAN)

        assert plan is not None
        assert (plan.code, plan.source, plan.known_since) == ("230", Source.INTENDED, FILLED_IN)
        assert (plan.provider, plan.employer) == ("Carmel College", None)
        assert (plan.course, plan.level, plan.start) == ("Law", "3", "September 2025")
        assert plan.expected == "2 years"

    def test_of_a_job_the_place_is_the_employer(self):
        plan = self.of(replace(PLAN, code="310", provider="Wigan Motors"))

        assert plan is not None
        assert (plan.provider, plan.employer) == (None, "Wigan Motors")

    def test_that_names_nothing_is_none(self):
        assert self.of(replace(PLAN, code=None)) is None

    def test_that_is_known_is_not_kept_twice(self):
        plan = self.of(PLAN)
        assert plan is not None

        assert self.of(PLAN, (replace(plan, id=uuid4()),)) is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"code": "240"},
            {"provider": "Winstanley College"},
            {"course": "Art"},
            {"level": "2"},
            {"start": "2026"},
            {"duration": "3 years"},
        ],
        ids=str,
    )
    def test_that_changed_is_kept_beside_the_old_one(self, changes):
        plan = self.of(PLAN)
        assert plan is not None

        assert self.of(replace(PLAN, **changes), (plan,)) is not None

    def test_is_kept_although_somebody_else_says_the_same(self):
        """What a college reports is no plan: the form's own stands beside it."""
        plan = self.of(PLAN)
        assert plan is not None

        assert self.of(PLAN, (replace(plan, source=Source.PROVIDER),)) is not None
