"""What is stored comes back as it was, on either database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName, Standing
from contact.alumnus import Cohort, KeyStage, Membership, Profile
from contact.attempt import AttemptState
from contact.audit import Deed
from contact.case import CaseState, Disposition, Ending
from contact.consent import Purpose
from contact.errors import UnknownReference
from contact.flag import Decision, FlagKind, NewFlag, Severity
from contact.standing import ChannelStop
from tests.storage.cast import (
    AMINA_PHONE,
    COHORT,
    LATER,
    NOW,
    TODAY,
    WINDOW,
    add,
    address,
    attempt,
    consent,
    open_case,
    reply,
    seen,
    somebody,
    written,
)


class TestAlumni:
    def test_somebody_comes_back_whole(self, memory):
        person = somebody(held_since=LATER)

        written(memory, lambda work: work.alumni.add(person, "key"))

        assert seen(memory, lambda work: work.alumni.get(person.id)) == person

    def test_what_is_not_known_stays_unknown(self, memory):
        person = somebody(profile=Profile("Ben"), as_of=None)

        written(memory, lambda work: work.alumni.add(person, None))

        assert seen(memory, lambda work: work.alumni.get(person.id)) == person

    @pytest.mark.parametrize("typed", ["{ref}", " {ref} ", "{low}", "{bare}"])
    def test_a_reference_is_forgiving(self, memory, typed):
        person = somebody(reference="A7K3-Q2M9")
        written(memory, lambda work: work.alumni.add(person, None))
        asked = typed.format(ref="A7K3-Q2M9", low="a7k3-q2m9", bare="A7K3Q2M9")

        assert seen(memory, lambda work: work.alumni.by_reference(asked)) == person
        assert seen(memory, lambda work: work.alumni.by_reference("A7K3-Q2M8")) is None

    def test_the_same_person_is_known_again_in_their_school_only(self, memory):
        person = somebody()
        written(memory, lambda work: work.alumni.add(person, "amina|2009-03-14"))

        def known(work):
            names = [("cansfield", "amina|2009-03-14"), ("lha", "amina|2009-03-14")]
            return [work.alumni.matching(*each) for each in names]

        assert seen(memory, known) == [person, None]

    def test_a_change_is_kept_and_moves_the_match(self, memory):
        person = somebody()
        written(memory, lambda work: work.alumni.add(person, "old"))
        married = replace(
            person, profile=Profile("Amina Khan"), as_of=LATER, held_since=NOW, reference="IGNORED"
        )

        written(memory, lambda work: work.alumni.save(married, "new"))

        stored = replace(married, reference=person.reference)
        assert seen(memory, lambda work: work.alumni.get(person.id)) == stored
        assert seen(memory, lambda work: work.alumni.matching("cansfield", "old")) is None
        assert seen(memory, lambda work: work.alumni.matching("cansfield", "new")) == stored

    def test_everybody_can_be_read_school_by_school(self, memory):
        here, there = somebody(), somebody("Ben", school="lha")

        def both(work):
            work.alumni.add(here, None)
            work.alumni.add(there, None)

        written(memory, both)

        assert seen(memory, lambda work: list(work.alumni.everybody("lha"))) == [there]
        everybody = seen(memory, lambda work: list(work.alumni.everybody()))
        assert {each.id for each in everybody} == {here.id, there.id}

    def test_reading_everybody_leaves_the_transaction_as_it_was(self, memory, amina):
        def twice(work):
            streamed = [person.id for person in work.alumni.everybody()]
            work.alumni.lock(amina)
            return streamed, work.alumni.get(amina).id

        assert written(memory, twice) == ([amina], amina)

    def test_a_hold_is_set_once_and_released_once(self, memory, amina):
        def hold(work):
            return work.alumni.hold(amina, LATER)

        def release(work):
            return work.alumni.release(amina)

        assert [written(memory, each) for each in (hold, hold)] == [True, False]
        assert seen(memory, lambda work: work.alumni.get(amina)).held_since == LATER
        assert [written(memory, each) for each in (release, release)] == [True, False]
        assert seen(memory, lambda work: work.alumni.get(amina)).held_since is None

    def test_nobody_is_nobody(self, memory):
        assert seen(memory, lambda work: work.alumni.get(uuid4())) is None
        assert seen(memory, lambda work: list(work.alumni.everybody("nowhere"))) == []


class TestCohorts:
    def test_an_alumnus_may_be_in_two(self, memory, amina):
        later = Membership(amina, Cohort("cansfield", KeyStage.KS5, 2027), retained=True)

        written(memory, lambda work: (work.cohorts.join(later), work.cohorts.join(later)))

        of = seen(memory, lambda work: work.cohorts.of(amina))
        assert sorted(of, key=lambda each: each.cohort.id) == [Membership(amina, COHORT), later]
        assert seen(memory, lambda work: work.cohorts.all()) == [COHORT, later.cohort]

    def test_a_sweep_holds_for_its_day_until_something_changes(self, memory, amina):
        def swept(work, day=TODAY):
            return work.cohorts.swept(COHORT.id, "y1-autumn", day)

        def mark(work, day):
            work.cohorts.mark_swept(COHORT.id, "y1-autumn", day)

        for day in (TODAY - timedelta(days=1), TODAY):
            written(memory, lambda work, day=day: mark(work, day))
        assert seen(memory, swept)
        assert not seen(memory, swept, TODAY + timedelta(days=1))

        written(memory, lambda work: work.cohorts.touch(amina))

        assert not seen(memory, swept)


class TestConsents:
    def test_a_permission_comes_back_with_its_evidence(self, memory, amina):
        shared = consent(amina, purpose=Purpose.SHARE_AUTHORITY, until=date(2026, 8, 31))
        written(memory, lambda work: work.consents.grant(shared))

        live = seen(memory, lambda work: work.consents.live(amina, Purpose.SHARE_AUTHORITY))

        assert live == replace(shared, id=live.id)
        assert seen(memory, lambda work: work.consents.live(amina, Purpose.ALUMNI_NEWS)) is None

    def test_a_withdrawal_ends_what_was_live_and_stays_as_history(self, memory, amina):
        asked = [Purpose.TRACKING, Purpose.ALUMNI_NEWS]

        def withdraw(work):
            return work.consents.withdraw(amina, asked, NOW, "sms STOP")

        assert written(memory, withdraw) == [Purpose.TRACKING]
        assert written(memory, withdraw) == []
        written(memory, lambda work: work.consents.grant(consent(amina, how="sms START")))

        old, new = seen(memory, lambda work: work.consents.of(amina))
        assert (old.withdrawn_at, old.withdrawn_how) == (NOW, "sms STOP")
        assert (new.withdrawn_at, new.how) == (None, "sms START")


class TestAddresses:
    def test_an_address_comes_back_in_its_order(self, memory, amina):
        def more(work):
            second = address(work, amina, "42", ChannelName.TELEGRAM, position=1, failures=2)
            work.addresses.add(second)
            return second

        second = written(memory, more)

        first, found = seen(memory, lambda work: work.addresses.of(amina))
        assert (first.value, found) == (AMINA_PHONE, second)
        assert seen(memory, lambda work: work.addresses.get(second.id)) == second

    def test_an_endpoint_is_met_once_and_found_by_what_it_is(self, memory, amina, home):
        def meet(work):
            again = work.addresses.meet(ChannelName.SMS, AMINA_PHONE, uuid4())
            as_chat = work.addresses.meet(ChannelName.TELEGRAM, AMINA_PHONE, uuid4())
            unknown = work.addresses.find(ChannelName.SMS, "+447700900999")
            return again.id, as_chat.id == again.id, unknown

        assert written(memory, meet) == (home, False, None)

    def test_a_dead_endpoint_is_dead_for_everybody_who_shares_it(self, memory, amina, home):
        twin = written(memory, add, somebody("Ben"))

        def dies(work):
            work.addresses.endpoint_stands(home, Standing.DEAD)
            return [work.addresses.of(who)[0].standing for who in (amina, twin)]

        assert written(memory, dies) == [Standing.DEAD, Standing.DEAD]

    def test_what_we_learn_of_an_address_is_about_it_alone(self, memory, amina, home):
        twin = written(memory, add, somebody("Ben"))

        def learn(work):
            ours = work.addresses.of(amina)[0]
            work.addresses.stands(ours.id, Standing.NOT_THEIRS, 2)
            return work.addresses.of(amina)[0], work.addresses.of(twin)[0]

        ours, theirs = written(memory, learn)
        assert (ours.standing, ours.failures) == (Standing.NOT_THEIRS, 2)
        assert theirs.standing is Standing.UNTRIED
        assert seen(memory, lambda work: work.addresses.sharers(home)) == [twin]
        assert seen(memory, lambda work: work.addresses.givers(home)) == sorted([amina, twin])

    def test_a_removed_address_leaves_its_endpoint(self, memory, amina, home):
        def remove(work):
            work.addresses.remove(work.addresses.of(amina)[0].id)
            return work.addresses.of(amina), work.addresses.find(ChannelName.SMS, AMINA_PHONE).id

        assert written(memory, remove) == ([], home)


class TestCases:
    def test_a_case_carries_the_terms_it_opened_under(self, memory, amina, case):
        assert (case.terms, case.wave, case.school) == (WINDOW.terms, "y1-autumn", "cansfield")
        assert (case.state, case.opened_at, case.act_at) == (CaseState.OPEN, NOW, NOW)
        assert seen(memory, lambda work: work.cases.get(case.id)) == case
        assert seen(memory, lambda work: work.cases.of(amina)) == [case]
        assert seen(memory, lambda work: work.cases.get(case.id + 1)) is None

    def test_the_clock_sees_what_is_due_the_longest_overdue_first(self, memory, case):
        ben = written(memory, add, somebody("Ben"), "+447700900002")
        late = replace(written(memory, open_case, ben), act_at=LATER)
        written(memory, lambda work: work.cases.save(late))

        def to_act(work):
            moments = (NOW - timedelta(seconds=1), NOW, LATER)
            return [[each.id for each in work.cases.to_act(now, 10)] for now in moments]

        assert seen(memory, to_act) == [[], [case.id], [case.id, late.id]]
        assert seen(memory, lambda work: len(work.cases.to_act(LATER, 1))) == 1

    def test_only_one_ends_a_case(self, memory, amina, case):
        ended = replace(case, state=CaseState.ENDED, act_at=None, ended_at=LATER)

        assert written(memory, lambda work: work.cases.save(ended))
        assert not written(memory, lambda work: work.cases.save(case))
        assert seen(memory, lambda work: work.cases.get(case.id)) == ended
        assert seen(memory, lambda work: work.cases.current(amina)) is None

    def test_a_later_ending_stands_last(self, memory, case):
        endings = [
            Ending(case.id, NOW, Disposition.NON_CONTACT, "three tries", "810"),
            Ending(case.id, LATER, Disposition.COMPLETE, "late reply"),
        ]

        for each in endings:
            written(memory, lambda work, each=each: work.cases.end(each))

        assert seen(memory, lambda work: work.cases.endings(case.id)) == endings

    def test_a_try_comes_back_as_it_became(self, memory, amina, case):
        where = seen(memory, lambda work: work.addresses.of(amina)[0].id)
        changed = attempt(
            case,
            state=AttemptState.FAILED,
            planned_for=LATER,
            channel="sms",
            address=where,
            asked_at=NOW,
            answer_by=LATER,
            ended_at=LATER,
            outcome="no_answer",
            by="Ms Okafor",
        )
        written(memory, lambda work: work.attempts.plan(attempt(case)))
        written(memory, lambda work: work.attempts.plan(attempt(case, 2)))

        written(memory, lambda work: work.attempts.save(changed))

        assert seen(memory, lambda work: work.attempts.of(case.id)) == [changed, attempt(case, 2)]


class TestFlags:
    def test_a_flag_is_opened_taken_and_closed(self, memory, amina, case, home):
        came = reply(home, amina)
        new = NewFlag(FlagKind.WORRY, "cansfield", NOW, LATER, amina, case.id, came.id)

        def raise_it(work):
            work.replies.keep(came)
            return work.flags.raise_(new)

        number = written(memory, raise_it)
        assert seen(memory, lambda work: work.flags.pausing(amina))
        assert written(memory, lambda work: work.flags.take(number, "Ms Okafor"))

        found = seen(memory, lambda work: work.flags.get(number))
        assert (found.severity, found.taken_by, found.reply) == (
            Severity.URGENT,
            "Ms Okafor",
            came.id,
        )
        closed = replace(
            found, closed_at=LATER, decision=Decision.CALL_MADE, closed_by="Ms Okafor", note="safe"
        )
        assert written(memory, lambda work: work.flags.close(closed))
        assert not written(memory, lambda work: work.flags.close(closed))
        assert not written(memory, lambda work: work.flags.take(number, "Mr Hall"))
        assert seen(memory, lambda work: work.flags.get(number)) == closed
        assert seen(memory, lambda work: work.flags.of(amina)) == [closed]
        assert not seen(memory, lambda work: work.flags.pausing(amina))

    def test_open_flags_are_listed_the_one_due_first_first(self, memory):
        later = NewFlag(FlagKind.UNKNOWN_SENDER, None, NOW, LATER, subject="a")
        sooner = NewFlag(FlagKind.CHANNEL_DOWN, None, NOW, NOW, subject="sms")

        def three(work):
            numbers = [work.flags.raise_(each) for each in (later, sooner, sooner)]
            first = work.flags.get(numbers[0])
            work.flags.close(replace(first, closed_at=NOW, note="", closed_by="x"))
            return numbers

        gone, kept, twice = written(memory, three)

        assert twice is None
        assert [each.id for each in seen(memory, lambda work: work.flags.list())] == [kept]
        assert seen(memory, lambda work: work.flags.count_open()) == 1
        everything = seen(memory, lambda work: work.flags.list(closed_too=True))
        assert [(each.id, each.note) for each in everything] == [(kept, None), (gone, "")]

    def test_deeds_are_kept_in_order(self, memory, amina):
        deeds = [
            Deed(NOW, "Ms Okafor", "person hold", amina, "case 3", "until exams"),
            Deed(LATER, "Ms Okafor", "person release", amina),
        ]

        for deed in deeds:
            written(memory, lambda work, deed=deed: work.audit.write(deed))

        assert seen(memory, lambda work: list(work.audit.of(amina))) == deeds


class TestHouse:
    def test_a_channel_rests_until_it_is_resumed(self, memory):
        first = ChannelStop(ChannelName.SMS, NOW, LATER, "20003")
        again = ChannelStop(ChannelName.SMS, LATER, None, "21606", 2)

        for stop in (first, again):
            written(memory, lambda work, stop=stop: work.house.stop(stop))

        assert seen(memory, lambda work: work.house.stops()) == {ChannelName.SMS: again}
        resumed = [written(memory, lambda work: work.house.resume(ChannelName.SMS)) for _ in "12"]
        assert resumed == [True, False]

    def test_the_last_heartbeat_counts(self, memory):
        for at in (NOW, LATER):
            written(memory, lambda work, at=at: work.house.beat("clock", at))

        assert seen(memory, lambda work: work.house.beaten("clock")) == LATER
        assert seen(memory, lambda work: work.house.beaten("worker")) is None

    def test_an_invitation_is_used_once_and_known_by_its_chat(self, memory, amina):
        written(memory, lambda work: work.house.invite("t0k3n", amina, NOW, LATER))

        def accept(work, chat):
            return work.house.accept_invitation("t0k3n", chat, NOW)

        assert [written(memory, accept, chat) for chat in ("42", "43")] == [True, False]
        found = seen(memory, lambda work: work.house.invitation("t0k3n"))
        assert (found.alumnus, found.expires_at, found.used_at) == (amina, LATER, NOW)

        def same(work):
            return [work.house.same_chat(found.used_by, chat) for chat in ("42", "43")]

        assert seen(memory, same) == [True, False]
        assert seen(memory, lambda work: work.house.invitation("other")) is None


def test_an_instant_comes_back_in_utc(memory):
    summer = datetime.fromisoformat("2025-07-01T09:00:00.123456+01:00")

    written(memory, lambda work: work.house.beat("clock", summer))

    back = seen(memory, lambda work: work.house.beaten("clock"))
    assert (back, back.tzinfo) == (summer, UTC)


def test_a_naive_instant_is_refused(memory):
    with pytest.raises(ValueError, match="naive"):
        written(memory, lambda work: work.house.beat("clock", datetime(2025, 7, 1, 9)))


def test_nothing_can_be_sealed_for_somebody_who_is_not_there(memory, home):
    with pytest.raises(UnknownReference):
        written(memory, lambda work: work.replies.keep(reply(home, uuid4())))
