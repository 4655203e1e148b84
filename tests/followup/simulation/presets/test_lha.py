"""LHA, requirement by requirement: years 1 and 3, and only whom the provider did not tell about."""

from datetime import date

import pytest

from contact.alumnus import KeyStage
from contact.consent import Purpose
from followup.wordings import shipped_wordings
from tests.followup.simulation.plays import behaviour, play, script
from tests.followup.simulation.presets.promises import (
    ENDS_OF_SUMMER,
    OURS,
    WAYS,
    check_follows_three_years,
    check_hours,
    check_list_of_unknown,
    check_only_with_permission,
    check_tries,
    check_unknown_after_three,
    rehearsed,
)


@pytest.fixture(scope="module")
def years():
    # Only whom no provider told about is asked, so there must be more of them.
    return rehearsed("lha", KeyStage.KS4, alumni=40)


def told_of(years, since: str, before: str) -> set[str]:
    """Whom a provider confirmed in that time, of those who may be asked."""
    return {
        who
        for who, days in years.ledger.known_by_others.items()
        if any(since <= day.isoformat() < before for day in days)
        and who in years.ledger.consented - years.ledger.retained
    }


def test_lha_01_those_who_finish_year_11_are_followed_for_three_years(years):
    assert years.procedure.who == {KeyStage.KS4}
    check_follows_three_years(years)


def test_lha_10_news_and_tracking_are_two_permissions_and_both_end_after_three_years(years):
    assert shipped_wordings()["form_a"].purposes == (Purpose.TRACKING,)
    assert len({Purpose.ALUMNI_NEWS, Purpose.TRACKING}) == 2
    check_only_with_permission(years)


def test_lha_14_who_is_known_from_the_provider_is_not_asked_in_year_1(years):
    known = told_of(years, "2025-09-01", "2025-11-01")

    assert known
    assert years.asked()["y1-autumn"]
    assert not years.asked()["y1-autumn"] & known


def test_lha_14_three_tries_with_their_gaps_in_open_hours(years):
    check_tries(years)
    check_hours(years)
    check_unknown_after_three(years)


def test_lha_14_the_service_texts_and_chats_people_write_call_and_post(years):
    assert {channel for case in years.ledger.cases for channel in case.channels} == OURS
    assert years.entries["contact_year_1", 1].by == WAYS
    assert years.entries["contact_year_3", 3].by == WAYS


def test_lha_14_where_providers_say_nothing_everybody_is_asked():
    silent = behaviour(people={"known_from_provider": 0.0, "consent": 1.0, "mobile": 1.0})
    one_year = script("lha", 12, behaviour=silent, ends=date(2026, 8, 31))

    assert len({case.who for case in play(one_year).cases}) == 12


def test_lha_16_who_is_known_from_the_provider_is_not_asked_in_year_3(years):
    known = told_of(years, "2027-09-01", "2028-02-01")

    assert known
    assert years.asked()["y3-spring"]
    assert not years.asked()["y3-spring"] & known
    # What was known in year 1 is no answer for year 3.
    assert years.asked()["y3-spring"] & told_of(years, "2025-09-01", "2025-11-01")


def test_lha_15_providers_have_until_january_before_anybody_is_asked(years):
    third = [day for case, day in years.asks() if case.wave == "y3-spring"]

    assert years.entries["ask_providers_again", 3].due.isoformat() == "2028-01-31"
    assert min(third).isoformat() == "2028-02-01"


def test_lha_17_there_is_no_contact_in_year_2(years):
    assert set(years.asked()) == {"y1-autumn", "y3-spring"}
    assert not [day for _, day in years.asks() if date(2026, 9, 1) <= day < date(2027, 9, 1)]
    assert not [name for (name, year), each in years.entries.items() if year == 2 and each.by]


def test_lha_13_the_coordinator_sees_who_is_outstanding(years):
    assert years.entries["authority_data_spring", 1].who == "careers and college coordinator"
    check_list_of_unknown(years, "contact_year_3", 3)


def test_lha_04_the_groups_at_risk_stand_with_their_support(years):
    assert years.entries["support_groups", 0].groups == (
        "SEN", "alternative provision", "nurture", "EAL", "looked after", "social worker",
        "free school meals",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "year", "who"),
    [
        pytest.param("ask_providers", 1, "careers and college coordinator", id="LHA-02"),
        pytest.param(
            "results_day", 0, "exams officer, careers leader and other staff", id="LHA-09"
        ),
    ],
)
def test_each_action_has_its_people(years, name, year, who):
    assert years.entries[name, year].who == who


@pytest.mark.parametrize(
    ("name", "year", "reach"),
    [
        pytest.param("agreements", 0, "providers", id="LHA-07: agreements by provider"),
        pytest.param("ask_providers", 1, "providers", id="LHA-11"),
        pytest.param("contact_year_1", 1, "not_known", id="LHA-14"),
        pytest.param("contact_year_3", 3, "not_known", id="LHA-16"),
        pytest.param("support_leavers", 1, "not_settled", id="LHA-23: no positive destination"),
    ],
)
def test_the_agenda_lists_whom_to_reach(years, name, year, reach):
    assert years.entries[name, year].reach == reach


@pytest.mark.parametrize(
    ("name", "days"),
    [
        pytest.param("support_groups", {0: "2024-09-02..2025-07-23"}, id="LHA-04"),
        pytest.param("intended_1", {0: "2024-09-02..2025-04-04"}, id="LHA-05: autumn and spring"),
        pytest.param("compare_intended", {0: "2025-04-22..2025-07-23"}, id="LHA-06"),
        pytest.param("intended_2", {0: "2025-04-01..2025-07-23"}, id="LHA-07: from the April"),
        pytest.param("agreements", {0: "2025-07-23"}, id="LHA-07: before they leave"),
        pytest.param("intended_2", {0: "2025-04-01..2025-07-23"}, id="LHA-08: contact details"),
        pytest.param("results_day", {0: "2025-08-21"}, id="LHA-09: on the day"),
        pytest.param(
            "guidance_next_term", {1: "2025-09-02..2025-09-12"}, id="LHA-09: and the next term"
        ),
        pytest.param("ask_providers", {1: "2025-09-01..2025-09-12"}, id="LHA-11: from September"),
        pytest.param("authority_data_autumn", {1: "2025-09-02..2025-12-19"}, id="LHA-12: autumn"),
        pytest.param("authority_data_spring", {1: "2026-01-05..2026-03-27"}, id="LHA-12: spring"),
        pytest.param("contact_year_1", {1: "2025-11-01..2025-12-19"}, id="LHA-14"),
        pytest.param(
            "ask_providers_again", {3: "2027-09-01..2028-01-31"}, id="LHA-15: September to January"
        ),
        pytest.param("contact_year_3", {3: "2028-02-01..2028-03-31"}, id="LHA-16"),
        pytest.param("analysis", {3: "2027-12-17"}, id="LHA-18: before the DfE publishes"),
        pytest.param("trends", {1: "2026-07-22", 3: "2028-07-19"}, id="LHA-19"),
        pytest.param("curriculum", ENDS_OF_SUMMER, id="LHA-20"),
        pytest.param("at_a_glance", ENDS_OF_SUMMER, id="LHA-21"),
        pytest.param("governors", ENDS_OF_SUMMER, id="LHA-22"),
        pytest.param(
            "support_leavers",
            {1: "2026-01-05..2026-03-27", 3: "2028-01-04..2028-03-31"},
            id="LHA-23",
        ),
    ],
)
def test_the_agenda_names_it_on_its_days(years, name, days):
    assert years.dates(name) == days
