"""Co-op Academy Bebington, requirement by requirement: one survey each summer, for two stages."""

from datetime import date

import pytest

from contact.alumnus import KeyStage
from contact.consent import Purpose
from contact.destination import Source
from followup.wordings import shipped_wordings
from tests.followup.simulation.presets.forms import read_form
from tests.followup.simulation.presets.promises import (
    AUTUMNS,
    ENDS_OF_SUMMER,
    OURS,
    SPRINGS,
    check_follows_three_years,
    check_hours,
    check_list_of_unknown,
    check_only_with_permission,
    check_tries,
    check_unknown_after_three,
    rehearsed,
)

SUMMERS = ["y1-summer", "y2-summer", "y3-summer"]


@pytest.fixture(scope="module")
def years():
    return rehearsed("bebington", KeyStage.KS4, KeyStage.KS5, alumni=12)


def test_beb_01_leavers_of_year_11_and_of_year_13_are_followed_for_three_years(years):
    asked = {case.cohort for case in years.ledger.cases}

    assert asked == {"rehearsal-KS4-2025", "rehearsal-KS5-2025"}
    check_follows_three_years(years)


def test_beb_05_what_changed_is_a_new_spell_and_the_old_one_stays(years):
    assert max(len(days) for days in years.ledger.told.values()) > 1


def test_beb_07_only_who_permitted_tracking_is_asked(years):
    check_only_with_permission(years)


def test_beb_09_by_text_and_chat_and_people_by_phone_and_email(years):
    assert {channel for case in years.ledger.cases for channel in case.channels} == OURS
    assert {years.entries["individual_contact", year].by for year in (1, 2, 3)} == {
        ("phone", "email")
    }
    check_list_of_unknown(years, "sustained_summer", 3)


def test_beb_10_three_attempts_before_logging_as_unknown(years):
    check_tries(years)
    check_hours(years)
    check_unknown_after_three(years)


def test_beb_11_stored_for_this_purpose_only(years):
    assert shipped_wordings()["form_a"].purposes == (Purpose.TRACKING,)
    check_only_with_permission(years)


def test_beb_13_each_destination_names_who_says_so():
    assert {"results_day", "provider", "staff"} <= set(Source)


def test_beb_20_the_service_asks_in_the_summer_term(years):
    assert sorted(years.asked()) == SUMMERS
    assert all(years.asked().values())


def test_beb_22_a_promise_of_one_survey_each_summer_is_never_kept_termly(years):
    summers = [(date(2026, 4, 13), date(2026, 7, 22)), (date(2027, 4, 12), date(2027, 7, 21)),
               (date(2028, 4, 18), date(2028, 7, 19))]  # fmt: skip
    for case, day in years.asks():
        assert any(first <= day <= last for first, last in summers)
        assert years.waves[case.wave].term == "summer"
    each_year = {(case.who, case.wave) for case in years.ledger.cases}
    assert len(each_year) == len(years.ledger.cases)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("individual_contact", id="BEB-22: autumn"),
        pytest.param("social_contact", id="BEB-22: spring"),
    ],
)
def test_nor_do_people_reach_in_other_terms_who_was_promised_summers(years, name):
    for year in (1, 2, 3):
        found = years.lists[name, year]
        assert not found.people
        assert dict(found.left_out)["promised_another_term"]


def test_beb_23_only_anonymised_figures_are_published(years):
    assert years.entries["publish", 1].text == "Publish anonymised figures only"
    assert {purpose for purpose, _ in years.ledger.permitted} == {"tracking"}


def test_beb_24_every_field_of_the_form_is_read(tmp_path):
    leaver = read_form(
        tmp_path,
        {
            "Name": "Amina Testwell",
            "Date of Birth": "14/02/2009",
            "Year of leaving": "2025",
            "Personal Email": "amina@example.org",
            "Telephone": "07700 900101",
            "What is your destination?": "College",
            "Subject/Course/job title": "Plumbing",
            "Level of study": "2",
            "College/6th Form/University/Employer name": "Northbridge College",
            "Start date": "September 2025",
            "Expected duration": "2 years",
        },
    )

    assert leaver.profile.name == "Amina Testwell"
    assert leaver.leaving_year == 2025
    assert (leaver.phone, leaver.email) == ("+447700900101", "amina@example.org")
    plan = leaver.intention
    assert (plan.code, plan.course, plan.level) == ("230", "Plumbing", "2")
    assert (plan.provider, plan.start, plan.duration) == (
        "Northbridge College", "September 2025", "2 years",
    )  # fmt: skip


def test_beb_21_the_trust_gets_three_entries_for_each_cohort(years):
    returns = {each.name: each.due.isoformat() for each in years.entries.values() if each.is_return}

    assert returns == {
        "trust_intended_1": "2025-03-31",
        "trust_intended_2": "2025-10-31",
        "trust_actual": "2026-03-31",
    }


@pytest.mark.parametrize(
    ("name", "year", "reach"),
    [
        pytest.param("interventions", 0, "no_plan", id="BEB-03: the undecided"),
        pytest.param("applications", 0, "no_plan", id="BEB-16: no application"),
        pytest.param("ask_providers", 1, "providers", id="BEB-18: colleges about starters"),
        pytest.param("authority_data", 1, "not_known", id="BEB-14: what the partner knows"),
    ],
)
def test_the_agenda_lists_whom_to_reach(years, name, year, reach):
    assert years.entries[name, year].reach == reach


def test_beb_03_the_groups_at_risk_stand_with_their_support(years):
    assert years.entries["interventions", 0].groups == (
        "at risk of NEET", "SEND", "EHCP", "looked after",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "days"),
    [
        pytest.param("roles", {0: "2024-09-13"}, id="BEB-02"),
        pytest.param("interventions", {0: "2024-09-02..2025-04-04"}, id="BEB-03"),
        pytest.param("aspirations", {0: "2024-09-02..2024-12-20"}, id="BEB-04"),
        pytest.param("updates", ENDS_OF_SUMMER, id="BEB-05"),
        pytest.param("form_a", {0: "2025-04-22..2025-07-23"}, id="BEB-06: start of summer"),
        pytest.param("form_a", {0: "2025-04-22..2025-07-23"}, id="BEB-08: contact details"),
        pytest.param("parents_letter", {0: "2025-04-22..2025-07-23"}, id="BEB-12: Form B"),
        pytest.param("results_day", {0: "2025-08-21"}, id="BEB-13: GCSE"),
        pytest.param("results_day_ks5", {0: "2025-08-14"}, id="BEB-13: A level"),
        pytest.param("authority_data", SPRINGS, id="BEB-14: Career Connect"),
        pytest.param("aspirations", {0: "2024-09-02..2024-12-20"}, id="BEB-15: autumn plan"),
        pytest.param("applications", {0: "2025-01-06..2025-04-04"}, id="BEB-16: spring plan"),
        pytest.param("exit_survey", {0: "2025-04-22..2025-07-23"}, id="BEB-17: summer plan"),
        pytest.param(
            "ask_providers",
            {
                1: "2025-09-02..2025-09-12",
                2: "2026-09-02..2026-09-11",
                3: "2027-09-02..2027-09-10",
            },
            id="BEB-18: starters",
        ),
        pytest.param(
            "september_guarantee",
            {1: "2025-09-30", 2: "2026-09-30", 3: "2027-09-30"},
            id="BEB-18: September Guarantee",
        ),
        pytest.param("individual_contact", AUTUMNS, id="BEB-18: individual contact"),
        pytest.param("awards_evening", {1: AUTUMNS[1]}, id="BEB-18: awards evening"),
        pytest.param("social_contact", SPRINGS, id="BEB-19: social media"),
        pytest.param("authority_data", SPRINGS, id="BEB-19: data of the authority"),
        pytest.param(
            "sustained_summer",
            {
                1: "2026-04-13..2026-07-22",
                2: "2027-04-12..2027-07-21",
                3: "2028-04-18..2028-07-19",
            },
            id="BEB-20: sustained check",
        ),
        pytest.param("trust_intended_1", {0: "2025-03-31"}, id="BEB-21: 31 March in year"),
        pytest.param("trust_intended_2", {1: "2025-10-31"}, id="BEB-21: 31 October"),
        pytest.param("trust_actual", {1: "2026-03-31"}, id="BEB-21: 31 March after leaving"),
        pytest.param("publish", ENDS_OF_SUMMER, id="BEB-23"),
        pytest.param("parents_letter", {0: "2025-04-22..2025-07-23"}, id="BEB-25: by letter"),
    ],
)
def test_the_agenda_names_it_on_its_days(years, name, days):
    assert years.dates(name) == days


def test_beb_25_parents_are_told_by_letter(years):
    assert years.entries["parents_letter", 0].by == ("letter",)
