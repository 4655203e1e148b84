"""Whom people reach themselves: held to the same permissions as the service, on every list."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from contact.address import ChannelName, Standing
from contact.alumnus import Alumnus, Membership, Profile
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.ports import Work
from scheduler.agenda import Entry
from scheduler.plan import Plan
from scheduler.procedure import Agreement, Reach
from scheduler.procedure_file import load
from scheduler.reaching import to_reach
from scheduler.term import default_terms
from storage.people import new_reference
from tests.cast import AMINA_PHONE, COHORT, DAY, NOW, OTHER_PHONE, SCHOOL, SMS, add, consent, stage

__all__ = ["stage"]

EMAIL, LETTER = ChannelName.EMAIL, ChannelName.LETTER
AUTUMN, SUMMER = date(2025, 10, 1), date(2026, 5, 5)
PROCEDURE = replace(
    load("termly"),
    sharing_agreements=(
        Agreement("Northbridge  COLLEGE"),
        Agreement("Southfield Academy", date(2025, 9, 30)),
    ),
)
PLAN = Plan(SCHOOL, PROCEDURE, default_terms, {"form_a": "any"})
YEARLY = replace(PLAN, cadences={"form_a": "annual_summer"})


def entry(reach: Reach | None, **changes) -> Entry:
    made = Entry(SCHOOL.id, 2025, "contact", "Reach them", "careers leader", AUTUMN,
                 year=1, reach=reach)  # fmt: skip
    return replace(made, **changes)


def told(work: Work, who: UUID, source: Source, code: str = "230", **changes) -> None:
    """Somebody says what they do."""
    work.destinations.add(
        replace(Destination(uuid4(), who, code, source, NOW + len(work.destinations.of(who)) * DAY),
                **changes)
    )  # fmt: skip


def names(stage, reach: Reach, on: date = AUTUMN, plan: Plan = PLAN) -> list[str]:
    found = stage.read(to_reach, plan, entry(reach), on)
    return sorted(each.name for each in found.people)


def left_out(stage, reach: Reach, on: date = AUTUMN, plan: Plan = PLAN) -> dict[str, int]:
    return dict(stage.read(to_reach, plan, entry(reach), on).left_out)


def withdrew(work: Work, who: UUID) -> None:
    work.consents.withdraw(who, [Purpose.TRACKING], NOW, "staff")


def is_held(work: Work, who: UUID) -> None:
    work.alumni.hold(who, NOW)


def add_stayed(work: Work, name: str) -> UUID:
    """Somebody who went on to the school's own sixth form, and agreed all the same."""
    profile = Profile(name, date(2009, 3, 14))
    person = Alumnus(uuid4(), new_reference(), SCHOOL.id, profile, NOW)
    work.alumni.add(person, None)
    work.cohorts.join(Membership(person.id, COHORT, retained=True))
    work.consents.grant(consent(person.id))
    return person.id


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        pytest.param(withdrew, "opted_out", id="they withdrew"),
        pytest.param(is_held, "held", id="staff hold them"),
    ],
)
@pytest.mark.parametrize("reach", [Reach.EVERYBODY, Reach.NOT_KNOWN, Reach.NOT_SETTLED])
def test_people_reach_nobody_whom_the_service_may_not_reach(stage, reach, happened, reason):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    assert names(stage, reach) == ["Amina Yusuf"]

    stage.write(happened, who)

    assert names(stage, reach) == []
    assert left_out(stage, reach) == {reason: 1}


@pytest.mark.parametrize("reach", [each for each in Reach if each is not Reach.PROVIDERS])
def test_the_school_knows_where_its_own_sixth_formers_are(stage, reach):
    stage.write(add_stayed, "Amina Yusuf")

    assert names(stage, reach) == []
    assert left_out(stage, reach) == {"own_sixth_form": 1}


def test_permission_ends_for_people_too(stage):
    stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))

    assert names(stage, Reach.EVERYBODY, COHORT.consent_ends) == ["Amina Yusuf"]
    assert names(stage, Reach.EVERYBODY, COHORT.consent_ends + DAY) == []
    assert left_out(stage, Reach.EVERYBODY, COHORT.consent_ends + DAY) == {"consent_ended": 1}


def test_a_promise_of_summers_holds_for_people_too(stage):
    stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))

    assert names(stage, Reach.EVERYBODY, AUTUMN, YEARLY) == []
    assert left_out(stage, Reach.EVERYBODY, AUTUMN, YEARLY) == {"promised_another_term": 1}
    assert names(stage, Reach.EVERYBODY, SUMMER, YEARLY) == ["Amina Yusuf"]


def test_whoever_has_no_number_or_only_a_dead_one_is_for_people_to_find(stage):
    stage.write(add, "Amina Yusuf")
    ben = stage.write(add, "Ben Shaw", (SMS, OTHER_PHONE))

    def dies(work: Work) -> None:
        work.addresses.stands(work.addresses.of(ben)[0].id, Standing.DEAD)

    stage.write(dies)

    found = stage.read(to_reach, PLAN, entry(Reach.EVERYBODY), AUTUMN)
    assert {each.name: each.addresses for each in found.people} == {
        "Amina Yusuf": (), "Ben Shaw": (),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("by", "channels"),
    [
        pytest.param(("email",), {EMAIL}, id="by e-mail"),
        pytest.param(("phone",), {SMS}, id="a mobile can be called"),
        pytest.param(("letter",), {LETTER}, id="by letter"),
        pytest.param(("email", "letter"), {EMAIL, LETTER}, id="by two ways"),
        pytest.param((), {EMAIL, SMS, LETTER}, id="no way named: all there are"),
        pytest.param(("social",), {EMAIL, SMS, LETTER}, id="a way without an address"),
    ],
)
def test_the_addresses_fit_the_ways(stage, by, channels):
    post = (LETTER, "1 Invented Road")
    stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE), (EMAIL, "amina@example.org"), post)

    found = stage.read(to_reach, PLAN, entry(Reach.EVERYBODY, by=by), AUTUMN)

    assert {each.channel for each in found.people[0].addresses} == channels


@pytest.mark.parametrize(
    ("source", "known"),
    [
        *[pytest.param(each, True, id=str(each)) for each in (
            Source.ALUMNUS, Source.PROVIDER, Source.AUTHORITY, Source.STAFF, Source.RESULTS_DAY)],
        pytest.param(Source.INTENDED, False, id="a plan is not yet known"),
        pytest.param(Source.SERVICE, False, id="nor are three tries in vain"),
    ],
)  # fmt: skip
def test_who_is_known_since_september_is_not_reached_again(stage, source, known):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    stage.write(told, who, source)

    assert (names(stage, Reach.NOT_KNOWN) == []) is known
    assert left_out(stage, Reach.NOT_KNOWN) == ({"known": 1} if known else {})


def test_what_was_known_last_year_is_asked_again(stage):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    stage.write(told, who, Source.PROVIDER)

    found = stage.read(to_reach, PLAN, entry(Reach.NOT_KNOWN, year=2), date(2026, 10, 1))

    assert [each.name for each in found.people] == ["Amina Yusuf"]


@pytest.mark.parametrize(
    ("codes", "settled"),
    [
        pytest.param([], False, id="nobody told us"),
        pytest.param(["230"], True, id="at college"),
        pytest.param(["619"], False, id="looking"),
        pytest.param(["810"], False, id="not known"),
        pytest.param(["230", "619"], False, id="left college"),
        pytest.param(["619", "310"], True, id="found an apprenticeship"),
    ],
)
def test_who_is_settled_needs_no_guidance(stage, codes, settled):
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    for code in codes:
        stage.write(told, who, Source.STAFF, code)

    assert (names(stage, Reach.NOT_SETTLED) == []) is settled
    assert left_out(stage, Reach.NOT_SETTLED) == ({"settled": 1} if settled else {})


def test_who_named_no_plan_is_listed_whether_or_not_they_may_be_written_to(stage):
    planned = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    stage.write(told, planned, Source.INTENDED)
    silent = stage.write(add, "Ben Shaw")
    stage.write(withdrew, silent)

    assert names(stage, Reach.NO_PLAN) == ["Ben Shaw"]
    assert left_out(stage, Reach.NO_PLAN) == {"planned": 1}


def test_providers_are_those_that_leavers_named_with_what_may_be_shared(stage):
    def named(work: Work, who: UUID, *providers: str) -> None:
        for provider in providers:
            told(work, who, Source.INTENDED, provider=provider)

    amina, ben, chidi, ewa = (
        stage.write(add, name) for name in ("Amina Yusuf", "Ben Shaw", "Chidi Eze", "Ewa Mock")
    )
    dara = stage.write(add_stayed, "Dara Mock")
    stage.write(named, amina, "Southfield Academy", "Northbridge College")
    stage.write(named, ben, "northbridge college")
    stage.write(named, chidi, "Southfield Academy")
    stage.write(named, dara, "Northbridge College")
    stage.write(told, ewa, Source.INTENDED)
    stage.write(lambda work: work.consents.grant(consent(ben, Purpose.SHARE_PROVIDERS)))

    found = stage.read(to_reach, PLAN, entry(Reach.PROVIDERS), AUTUMN)

    counts = {each.provider.casefold(): (each.leavers, each.permitted) for each in found.providers}
    assert list(counts) == ["northbridge college", "southfield academy"]
    assert list(counts.values()) == [(2, 1), (1, 0)]
    # The second agreement ended on 30 September.
    assert [each.agreement for each in found.providers] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"reach": None}, id="an action without a list"),
        pytest.param({"leaving_year": None}, id="an action about the school"),
        pytest.param({"leaving_year": 2024}, id="leavers of another year"),
        pytest.param({"school": "connell"}, id="another school"),
    ],
)
def test_nobody_else_stands_on_a_list(stage, changes):
    stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))

    found = stage.read(to_reach, PLAN, entry(**{"reach": Reach.EVERYBODY, **changes}), AUTUMN)

    assert (found.people, found.providers, found.left_out) == ((), (), ())
