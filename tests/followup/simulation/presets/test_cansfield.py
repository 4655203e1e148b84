"""Cansfield High School, requirement by requirement: nine waves, and people's work beside them."""

import pytest

from contact.alumnus import KeyStage
from contact.consent import Purpose
from followup.wordings import shipped_wordings
from tests.followup.simulation.presets.promises import (
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

EVERY_TERM = [f"y{year}-{term}" for year in (1, 2, 3) for term in ("autumn", "spring", "summer")]


@pytest.fixture(scope="module")
def years():
    return rehearsed("cansfield", KeyStage.KS4)


def test_can_01_those_who_finish_year_11_are_followed_for_three_years(years):
    assert years.procedure.who == {KeyStage.KS4}
    check_follows_three_years(years)


def test_can_09_asked_for_a_limited_time_and_only_who_agreed(years):
    check_only_with_permission(years)
    check_follows_three_years(years)


def test_can_11_year_1_begins_in_september_and_is_over_before_january_ends(years):
    first = [day for case, day in years.asks() if case.wave == "y1-autumn"]

    assert min(first).isoformat() == "2025-09-02"
    assert max(first).isoformat() < years.entries["confirm", 1].due.isoformat() == "2026-01-31"


def test_can_12_every_term_of_the_three_years_is_asked(years):
    assert sorted(years.asked()) == sorted(EVERY_TERM)
    assert all(years.asked().values())


def test_can_12_three_tries_with_their_gaps_in_open_hours(years):
    check_tries(years)
    check_hours(years)
    check_unknown_after_three(years)


def test_can_12_the_service_texts_and_chats_people_write_call_and_post(years):
    assert {channel for case in years.ledger.cases for channel in case.channels} == OURS
    for term in ("autumn", "spring", "summer"):
        assert {
            years.entries[f"contact_{term}", year].by for year in (1, 2, 3)
        } == {WAYS}  # fmt: skip
    check_list_of_unknown(years, "contact_summer", 3)


def test_can_14_year_3_begins_in_september(years):
    third = [day for case, day in years.asks() if case.wave == "y3-autumn"]

    assert min(third).isoformat() == "2027-09-02"


def test_can_18_nothing_is_shared_without_a_permission_of_its_own(years):
    shared = {Purpose.SHARE_AUTHORITY, Purpose.SHARE_PROVIDERS}

    assert not shared & set(shipped_wordings()["form_a"].purposes)
    check_only_with_permission(years)


def test_can_22_whoever_is_late_turns_to_the_leadership_team(years):
    late = {each.escalate_to for each in years.entries.values()}

    assert late == {"senior leadership team"}
    assert years.entries["contact_autumn", 1].who == (
        "careers leader with adviser, tutors and heads of year"
    )


def test_nobody_of_the_own_sixth_form_is_texted(years):
    assert years.ledger.retained & years.ledger.consented
    assert not {case.who for case in years.ledger.cases} & years.ledger.retained


@pytest.mark.parametrize(
    ("name", "days"),
    [
        pytest.param("support_groups", {0: "2024-09-02..2025-07-23"}, id="CAN-03"),
        pytest.param("intended_1", {0: "2024-12-01..2024-12-20"}, id="CAN-04: from December"),
        pytest.param("compare_intended", {0: "2025-04-22..2025-07-23"}, id="CAN-05"),
        pytest.param("intended_2", {0: "2025-01-06..2025-04-30"}, id="CAN-06: spring or April"),
        pytest.param("results_day", {0: "2025-08-21"}, id="CAN-07: on the day"),
        pytest.param(
            "guidance_next_term", {1: "2025-09-02..2025-09-12"}, id="CAN-07: and the next term"
        ),
        pytest.param(
            "authority_data", {1: "2026-01-05..2026-03-27"}, id="CAN-08: spring of year 1"
        ),
        pytest.param("alumni_network", {1: "2025-12-19"}, id="CAN-09: after leaving"),
        pytest.param("ask_providers", {1: "2025-09-02..2025-09-12"}, id="CAN-10"),
        pytest.param("confirm", {1: "2025-09-01..2026-01-31"}, id="CAN-11: by January"),
        pytest.param(
            "contact_autumn",
            {
                1: "2025-09-02..2025-12-19",
                2: "2026-09-02..2026-12-18",
                3: "2027-09-02..2027-12-17",
            },
            id="CAN-12: autumn",
        ),
        pytest.param(
            "contact_spring",
            {
                1: "2026-01-05..2026-03-27",
                # Good Friday is 26 March.
                2: "2027-01-04..2027-03-25",
                # 3 January is a bank holiday, and Easter is late.
                3: "2028-01-04..2028-03-31",
            },
            id="CAN-12: spring",
        ),
        pytest.param(
            "contact_summer",
            {
                1: "2026-04-13..2026-07-22",
                2: "2027-04-12..2027-07-21",
                # The day after Easter Monday.
                3: "2028-04-18..2028-07-19",
            },
            id="CAN-12: summer",
        ),
        pytest.param(
            "confirm_provision", {2: "2026-09-02..2026-09-11"}, id="CAN-13: start of year 2"
        ),
        pytest.param(
            "ask_providers_again", {3: "2027-09-01..2028-01-31"}, id="CAN-14: September to January"
        ),
        pytest.param("dfe_data", {3: "2027-09-02..2027-12-17"}, id="CAN-15: term 1 of year 3"),
        pytest.param("publish", {1: "2026-07-22", 2: "2027-07-21", 3: "2028-07-19"}, id="CAN-16"),
        pytest.param("governors", {1: "2026-07-22", 2: "2027-07-21", 3: "2028-07-19"}, id="CAN-17"),
        pytest.param("trends", {3: "2028-07-19"}, id="CAN-19"),
        pytest.param(
            "support_leavers",
            {
                1: "2026-01-05..2026-03-27",
                2: "2027-01-04..2027-03-25",
                3: "2028-01-04..2028-03-31",
            },
            id="CAN-20",
        ),
    ],
)
def test_the_agenda_names_it_on_its_days(years, name, days):
    assert years.dates(name) == days


def test_can_21_each_column_of_the_timeline_begins_in_its_term(years):
    columns = {
        (0, "autumn"): {"intended_1", "support_groups"},
        (1, "autumn"): {"ask_providers", "contact_autumn"},
        (1, "spring"): {"authority_data", "contact_spring"},
        (2, "autumn"): {"confirm_provision", "contact_autumn"},
        (3, "autumn"): {"dfe_data", "ask_providers_again", "contact_autumn"},
    }
    months = {"autumn": (9, 10, 11, 12), "spring": (1, 2, 3)}
    for (year, term), names in columns.items():
        for name in names:
            begins = years.entries[name, year].begins
            assert begins.year == 2024 + year + (term == "spring")
            assert begins.month in months[term]
    assert sorted(years.waves) == sorted(EVERY_TERM)


@pytest.mark.parametrize(
    ("name", "reach"),
    [
        pytest.param("ask_providers", "providers", id="CAN-10"),
        pytest.param("authority_data", "not_known", id="CAN-08: track who is outstanding"),
        pytest.param("support_leavers", "not_settled", id="CAN-20: first without a destination"),
        pytest.param("guidance_next_term", "not_settled", id="CAN-07"),
    ],
)
def test_the_agenda_lists_whom_to_reach(years, name, reach):
    assert years.entries[name, 1].reach == reach


def test_can_03_the_groups_at_risk_stand_with_their_support(years):
    assert years.entries["support_groups", 0].groups == (
        "SEN", "disadvantaged", "EAL", "looked after",
    )  # fmt: skip
