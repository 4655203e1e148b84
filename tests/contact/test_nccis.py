"""The activity codes."""

import pytest

from contact.destination import REFUSED, UNKNOWN_CODES
from contact.errors import NotAllowed
from contact.intention import intended_code
from contact.nccis import ACTIVITIES, USUAL, Group, activity, for_a_leaver

GROUPS = {
    Group.SCHOOL_AGE: "110 120 130 140 150",
    Group.EDUCATION: "210 220 230 240 250 260 270 280 290",
    Group.EMPLOYMENT: "310 320 330 340 350 360 380 381 550",
    Group.TRAINING: "410 430 440 450 460",
    Group.RE_ENGAGEMENT: "530",
    Group.NEET: "540 610 615 616 619 620 630 640 650 660 670 680",
    Group.OTHER: "710 720",
    Group.NOT_KNOWN: "810 820 830",
}


@pytest.mark.parametrize("group", list(Group))
def test_each_headline_has_its_codes(group):
    found = [each.code for each in ACTIVITIES.values() if each.group is group]

    assert found == GROUPS[group].split()


@pytest.mark.parametrize("code", ["611", "612", "613", "614", "617", "618", "42", "", "2300", "x"])
def test_codes_that_no_source_knows_are_none(code):
    with pytest.raises(NotAllowed, match="not an NCCIS activity code"):
        activity(code)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("231", "230 Further education", id="a digit off"),
        pytest.param("apprenticeship", "310 Apprenticeship", id="a name"),
        pytest.param("gap year", "260 Gap year", id="two words"),
        pytest.param("zzz", "for example 210", id="nothing near"),
    ],
)
def test_a_wrong_code_names_what_was_probably_meant_in_one_line(typed, meant):
    with pytest.raises(NotAllowed, match=meant) as told:
        activity(typed)

    assert "\n" not in str(told.value)


def test_what_is_easily_confused_is_told_apart():
    names = {code: activity(code).name for code in ("620", "640", "540", "610", "619")}

    assert "carer" in names["620"]
    assert "illness" in names["640"]
    assert "not for reward" in names["540"]
    assert "Not yet ready" in names["610"]
    assert "Seeking" in names["619"]


def test_a_leaver_may_refuse_but_never_tell_us_that_nobody_knows():
    assert for_a_leaver(REFUSED).code == "830"
    for code in (*UNKNOWN_CODES, "110", "720"):
        with pytest.raises(NotAllowed):
            for_a_leaver(code)


def test_the_short_list_and_the_forms_plans_are_all_real_codes():
    assert all(for_a_leaver(code) for code in USUAL)
    assert activity(intended_code("Sixth form college") or "").code == "220"
