"""The main job by text message: from the first ask to an answer, an ending or a flag."""

from datetime import timedelta

from contact.flag import Decision
from contact.hours import LONDON
from tests.fakes import twilio_gateway as twilio
from tests.journeys.world import AMINA, BEN, CHIDI, STRANGER, gaps, london

WRONG = "sorry wrong number, I don't know any Amina"
WORRY = "i dont want to be here anymore, i want to end my life"


def test_amina_answers_and_is_thanked_and_nothing_more_is_asked(world):
    amina = world.meet("Amina Yusuf", AMINA)

    assert world.tick()["sent"] == 1
    world.later(minutes=10)
    said = world.writes(AMINA, "2", "Carmel College", "plumbing level 2", "sept 2025", "2")
    world.tick_until(london(2025, 12, 24), timedelta(hours=9))

    (told,) = world.destinations(amina)
    assert (told.code, told.provider, told.level) == ("230", "Carmel College", "2")
    assert world.ending(amina) == ("complete", "230")
    assert said[0].startswith("Thanks Amina!")
    assert "Carmel College" in said[-1]
    assert "Reply WRONG" in said[-1]
    assert len(world.sms.bodies(AMINA)) == 6
    assert world.flags() == []


def test_a_silent_alumnus_gets_three_texts_and_one_unknown(world):
    amina = world.meet("Amina Yusuf", AMINA)

    world.tick_until(london(2025, 12, 24))

    texts = world.sms.texts
    assert len(texts) == 3
    assert all(gap >= 5 for gap in gaps(texts))
    for text in texts:
        local = text.at.astimezone(LONDON)
        assert (9, 0) <= (local.hour, local.minute) < (19, 30)
        assert local.weekday() != 6
    assert len({text.body for text in texts}) == 3
    assert "last text" in texts[-1].body
    assert "last" not in texts[0].body
    assert world.attempts(amina) == [(number, "failed", "no_answer") for number in (1, 2, 3)]
    assert [(e.disposition, e.code) for e in world.endings(amina)] == [("non_contact", "810")]
    assert world.codes(amina) == ["810"]


def test_who_is_unknown_this_term_is_asked_again_in_the_next(world):
    amina = world.meet("Amina Yusuf", AMINA)
    world.tick_until(london(2025, 11, 24), timedelta(hours=3))
    assert world.codes(amina) == ["810"]

    world.tick_until(london(2026, 1, 8), timedelta(hours=5))

    assert len(world.sms.texts) == 4
    assert [case.wave for case in world.cases(amina)] == ["y1-autumn", "y1-spring"]


def test_a_second_tick_at_the_same_moment_sends_nothing(world):
    world.meet("Amina Yusuf", AMINA)
    world.tick()

    again = world.tick()

    assert not any(again.values())
    assert len(world.sms.texts) == 1


class TestADeadNumber:
    def test_passes_the_turn_to_the_next_number_at_once(self, world):
        amina = world.meet("Amina Yusuf", AMINA, BEN)
        world.sms.script.numbers[AMINA] = twilio.error(21211)

        world.tick()

        assert world.standings(amina) == ["dead", "untried"]
        assert [text.to for text in world.sms.texts] == [BEN]
        assert world.attempts(amina) == [(1, "failed", "dead"), (2, "waiting", None)]

    def test_known_by_its_receipt_does_the_same(self, world):
        amina = world.meet("Amina Yusuf", AMINA, BEN)
        world.tick()
        world.later(minutes=5)

        assert world.receipt(world.sms.texts[0], "undelivered", 30005) == 204
        world.tick()

        assert [text.to for text in world.sms.texts] == [AMINA, BEN]
        assert world.attempts(amina) == [(1, "failed", "dead"), (2, "waiting", None)]

    def test_three_times_ends_the_case_as_nowhere_to_write(self, world):
        amina = world.meet("Amina Yusuf", AMINA, BEN, CHIDI)
        for phone in (AMINA, BEN, CHIDI):
            world.sms.script.numbers[phone] = twilio.error(21614)

        world.tick()

        assert world.ending(amina) == ("non_contact", "820")
        assert world.codes(amina) == ["820"]

    def test_and_no_other_is_for_staff_until_the_wave_is_over(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.sms.script.numbers[AMINA] = twilio.error(21211)

        world.tick()

        assert world.kinds(amina) == ["no_address"]
        world.tick_until(london(2025, 12, 24), timedelta(hours=9))
        assert world.ending(amina) == ("non_contact", "820")
        assert world.endings(amina)[-1].detail == "window_ended:1"
        assert world.sms.requests == 1

    def test_after_a_text_that_arrived_is_plainly_unknown(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()
        world.tick_until(london(2025, 11, 8, 12), timedelta(hours=3))
        world.receipt(world.sms.texts[1], "undelivered", 30005)

        world.tick_until(london(2025, 12, 24), timedelta(hours=9))

        assert world.ending(amina) == ("non_contact", "810")


def test_a_phone_that_is_off_is_asked_again_after_the_gap_and_dead_the_third_time(world):
    amina = world.meet("Amina Yusuf", AMINA)
    world.tick()
    for sent in (1, 2, 3):
        world.tick_until(world.now + timedelta(days=8), timedelta(hours=3))
        assert len(world.sms.texts) >= sent
        world.receipt(world.sms.texts[sent - 1], "undelivered", 30003)
        if sent < 3:
            assert world.standings(amina) == ["failing"]
    world.tick()

    assert world.standings(amina) == ["dead"]
    assert all(gap >= 5 for gap in gaps(world.sms.texts))


class TestStop:
    def test_is_confirmed_once_and_ends_everything(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()
        world.later(minutes=10)

        said = world.writes(AMINA, "STOP")
        again = world.writes(AMINA, "stop", "Stop.")
        world.tick_until(london(2026, 1, 20), timedelta(hours=9))

        assert len(said) == 1
        assert "won't get any more texts" in said[0]
        assert again == []
        assert world.ending(amina) == ("refusal", "830")
        assert world.codes(amina) == ["830"]
        assert not world.tracked(amina)
        assert world.standings(amina) == ["opted_out"]
        assert len(world.sms.texts) == 2

    def test_that_twilio_confirmed_is_not_confirmed_by_us(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()

        assert world.says(AMINA, "STOP", OptOutType="STOP") == 204
        world.tick()

        assert len(world.sms.texts) == 1
        assert world.ending(amina) == ("refusal", "830")

    def test_that_only_twilio_heard_is_obeyed(self, world):
        amina = world.meet("Amina Yusuf", AMINA, BEN)
        world.sms.script.numbers[AMINA] = twilio.error(21610)

        world.tick()
        world.tick_until(london(2025, 12, 24), timedelta(hours=9))

        assert world.ending(amina) == ("refusal", "830")
        assert world.sms.texts == []
        assert not world.tracked(amina)

    def test_after_an_answer_keeps_the_answer(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()

        world.writes(AMINA, "4", "stop texting me please")

        assert world.ending(amina) == ("partial", "310")
        assert world.codes(amina) == ["310"]
        assert not world.tracked(amina)

    def test_before_the_next_try_cancels_it(self, world):
        world.meet("Amina Yusuf", AMINA)
        world.tick()
        world.tick_until(london(2025, 11, 8, 7), timedelta(hours=3))

        world.says(AMINA, "unsubscribe")
        world.tick_until(london(2025, 11, 20), timedelta(hours=3))

        assert len(world.sms.texts) == 2
        assert "won't get any more" in world.sms.texts[-1].body

    def test_is_undone_by_start_but_never_by_yes(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()
        world.writes(AMINA, "STOP")

        assert world.writes(AMINA, "YES") == []
        assert not world.tracked(amina)
        (welcome,) = world.writes(AMINA, "START")

        assert "Welcome back" in welcome
        assert world.tracked(amina)
        assert world.ending(amina) == ("refusal", "830")
        world.tick_until(london(2025, 12, 24), timedelta(hours=9))
        assert len(world.sms.texts) == 3
        world.tick_until(london(2026, 1, 8), timedelta(hours=9))
        assert len(world.sms.texts) == 4


def test_help_is_answered_and_changes_nothing(world):
    amina = world.meet("Amina Yusuf", AMINA)
    world.tick()

    (said,) = world.writes(AMINA, "HELP")

    assert "Cansfield" in said
    assert "Miss Okafor" in said
    assert world.attempts(amina) == [(1, "waiting", None)]
    assert world.codes(amina) == []


class TestALateReply:
    def test_makes_a_new_ending_and_a_destination_dated_by_its_arrival(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick_until(london(2025, 11, 24), timedelta(hours=3))
        assert world.ending(amina) == ("non_contact", "810")
        world.at(london(2025, 12, 10, 20))

        said = world.writes(AMINA, "sorry only seen this, im at carmel college doing plumbing")

        assert len(said) == 1
        assert world.ending(amina)[1] == "230"
        assert len(world.endings(amina)) == 2
        assert world.codes(amina) == ["810", "230"]
        known = world.destinations(amina)[-1].known_since
        assert known.astimezone(LONDON).date() == london(2025, 12, 10).date()
        world.tick_until(london(2025, 12, 24), timedelta(hours=9))
        assert len(world.sms.texts) == 4

    def test_that_comes_too_late_is_for_staff(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.at(london(2026, 7, 6, 16))
        world.tick_until(london(2026, 7, 24), timedelta(hours=3))
        case = world.cases(amina)[-1]
        assert str(case.state) == "ended"
        world.at(case.ended_at + timedelta(days=61))

        said = world.writes(AMINA, "2")

        assert said == []
        assert world.kinds(amina) == ["late_reply"]
        assert "230" not in world.codes(amina)


def test_a_stranger_is_left_alone_and_their_words_are_deleted(world):
    amina = world.meet("Amina Yusuf", AMINA)
    world.tick()

    (said,) = world.writes(AMINA, WRONG)
    world.tick_until(london(2025, 12, 1), timedelta(hours=9))

    assert "Sorry to have bothered you" in said
    assert world.standings(amina) == ["not_theirs"]
    assert "wrong_person" in world.kinds(amina)
    (reply,) = world.replies(amina)
    assert reply.text is None
    assert reply.reading.evidence == ()
    assert len(world.sms.texts) == 2
    assert world.codes(amina) == []


class TestWorry:
    def test_is_answered_with_help_and_stops_everything_until_somebody_has_looked(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()
        world.later(minutes=10)
        arrived = world.now

        (said,) = world.writes(AMINA, WORRY)

        assert "Samaritans" in said
        (flag,) = world.flags(amina)
        assert (flag.kind, flag.severity) == ("worry", "urgent")
        assert flag.due_at == arrived + timedelta(hours=2)
        world.tick_until(london(2025, 11, 20), timedelta(hours=3))
        assert len(world.sms.texts) == 2
        assert world.attempts(amina) == [(1, "waiting", None)]

    def test_lets_the_case_go_on_from_where_it_stood_once_staff_have_closed_the_flag(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()
        world.writes(AMINA, WORRY)
        world.at(london(2025, 11, 17, 10))

        world.closes(world.flags(amina)[0], Decision.NO_ANSWER_NEEDED)

        world.tick()
        assert len(world.sms.texts) == 2
        world.tick_until(london(2025, 11, 25), timedelta(hours=3))
        assert len(world.sms.texts) == 3
        assert gaps([world.sms.texts[0], world.sms.texts[2]])[0] >= 5 + 13

    def test_is_looked_for_in_an_answer_too(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()

        said = world.writes(AMINA, f"at college but {WORRY}")

        assert len(said) == 1
        assert "Samaritans" in said[0]
        assert world.kinds(amina) == ["worry"]

    def test_with_stop_takes_effect_as_both(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()

        (said,) = world.writes(AMINA, f"stop texting me. {WORRY}")

        assert "Samaritans" in said
        assert "won't text again" in said
        assert not world.tracked(amina)
        assert "worry" in world.kinds(amina)


def test_what_is_not_understood_is_asked_once_more_and_then_passed_on(world):
    amina = world.meet("Amina Yusuf", AMINA)
    world.tick()

    first = world.writes(AMINA, "hmm blah wibble")
    second = world.writes(AMINA, "wobble frrp")
    world.tick_until(london(2025, 11, 20), timedelta(hours=9))

    assert len(first) == 1
    assert "didn't quite get that" in first[0]
    assert len(second) == 1
    assert "will read it" in second[0]
    assert world.kinds(amina) == ["unclear"]
    assert len(world.sms.texts) == 3
    assert world.codes(amina) == []


class TestTwinsOnOnePhone:
    def test_are_asked_one_after_the_other(self, world):
        amina, amir = world.meet("Amina Yusuf", AMINA), world.meet("Amir Yusuf", AMINA)
        world.tick()
        assert len(world.sms.texts) == 1

        world.writes(AMINA, "2", "Carmel College", "plumbing level 2", "sept 2025", "2")
        world.tick_until(london(2025, 11, 4, 12), timedelta(hours=1))

        first = [who for who in (amina, amir) if world.codes(who)]
        assert [world.codes(who) for who in first] == [["230"]]
        asks = [text.body for text in world.sms.texts if "Reply STOP to opt out" in text.body]
        assert len(asks) == 2
        assert {name for name in ("Amina", "Amir") for ask in asks if f"Hi {name}," in ask} == {
            "Amina",
            "Amir",
        }
        world.writes(AMINA, "7")
        assert sorted(world.codes(amina) + world.codes(amir)) == ["230", "619"]

    def test_are_both_left_alone_after_a_stop(self, world):
        twins = [world.meet("Amina Yusuf", AMINA), world.meet("Amir Yusuf", AMINA)]
        world.tick()

        world.writes(AMINA, "STOP")
        world.tick_until(london(2025, 11, 20), timedelta(hours=9))

        assert len(world.sms.texts) == 2
        assert sorted(world.tracked(who) for who in twins) == [False, True]
        other = next(who for who in twins if world.tracked(who))
        assert "shared_stop" in world.kinds(other)


def test_a_number_nobody_gave_us_is_kept_for_staff(world):
    assert world.says(STRANGER, "who is this?") == 204
    world.tick()

    assert world.kinds() == ["unknown_sender"]
    assert world.sms.texts == []
