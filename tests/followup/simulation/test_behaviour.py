"""The behaviour file: every key has a default, a file of one's own names only what differs."""

import re
from importlib.resources import files

import pytest

from contact.errors import Misconfigured
from followup.simulation.behaviour import load


def own(tmp_path, text):
    path = tmp_path / "ours.toml"
    path.write_text(text, "utf-8")
    return path


def test_what_a_file_leaves_out_is_as_shipped(tmp_path):
    ours = load(own(tmp_path, "[people]\nconsent = 0.5\n[staff.minutes]\nworry = 90\n"))

    assert ours.people.consent == 0.5
    assert ours.people.mobile == load().people.mobile
    assert ours.staff.takes("worry") == 90
    assert ours.staff.takes("call_back") == load().staff.takes("call_back")


def test_a_kind_of_flag_without_minutes_of_its_own_takes_those_of_the_others():
    assert load().staff.takes("token_reuse") == load().staff.minutes["other"]


def test_weights_of_activities_are_replaced_together(tmp_path):
    ours = load(own(tmp_path, "[doing]\nbefore_18 = { job = 1.0 }\n"))

    assert ours.doing.before_18 == {"job": 1.0}
    assert ours.doing.after_18 == load().doing.after_18


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("[people]\nmobiles = 1", r"people\.mobiles: there is no such key", id="key"),
        pytest.param("[people]\nconsent = 1.5", r"people\.consent: .*less than", id="share over 1"),
        pytest.param("[replies]\nsms = []", r"replies\.sms: .*at least 1", id="no tries"),
        pytest.param("[doing]\nafter_18 = { job = 0 }", "more than 0", id="no weight"),
        pytest.param("[incidents]\nstop = 0.9\nabuse = 0.9", "more than every ask", id="too much"),
        pytest.param("[delays]\nfirst_minutes = 0", r"first_minutes", id="no delay at all"),
        pytest.param("people = 3", "people", id="no table"),
        pytest.param("people = [", "is not TOML", id="broken"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_key(tmp_path, text, complaint):
    with pytest.raises(Misconfigured, match=rf"ours\.toml: .*{complaint}"):
        load(own(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match=r"none\.toml: cannot be read"):
        load(tmp_path / "none.toml")


def test_every_default_says_what_it_is_and_whether_it_was_measured():
    text = files("followup.simulation").joinpath("behaviour.toml").read_text("utf-8")
    keys = [line for line in text.splitlines() if re.match(r"[a-z_0-9]+ =", line)]

    assert len(keys) > 30
    assert "TO BE MEASURED" in text
    assert "HESA" in text
