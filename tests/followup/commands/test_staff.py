"""What staff type, over a real house: the documents, the lines, the exit statuses."""

import json
import stat
from dataclasses import replace

import pytest

from contact.address import ChannelName
from contact.flag import FlagKind
from contact.standing import ChannelStop
from tests.followup.commands.counter import counter
from tests.staffroom import BY, NOW, amina, flagged, planned, unclear

__all__ = ["counter"]

SHOWN = {
    "alumnus", "consents", "addresses", "cases", "attempts", "messages", "destinations", "flags",
    "timeline",
}  # fmt: skip


@pytest.fixture
def who(counter):
    """Amina, who was asked and wrote something unclear."""
    found, _ = counter.room.write(unclear)
    return found


@pytest.fixture
def reference(counter, who):
    return counter.room.person(who).reference


def test_flags_are_listed_with_the_reply_and_what_was_understood(counter, reference):
    (flag,) = counter.json("flags", "list")

    promised = ("id", "kind", "severity", "alumnus", "opened_at", "due_at", "taken_by")
    assert set(promised) < set(flag)
    assert (flag["kind"], flag["severity"], flag["alumnus"]) == ("unclear", "routine", reference)
    assert flag["opened_at"] == "2025-11-03T16:30:00Z"
    assert flag["text"] == "carmel maybe"
    assert (flag["reading"]["label"], flag["reading"]["code"]) == ("ambiguous", "230")
    assert flag["reading"]["slots"]["provider"] == "Carmel College"


def test_flags_can_be_picked_by_kind_and_severity_and_the_closed_ones_shown(counter, who):
    counter.room.write(flagged, who, FlagKind.WORRY)
    counter.room.write(flagged, None, FlagKind.CHANNEL_DOWN)

    def kinds(*options):
        return {each["kind"] for each in counter.json("flags", "list", *options)}

    assert kinds("--kind", "worry") == {"worry"}
    assert kinds("--severity", "soon") == {"channel_down"}
    first = counter.json("flags", "list")[0]
    assert first["kind"] == "worry"
    counter.json("flags", "close", str(first["id"]), "--decision", "call_made")
    assert "worry" not in kinds()
    assert "worry" in kinds("--all")


def test_what_is_overdue_stands_out_for_people(counter, who):
    counter.room.write(flagged, who, FlagKind.WORRY)

    shown = counter.run("flags", "list").stdout

    assert shown.count("overdue") == 1
    assert shown.index("worry") < shown.index("unclear")


def test_a_flag_is_shown_with_what_was_said_before(counter, who):
    shown = counter.json("flags", "show", "1")

    assert [line["who"] for line in shown["said"]] == ["we", "they"]
    people = counter.run("flags", "show", "1").stdout
    assert "carmel maybe" in people
    assert "41% sure" in people


def test_what_somebody_typed_cannot_steer_the_terminal(counter, who):
    reply = counter.room.read(lambda work: work.replies.of(who))[0]
    evil = replace(reply, text="\x1b[2J[red]hi[/red]", reading=None)
    counter.room.write(lambda work: work.replies.save(evil))

    shown = counter.run("flags", "show", "1").stdout

    assert "\x1b" not in shown
    assert "[red]hi[/red]" in shown


def test_a_flag_is_closed_once_and_the_second_gets_one_line(counter, who):
    closed = counter.json(
        "flags", "close", "1", "--decision", "code", "--code", "230", "--provider",
        "Carmel College", "--level", "3", "--from", "2025-09", "--by", "Mr Reid",
    )  # fmt: skip

    assert (closed["decision"], closed["closed_by"]) == ("code", "Mr Reid")
    stored = counter.room.read(lambda work: work.destinations.of(who))[0]
    assert (stored.code, stored.level, stored.start) == ("230", "3", "2025-09")
    line = counter.refused("flags", "close", "1", "--decision", "withdraw")
    assert "Mr Reid" in line
    assert "4 November 2025 at 16:30" in line


def test_only_staff_of_the_settings_may_sign(counter, who):
    line = counter.refused("flags", "take", "1", "--by", "Nobody")

    assert BY in line
    assert counter.room.flags(who)[0].taken_by is None


def test_a_flag_is_taken(counter, who):
    assert counter.json("flags", "take", "1")["taken_by"] == BY


def test_a_decision_that_is_none_is_wrong_usage(counter, who):
    assert counter.run("flags", "close", "1", "--decision", "maybe").exit_code == 2


def test_somebody_is_found_and_shown_whole(counter, who, reference):
    (found,) = counter.json("person", "find", "AMINA")
    assert found == {
        "alumnus": reference, "name": "Amina Yusuf", "cohort": "cansfield-KS4-2025",
    }  # fmt: skip

    shown = counter.json("person", "show", reference.lower())

    assert set(shown) == SHOWN
    assert shown["alumnus"]["cohorts"] == ["cansfield-KS4-2025"]
    assert shown["addresses"][0]["value"] == "+447700900001"
    (case,) = shown["cases"]
    assert (case["wave"], case["state"], case["disposition"]) == ("y1-autumn", "paused", None)
    (attempt,) = shown["attempts"]
    assert (attempt["case"], attempt["number"], attempt["state"]) == (case["id"], 1, "waiting")
    (message,) = shown["messages"]
    assert (message["kind"], message["delivery"], message["attempt"]) == ("ask", "accepted", 1)


def test_the_timeline_is_in_the_order_of_time_and_tells_both_sides(counter, who, reference):
    counter.json("flags", "close", "1", "--decision", "code", "--code", "230")

    events = counter.json("person", "show", reference)["timeline"]

    times = [event["at"] for event in events]
    assert times == sorted(times)
    kinds = [event["what"] for event in events]
    assert {"consent", "case", "attempt", "message", "reply", "destination", "flag"} <= set(kinds)
    assert any("carmel maybe" in event["text"] for event in events)
    assert "230 Further education" in counter.run("person", "show", reference).stdout


def test_nobody_found_is_no_error(counter):
    assert counter.json("person", "find", "nobody") == []


@pytest.mark.parametrize(
    "words",
    [
        ("person", "show", "ZZZZ-9999"),
        ("person", "hold", "ZZZZ-9999"),
        ("person", "erase", "ZZZZ-9999", "--yes"),
        ("destination", "record", "ZZZZ-9999", "--code", "230", "--source", "staff"),
        ("attempts", "log", "ZZZZ-9999", "--channel", "phone", "--outcome", "no_answer"),
        ("flags", "show", "77"),
        ("case", "show", "77"),
    ],
)
def test_an_unknown_reference_is_one_line_and_exit_1(counter, words):
    assert counter.refused(*words)


def test_hold_release_and_withdraw(counter, who, reference):
    assert counter.json("person", "hold", reference)["held"] is True
    assert BY in counter.refused("person", "hold", reference)
    assert counter.json("person", "release", reference)["held"] is False
    assert "not held" in counter.refused("person", "release", reference)
    counter.json("person", "withdraw", reference)
    assert "had withdrawn" in counter.refused("person", "withdraw", reference)


def test_a_correction_says_what_changed(counter, who, reference):
    words = ("--name", "Aminah Yusuf", "--phone", "07700 900777", "--born-on", "2009-04-01")

    assert counter.json("person", "correct", reference, *words)["name"] == "Aminah Yusuf"

    shown = counter.json("person", "show", reference)
    assert shown["alumnus"]["born_on"] == "2009-04-01"
    assert shown["addresses"][0]["value"] == "+447700900777"


def test_an_export_has_everything_and_is_itself_on_record(counter, who, reference, tmp_path):
    document = counter.json("person", "export", reference)

    assert set(document) == SHOWN | {"replies", "audit"}
    assert document["replies"][0]["text"] == "carmel maybe"
    assert document["audit"][-1]["action"] == "export"
    out = tmp_path / "amina.json"
    assert counter.run("person", "export", reference, "--out", str(out)).exit_code == 0
    assert json.loads(out.read_text())["alumnus"]["name"] == "Amina Yusuf"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "exists" in counter.refused("person", "export", reference, "--out", str(out))


def test_erasing_asks_first_and_then_leaves_nothing_to_read(counter, who, reference):
    assert counter.run("person", "erase", reference, typed="n\n").exit_code == 1
    assert counter.room.person(who).reference == reference

    assert counter.run("person", "erase", reference, typed="y\n").exit_code == 0

    assert counter.refused("person", "show", reference)
    assert (counter.config.parent / "secrets" / "erasures.log").read_text().count("\n") == 1
    assert counter.room.ending(who).detail == "erased"
    (flag,) = counter.json("flags", "list", "--all")
    assert (flag["alumnus"], flag["text"], flag["reading"]) == (None, None, None)


def test_a_link_is_new_each_time_and_bound_to_one(counter, who, reference):
    first = counter.json("person", "link", reference)
    second = counter.json("person", "link", reference)

    assert set(first) == {"alumnus", "url", "expires_at"}
    assert first["url"].startswith("https://t.me/cansfield_leavers_bot?start=")
    assert first["url"] != second["url"]
    token = first["url"].partition("=")[2]
    assert counter.room.read(lambda work: work.house.invitation(token)).alumnus == who


def test_a_case_is_shown_and_closed_by_hand(counter, who):
    shown = counter.json("case", "show", "1")
    assert [each["number"] for each in shown["attempts"]] == [1]
    assert "what are you doing now" in counter.run("case", "show", "1").stdout

    closed = counter.json("case", "close", "1", "--reason", "moved abroad")

    assert (closed["state"], closed["disposition"]) == ("ended", "other")
    assert BY in counter.refused("case", "close", "1", "--reason", "again")
    assert counter.run("case", "close", "1").exit_code == 2


def test_a_call_is_logged_under_the_number_of_the_planned_try(counter):
    who = counter.room.write(amina)
    counter.room.write(planned, who)
    reference = counter.room.person(who).reference

    logged = counter.json(
        "attempts", "log", reference, "--channel", "phone", "--outcome", "no_answer", "--at",
        "2025-11-04T10:00", "--note", "after six",
    )  # fmt: skip

    assert (logged["number"], logged["case"], logged["at"]) == (1, 1, "2025-11-04T10:00:00Z")
    shown = counter.json("person", "show", reference)
    assert shown["attempts"][0]["by"] == BY
    assert any("after six" in event["text"] for event in shown["timeline"])


def test_an_answer_without_its_code_is_one_line(counter, who, reference):
    line = counter.refused(
        "attempts", "log", reference, "--channel", "phone", "--outcome", "answered"
    )

    assert "--code" in line


def test_what_staff_know_ends_the_case(counter, who, reference):
    made = counter.json(
        "destination", "record", reference, "--code", "310", "--source", "results_day",
        "--employer", "Bridge Joinery", "--from", "2025-09",
    )  # fmt: skip

    assert (made["code"], made["name"], made["case_ended"]) == ("310", "Apprenticeship", 1)
    (stored,) = counter.json("person", "show", reference)["destinations"]
    assert (stored["employer"], stored["from"], stored["by"]) == ("Bridge Joinery", "2025-09", BY)
    assert counter.room.ending(who).detail == "known_elsewhere"


def test_a_channel_that_rests_is_listed_and_resumed(counter):
    rests = ChannelStop(ChannelName.SMS, NOW, None, "20003")
    counter.room.write(lambda work: work.house.stop(rests))

    (sms,) = counter.json("channels", "list")
    assert (sms["channel"], sms["state"], sms["code"]) == ("sms", "resting", "20003")
    assert counter.json("channels", "resume", "sms")["resumed"] is True
    assert counter.json("channels", "resume", "sms")["resumed"] is False
    assert counter.json("channels", "list")[0]["state"] == "open"


def test_asking_for_json_prints_nothing_else_on_standard_output(counter, who):
    done = counter.run("flags", "close", "1", "--decision", "ask_again", "--json")

    assert json.loads(done.stdout)["decision"] == "ask_again"
    assert "once more" in done.stderr
