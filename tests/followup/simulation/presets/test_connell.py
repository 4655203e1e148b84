"""Connell Co-op College, requirement by requirement: one survey each summer after Year 13."""

import pytest

from contact.alumnus import KeyStage
from contact.consent import Purpose
from followup.wordings import shipped_wordings
from tests.followup.simulation.presets.forms import read_form
from tests.followup.simulation.presets.promises import (
    AUTUMNS,
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


@pytest.fixture(scope="module")
def years():
    return rehearsed("connell", KeyStage.KS5)


def test_con_01_those_who_leave_year_13_are_followed_for_three_years(years):
    assert years.procedure.who == {KeyStage.KS5}
    assert {case.cohort for case in years.ledger.cases} == {"rehearsal-KS5-2025"}
    check_follows_three_years(years)


def test_con_05_by_text_and_chat_and_people_by_phone_and_email_for_who_agreed(years):
    assert {channel for case in years.ledger.cases for channel in case.channels} == OURS
    assert years.entries["individual_contact", 1].by == ("phone", "email")
    check_only_with_permission(years)


def test_con_06_three_attempts_before_logging_as_unknown(years):
    check_tries(years)
    check_hours(years)
    check_unknown_after_three(years)


def test_con_06_stored_for_this_purpose_only():
    assert shipped_wordings()["form_a"].purposes == (Purpose.TRACKING,)


def test_con_11_the_service_asks_each_summer_term(years):
    assert sorted(years.asked()) == ["y1-summer", "y2-summer", "y3-summer"]
    assert all(years.asked().values())
    assert {day.month for _, day in years.asks()} <= {4, 5, 6, 7}


def test_con_11_people_see_whom_nobody_knows_about(years):
    check_list_of_unknown(years, "sustained_summer", 3)


def test_con_12_three_entries_are_named_and_the_fourth_is_asked_after(years):
    returns = {
        each.name: (each.due.isoformat(), each.text.rpartition(", ")[2])
        for each in years.entries.values()
        if each.is_return
    }

    assert returns == {
        "trust_intended": ("2025-09-12", "Trust return: intended destinations"),
        "trust_unvalidated": ("2025-12-31", "unvalidated"),
        "trust_validated": ("2026-03-31", "validated"),
    }
    # The service is shut between the years: the work is done before.
    assert years.entries["trust_unvalidated", 1].work_by.isoformat() == "2025-12-23"
    assert "'4 entries per cohort' and lists three" in years.entries["fourth_entry", 1].text


def test_con_13_the_form_is_read_with_its_own_headings(tmp_path):
    leaver = read_form(
        tmp_path,
        {
            "Name": "Ben Sampleford",
            "Date of Birth": "03/09/2006",
            "Year of leaving": "2025",
            "Personal Email": "ben@example.org",
            "Telephone": "07700 900102",
            "What is your destination?": "University",
            "Subject/Course/job title": "Nursing",
            "Level of study": "foundation degree, I think",
            "College /University / Employer name": "Eastmoor University",
            "Start date": "09/2025",
            "Expected duration": "3 years",
        },
    )

    assert (leaver.key_stage, leaver.intention.code) == (KeyStage.KS5, "240")
    assert leaver.intention.level == "foundation degree, I think"
    assert leaver.intention.provider == "Eastmoor University"


@pytest.mark.parametrize("name", ["individual_contact", "authority_data"])
def test_con_13_nor_do_people_reach_in_other_terms_who_was_promised_summers(years, name):
    for year in (1, 2, 3):
        assert not years.lists[name, year].people
        assert dict(years.lists[name, year].left_out)["promised_another_term"]


def test_con_02_whoever_is_late_turns_to_the_director_of_next_steps(years):
    assert {each.escalate_to for each in years.entries.values()} == {"director of next steps"}


def test_con_03_those_at_risk_stand_with_their_support(years):
    entry = years.entries["interventions", 0]

    assert (entry.groups, entry.reach) == (("at risk of NEET",), "no_plan")


@pytest.mark.parametrize(
    ("name", "days"),
    [
        pytest.param("roles", {0: "2024-09-13"}, id="CON-02"),
        pytest.param("interventions", {0: "2024-09-02..2025-04-04"}, id="CON-03"),
        pytest.param("aspirations", {0: "2024-09-02..2024-12-20"}, id="CON-04: Compass, Cedar"),
        pytest.param("form_a", {0: "2025-04-22..2025-07-23"}, id="CON-05: summer of Year 13"),
        pytest.param("parents_letter", {0: "2025-04-22..2025-07-23"}, id="CON-06: Form B"),
        pytest.param("results_day", {0: "2025-08-14"}, id="CON-07: A level results"),
        pytest.param("authority_data", SPRINGS, id="CON-08: Future You, Career Connect"),
        pytest.param("aspirations", {0: "2024-09-02..2024-12-20"}, id="CON-09: autumn"),
        pytest.param("applications", {0: "2025-01-06..2025-04-04"}, id="CON-09: spring"),
        pytest.param("exit_survey", {0: "2025-04-22..2025-07-23"}, id="CON-09: summer"),
        pytest.param("destinations_sheet", {0: "2025-04-22..2025-07-23"}, id="CON-10"),
        pytest.param(
            "ask_providers",
            {
                1: "2025-09-02..2025-09-12",
                2: "2026-09-02..2026-09-11",
                3: "2027-09-02..2027-09-10",
            },
            id="CON-11: starters",
        ),
        pytest.param(
            "september_guarantee",
            {1: "2025-09-30", 2: "2026-09-30", 3: "2027-09-30"},
            id="CON-11: September Guarantee",
        ),
        pytest.param("individual_contact", AUTUMNS, id="CON-11: individual contact"),
        pytest.param("awards_evening", {1: AUTUMNS[1]}, id="CON-11: awards evening"),
        pytest.param("authority_data", SPRINGS, id="CON-11: via SLA"),
        pytest.param(
            "sustained_summer",
            {
                1: "2026-04-13..2026-07-22",
                2: "2027-04-12..2027-07-21",
                3: "2028-04-18..2028-07-19",
            },
            id="CON-11: summer check",
        ),
        pytest.param("trust_intended", {1: "2025-09-12"}, id="CON-12: end of week 2"),
        pytest.param("trust_unvalidated", {1: "2025-12-31"}, id="CON-12: 31 December"),
        pytest.param("trust_validated", {1: "2026-03-31"}, id="CON-12: 31 March"),
        pytest.param("parents_letter", {0: "2025-04-22..2025-07-23"}, id="CON-14"),
    ],
)
def test_the_agenda_names_it_on_its_days(years, name, days):
    assert years.dates(name) == days
