"""John Port Spencer Academy, requirement by requirement: three terms, then two, then two."""

import pytest

from contact.address import ChannelName
from contact.alumnus import KeyStage
from contact.consent import Purpose
from contact.destination import Source
from followup.wordings import shipped_wordings
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

SEVEN = "y1-autumn y1-spring y1-summer y2-spring y2-summer y3-autumn y3-summer"


@pytest.fixture(scope="module")
def years():
    return rehearsed("john_port", KeyStage.KS4)


def test_jps_01_those_who_finish_year_11_are_followed_for_three_years(years):
    assert years.procedure.who == {KeyStage.KS4}
    check_follows_three_years(years)


def test_jps_09_only_who_gave_permission_is_asked(years):
    check_only_with_permission(years)


def test_jps_12_joining_the_alumni_network_is_another_permission_than_tracking(years):
    assert Purpose.ALUMNI_NEWS not in shipped_wordings()["form_a"].purposes
    check_only_with_permission(years)
    check_follows_three_years(years)


def test_jps_14_year_1_begins_in_september_and_is_over_before_january_ends(years):
    first = [day for case, day in years.asks() if case.wave == "y1-autumn"]

    assert min(first).isoformat() == "2025-09-02"
    assert max(first).isoformat() < years.entries["confirm", 1].due.isoformat() == "2026-01-31"


def test_jps_15_three_tries_with_their_gaps_in_open_hours(years):
    check_tries(years)
    check_hours(years)
    check_unknown_after_three(years)


def test_jps_15_the_service_texts_and_chats_people_write_call_and_post(years):
    assert {channel for case in years.ledger.cases for channel in case.channels} == OURS
    assert {ChannelName(way) for way in WAYS}.isdisjoint({ChannelName(each) for each in OURS})
    with_waves = {
        f"y{year}-{name.removeprefix('contact_')}"
        for (name, year), each in years.entries.items()
        if each.by == WAYS and name.startswith("contact_")
    }
    assert with_waves == set(SEVEN.split())
    check_list_of_unknown(years, "contact_summer", 3)


def test_jps_17_year_3_begins_in_september(years):
    third = [day for case, day in years.asks() if case.wave == "y3-autumn"]

    assert min(third).isoformat() == "2027-09-02"


def test_jps_23_year_2_is_asked_in_terms_2_and_3_and_year_3_in_1_and_3(years):
    assert set(years.asked()) == set(SEVEN.split())
    assert all(years.asked().values())
    assert [wave for wave in years.waves if wave in years.asked()] == SEVEN.split()


def test_jps_23_own_sixth_formers_are_counted_as_retained_and_never_texted(years):
    stayed = years.ledger.retained & years.ledger.consented

    assert stayed
    assert not {case.who for case in years.ledger.cases} & years.ledger.retained
    # Nor are they on people's lists: the school knows where they are.
    assert not {each.reference for found in years.lists.values() for each in found.people} & stayed


def test_jps_08_intended_and_actual_are_kept_apart_by_their_source():
    assert {"intended", "results_day", "provider", "authority", "alumnus"} <= set(Source)


def test_jps_06_the_groups_at_risk_stand_with_their_support(years):
    assert years.entries["support_groups", 0].groups == ("SEN", "the Hub", "EAL", "looked after")


@pytest.mark.parametrize(
    ("name", "year", "reach"),
    [
        pytest.param("no_intended", 0, "no_plan", id="JPS-05: no intended destination"),
        pytest.param("authority_data", 1, "not_known", id="JPS-11: track who is outstanding"),
        pytest.param("ask_providers", 1, "providers", id="JPS-13: all local and intended ones"),
        pytest.param("ask_providers_again", 2, "providers", id="JPS-16: their providers"),
        pytest.param("year_14", 3, "not_settled", id="JPS-22: applicants of Year 14"),
    ],
)
def test_the_agenda_lists_whom_to_reach(years, name, year, reach):
    assert years.entries[name, year].reach == reach


@pytest.mark.parametrize(
    ("name", "who"),
    [
        pytest.param("roles", "senior team", id="JPS-02: who leads is named"),
        pytest.param("intended_2", "careers leader", id="JPS-02: the careers leader"),
        pytest.param("results_day", "careers leader and other staff", id="JPS-10"),
    ],
)
def test_each_action_has_its_people(years, name, who):
    assert years.entries[name, 0].who == who


@pytest.mark.parametrize(
    ("name", "days"),
    [
        pytest.param("roles", {0: "2024-09-02"}, id="JPS-02: as the year begins"),
        # Easter Monday was 21 April.
        pytest.param("no_intended", {0: "2025-04-22"}, id="JPS-05: before the summer term"),
        pytest.param("support_groups", {0: "2025-01-06..2025-07-23"}, id="JPS-06: from January"),
        pytest.param("intended_1", {0: "2025-01-06..2025-04-04"}, id="JPS-07: term 2"),
        pytest.param("compare_intended", {0: "2025-04-22..2025-07-23"}, id="JPS-08: into summer"),
        pytest.param("intended_2", {0: "2025-04-01..2025-07-23"}, id="JPS-09: from the April"),
        pytest.param("results_day", {0: "2025-08-21"}, id="JPS-10: GCSE results"),
        pytest.param("authority_data", {1: "2026-01-05..2026-03-27"}, id="JPS-11: spring"),
        pytest.param("alumni_network", {1: "2025-12-19"}, id="JPS-12: after leaving"),
        pytest.param("ask_providers", {1: "2025-09-02..2025-09-12"}, id="JPS-13: from September"),
        pytest.param("confirm", {1: "2025-09-01..2026-01-31"}, id="JPS-14: by January"),
        pytest.param(
            "contact_autumn",
            {1: "2025-09-02..2025-12-19", 3: "2027-09-02..2027-12-17"},
            id="JPS-15: autumn of years 1 and 3",
        ),
        pytest.param(
            "contact_spring",
            # Good Friday of 2027 is 26 March.
            {1: "2026-01-05..2026-03-27", 2: "2027-01-04..2027-03-25"},
            id="JPS-15: spring of years 1 and 2",
        ),
        pytest.param(
            "contact_summer",
            {
                1: "2026-04-13..2026-07-22",
                2: "2027-04-12..2027-07-21",
                # Easter Monday of 2028, a leap year, is 17 April.
                3: "2028-04-18..2028-07-19",
            },
            id="JPS-15: summer of every year",
        ),
        pytest.param("ask_providers_again", {2: "2026-09-02"}, id="JPS-16: start of year 2"),
        pytest.param("dfe_data", {3: "2027-12-17"}, id="JPS-18: term 1 of year 3"),
        pytest.param("publish", ENDS_OF_SUMMER, id="JPS-19"),
        pytest.param("governors", ENDS_OF_SUMMER, id="JPS-20"),
        pytest.param("trends", {3: "2028-07-19"}, id="JPS-21: in year 3"),
        pytest.param("ucas_report", {3: "2027-12-17"}, id="JPS-21: higher education"),
        pytest.param("signpost", {0: "2025-08-21"}, id="JPS-22: the NEET adviser"),
        pytest.param("year_14", {3: "2027-12-17"}, id="JPS-22: UCAS of Year 14"),
        pytest.param("retained", {1: "2025-09-12"}, id="JPS-23: retention"),
    ],
)
def test_the_agenda_names_it_on_its_days(years, name, days):
    assert years.dates(name) == days
