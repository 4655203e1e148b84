"""Procedure files: what they may say, and how each mistake in one is named."""

from datetime import date, time
from textwrap import dedent

import pytest

from contact.alumnus import KeyStage
from contact.destination import Source
from contact.errors import Misconfigured
from contact.hours import Hours
from scheduler.procedure import Agreement, Promise, Rules, allows
from scheduler.procedure_file import load, shipped
from scheduler.term import MonthDay, Season, TermDay, closed_day, default_terms
from scheduler.wave import check_waves

HEAD = """
    name = "short"
    title = "A short one"
    who = ["KS4"]
"""
AUTUMN = """
    [[wave]]
    years = [1]
    term = "autumn"
"""


@pytest.fixture
def write(tmp_path):
    """Write a procedure's parts to a file and give its path."""

    def write(*parts: str):
        path = tmp_path / "short.toml"
        path.write_text("\n".join(map(dedent, parts)))
        return path

    return write


def test_termly_asks_every_term_for_three_years_at_both_key_stages():
    termly = load("termly")

    assert [wave.name for wave in termly.waves] == [
        f"y{year}-{term}" for term in ("autumn", "spring", "summer") for year in (1, 2, 3)
    ]
    assert termly.who == {KeyStage.KS4, KeyStage.KS5}
    assert termly.rules == Rules()


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_procedure_loads_under_its_own_name(name):
    procedure = load(name)

    assert procedure.name == name
    check_waves(procedure, range(2023, 2045), default_terms)


def test_a_file_says_when_whom_and_how(write):
    path = write(
        """
        name = "cautious"
        title = "Only whom nobody else knows"
        who = ["KS5"]
        tracking_years = 2
        support_groups = ["SEN"]
        escalate_to = "head of sixth form"
        sharing_agreements = ["Northbridge College"]

        [rules]
        tries = 2
        gap_days = 7
        hours = ["10:00", "17:30"]
        days = ["tue", "thu"]

        [[wave]]
        years = [1, 2]
        term = "autumn"
        name = "confirm"
        from = "09-15"
        until = "01-31"
        only_if = { not_known_from = ["provider", "authority"] }

        [[consent]]
        wording = "summer_form"
        cadence = "annual_summer"

        [[action]]
        name = "ask_providers"
        text = "Ask colleges whom they enrolled"
        years = [1]
        due = "autumn start"

        [[return]]
        name = "trust_return"
        text = "Actual destinations"
        years = [1]
        due = "03-31"
        wave = "confirm"
        """
    )

    found = load(path, Rules(reply_days=3, gap_days=9))

    wave = found.waves[0]
    assert (wave.name, wave.opens, wave.until) == ("y1-confirm", MonthDay(9, 15), MonthDay(1, 31))
    assert wave.not_known_from == {Source.PROVIDER, Source.AUTHORITY}
    assert (found.rules.tries, found.rules.gap_days, found.rules.reply_days) == (2, 7, 3)
    assert found.rules.hours(closed_day) == Hours(
        time(10), time(17, 30), frozenset({1, 3}), closed_day
    )
    assert found.wordings == (Promise("summer_form", "annual_summer"),)
    action, due_return = found.duties
    assert (action.due, action.is_return) == (TermDay(Season.AUTUMN, 0), False)
    assert action.due_on(2025, default_terms) == date(2025, 9, 2)
    assert (due_return.wave, due_return.is_return) == ("y1-confirm", True)
    assert due_return.due_on(2025, default_terms) == date(2026, 3, 31)
    assert (found.support_groups, found.escalate_to) == (("SEN",), "head of sixth form")
    assert found.sharing_agreements == (Agreement("Northbridge College"),)


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        pytest.param(("name = ",), "is not TOML", id="not TOML"),
        pytest.param((HEAD,), "wave: is missing", id="no wave"),
        pytest.param((HEAD, "colour = 'red'", AUTUMN), "colour: unknown key", id="unknown key"),
        pytest.param((HEAD, AUTUMN, "form = '09-15'"), "wave 1: form: unknown", id="misspelt key"),
        pytest.param((HEAD, "[rules]\ntrys = 3", AUTUMN), "rules: trys: unknown", id="in rules"),
        pytest.param((HEAD, "[rules]\ntries = 0", AUTUMN), "rules: tries: ", id="no tries"),
        pytest.param(
            (HEAD, "[rules]\nhours = ['19:30', '09:00']", AUTUMN), "rules: hours: must", id="hours"
        ),
        pytest.param(
            (HEAD, "[rules]\nhours = ['9', '17']", AUTUMN), "rules: hours 1: write a time", id="9"
        ),
        pytest.param((HEAD, "[rules]\ndays = ['mon', 'x']", AUTUMN), "mon, tue, wed", id="weekday"),
        pytest.param((HEAD, "[rules]\ndays = []", AUTUMN), "rules: days: ", id="no weekday"),
        pytest.param((HEAD, AUTUMN, "until = '31-01'"), "wave 1: until: ", id="no such month"),
        pytest.param((HEAD, AUTUMN, "until = '02-30'"), "wave 1: until: day is", id="30 February"),
        pytest.param((HEAD, AUTUMN, "until = 'easter'"), "wave 1: until: write a day", id="a word"),
        pytest.param(
            (HEAD, AUTUMN, "only_if = { not_known_from = ['gossip'] }"),
            "wave 1: only_if: not_known_from 1: ",
            id="unknown source",
        ),
        pytest.param((HEAD, AUTUMN, AUTUMN), "wave: y1-autumn is there twice", id="twice"),
        pytest.param(
            (HEAD, "tracking_years = 2", AUTUMN.replace("[1]", "[3]")),
            "wave 1: years: 3 is not between 1 and 2",
            id="after the tracking years",
        ),
        pytest.param(
            (HEAD, AUTUMN, "from = '12-01'\nuntil = '11-01'"),
            "wave y1-autumn: until: 2023-11-01 is before from, 2023-12-01",
            id="until before from",
        ),
        pytest.param(
            (HEAD, AUTUMN, "from = '10-01'\nuntil = '10-14'"),
            "until: 2023-10-14 leaves 14 days from 2023-10-01, but 3 tries take 15",
            id="no room for its tries",
        ),
        pytest.param(
            (HEAD, "[rules]\ndays = ['sun']", AUTUMN, "from = '10-02'\nuntil = '10-16'"),
            "fewer open days than 3 tries need",
            id="no open days for its tries",
        ),
        pytest.param(
            (HEAD, AUTUMN, "until = '01-31'", AUTUMN.replace("autumn", "spring")),
            "wave y1-spring: from: 2024-01-08 overlaps y1-autumn, which lasts until 2024-01-31",
            id="windows overlap",
        ),
        pytest.param(
            (HEAD, AUTUMN, "[[return]]\nname='r'\ntext='t'\nyears=[1]\ndue='03-31'\nwave='x'"),
            "return 1: wave: there is no wave y1-x",
            id="a return on no wave",
        ),
        pytest.param(
            (HEAD, AUTUMN, "[[return]]\nname='r'\ntext='t'\nyears=[1]\ndue='09-01'\nwave='autumn'"),
            "r: due: 2023-09-01 is before wave y1-autumn opens",
            id="a return due before its wave",
        ),
        pytest.param(
            (HEAD, AUTUMN, "[[action]]\nname='a'\ntext='t'\nyears=[4]\ndue='09-01'"),
            "action 1: years: 4 is not between 0 and 3",
            id="an action after the tracking years",
        ),
        pytest.param(
            (HEAD, AUTUMN, "[[consent]]\nwording = 'f'\ncadence = 'weekly'"),
            "consent 1: cadence: ",
            id="unknown cadence",
        ),
    ],
)
def test_a_mistake_is_named_in_one_line(write, parts, fault):
    with pytest.raises(Misconfigured) as refused:
        load(write(*parts))

    assert fault in str(refused.value)
    assert str(refused.value).startswith("short")
    assert "\n" not in str(refused.value)


RETURN = """
    [[return]]
    name = "trust"
    text = "Actual destinations"
    years = [1]
"""
ACTION = """
    [[action]]
    name = "ask"
    text = "Ask colleges"
    years = [1]
"""
SPRING = AUTUMN.replace("autumn", "spring")


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        pytest.param((HEAD, "x = # here"), "is not TOML: Invalid value", id="no value"),
        pytest.param((HEAD, "x = ['a' # here", AUTUMN), "Unclosed array", id="a list left open"),
        pytest.param((HEAD, "x = 'a # here", AUTUMN), "is not TOML", id="a text left open"),
        pytest.param((HEAD, "name = 'b' # here"), "is not TOML: Cannot overwrite", id="key twice"),
        pytest.param((HEAD, "colour = 'red' # here", AUTUMN), "unknown key", id="unknown key"),
        pytest.param((HEAD, AUTUMN, "form = '09-15' # here"), "unknown key", id="misspelt key"),
        pytest.param(
            (HEAD, AUTUMN, "[[wave]] # here\nyears = [2]"), "wave 2: term: is missing", id="missing"
        ),
        pytest.param((HEAD, AUTUMN, SPRING, "until = '02-30' # here"), "day is", id="no such day"),
        pytest.param(
            (HEAD, AUTUMN, "from = '2020-09-15' # here"), "wave 1: from: write a day", id="a year"
        ),
        pytest.param(
            (HEAD, "[rules]\nhours = [\n'09:00',\n'25:00', # here\n]", AUTUMN),
            "rules: hours 2: ",
            id="one of two in a list",
        ),
        pytest.param(
            (HEAD.replace('["KS4"]', '[\n"KS4",\n"KS9", # here\n]'), AUTUMN),
            "who 2: ",
            id="one of many in a list",
        ),
        pytest.param(
            (HEAD, AUTUMN, "from = '12-01'\nuntil = '11-01' # here"),
            "is before from, 2023-12-01",
            id="until before from",
        ),
        pytest.param(
            (HEAD, AUTUMN, "from = '12-10' # here"), "leaves 6 days", id="too late a beginning"
        ),
        pytest.param(
            (HEAD, AUTUMN, "from = '10-01'\nuntil = '10-14' # here"), "3 tries take", id="no room"
        ),
        pytest.param(
            (HEAD, "[rules]\ndays = ['sun']", AUTUMN, "from='10-02'\nuntil='10-16' # here"),
            "no open hour for try 3",
            id="no open hour",
        ),
        pytest.param(
            (HEAD, "[rules]\ngap_days = 1\nreply_days = 9", AUTUMN,
             "from='10-01'\nuntil='10-14' # here"),
            "no open hour for try 3",
            id="the reply time is longer than the gap",
        ),
        pytest.param(
            (HEAD, AUTUMN, "until = '01-31' # here", SPRING), "overlaps y1-autumn", id="overlap"
        ),
        pytest.param(
            (HEAD, AUTUMN, SPRING, "from = '12-01' # here"), "overlaps y1-autumn", id="begins early"
        ),
        pytest.param(
            (HEAD, AUTUMN, AUTUMN.replace("[[wave]]", "[[wave]] # here"), "name = 'more'"),
            "overlaps y1-",
            id="twice the same term",
        ),
        pytest.param(
            (HEAD, AUTUMN, AUTUMN, "name = 'autumn' # here"), "is there twice", id="same name"
        ),
        pytest.param(
            (HEAD, AUTUMN.replace("[1]", "[\n1,\n4 # here\n]")), "4 is not between", id="year 4"
        ),
        pytest.param(
            (HEAD, AUTUMN, "until = 'summer week 30' # here"), "after its year", id="after its year"
        ),
        pytest.param(
            (HEAD, AUTUMN, RETURN, "wave = 'autumn'\ndue = '09-01' # here"),
            "trust: due: 2023-09-01 is before wave y1-autumn opens",
            id="deadline before its wave",
        ),
        pytest.param(
            (HEAD, AUTUMN, RETURN, "due = '03-31'\nwave = 'x' # here"), "no wave y1-x", id="no wave"
        ),
        pytest.param(
            (HEAD, AUTUMN, ACTION, "from = '11-01'\ndue = '10-31' # here"),
            "ask: due: 2023-10-31 is before from, 2023-11-01",
            id="an action due before it begins",
        ),
        pytest.param(
            (HEAD, AUTUMN, ACTION, "due = '10-31'", ACTION.replace('"ask"', '"ask" # here'),
             "due = '11-30'"),
            "y1-ask is there twice",
            id="an action twice",
        ),
        pytest.param(
            (HEAD, AUTUMN, ACTION, "due = '10-31'\nby = ['pigeon'] # here"), "by 1: ", id="by what"
        ),
        pytest.param(
            (HEAD, AUTUMN, ACTION, "due = '10-31'\nreach = 'all' # here"), "reach: ", id="whom"
        ),
        pytest.param(
            (HEAD, "sharing_agreements = [\n'A',\n{ provider = 'B', till = 2026-01-01 }, # here\n]",
             AUTUMN),
            "sharing_agreements 2: till: unknown key",
            id="an agreement",
        ),
        pytest.param(
            (HEAD, AUTUMN, "[[consent]]\nwording='f'\n[[consent]]\nwording='f' # here"),
            "consent: f is there twice",
            id="a wording twice",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_the_line_that_is_wrong(write, parts, fault):
    path = write(*parts)
    lines = path.read_text().splitlines()
    (wrong,) = (number for number, line in enumerate(lines, 1) if "# here" in line)

    with pytest.raises(Misconfigured) as refused:
        load(path)

    assert str(refused.value).startswith(f"short.toml:{wrong}: ")
    assert fault in str(refused.value)


def test_a_window_full_of_holidays_has_no_open_hour(write):
    path = write(HEAD, AUTUMN, "from = '12-22'\nuntil = '01-02'", "[rules]\ntries = 2")

    with pytest.raises(Misconfigured, match="no open hour for try 2"):
        load(path)


def test_exactly_enough_days_for_the_tries_are_enough(write):
    procedure = load(write(HEAD, AUTUMN, "from = '10-01'\nuntil = '10-15'"))

    assert procedure.rules.room_days == 14


def test_windows_that_meet_on_one_day_overlap(write):
    first, second = AUTUMN + "until = '10-31'", AUTUMN + "name = 'more'\nfrom = '10-31'"

    with pytest.raises(Misconfigured, match="2023-10-31 overlaps y1-autumn"):
        load(write(HEAD, first, second))


def test_a_return_may_be_due_the_day_its_wave_opens(write):
    due = "[[return]]\nname='r'\ntext='t'\nyears=[1]\ndue='autumn start'\nwave='autumn'"

    assert load(write(HEAD, AUTUMN, due)).duties[0].wave == "y1-autumn"


def test_the_service_s_own_settings_decide_whether_there_is_room(write):
    path = write(HEAD, AUTUMN, "from = '10-01'\nuntil = '10-31'")

    with pytest.raises(Misconfigured, match="5 tries take 45"):
        load(path, Rules(tries=5, gap_days=10))


def test_a_name_that_is_not_shipped_lists_those_that_are():
    with pytest.raises(Misconfigured, match=r'no procedure is called "termely".*termly'):
        load("termely")


def test_a_missing_file_is_one_clear_line(tmp_path):
    with pytest.raises(Misconfigured, match=r"none\.toml: cannot be read"):
        load(tmp_path / "none.toml")


def test_a_file_that_is_not_text_is_one_clear_line(tmp_path):
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(Misconfigured, match=r"odd\.toml:1: is not TOML"):
        load(tmp_path / "odd.toml")


@pytest.mark.parametrize(
    ("cadence", "term", "allowed"),
    [
        pytest.param("any", Season.AUTUMN, True, id="any time"),
        pytest.param("annual_summer", Season.SUMMER, True, id="summer in summer"),
        pytest.param("annual_summer", Season.AUTUMN, False, id="summer in autumn"),
        pytest.param("annual_summer", Season.SPRING, False, id="summer in spring"),
        pytest.param("whenever", Season.SUMMER, False, id="a cadence nobody knows"),
    ],
)
def test_what_a_wording_allows(cadence, term, allowed):
    assert allows(cadence, term) is allowed
