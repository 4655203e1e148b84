"""What was said comes back as it was, on either database."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName
from contact.conversation import Talk
from contact.destination import Destination, Source
from contact.message import Delivery, MessageKind
from contact.reply import Earlier, Label, Reading, Slots
from tests.storage.cast import (
    LATER,
    NOW,
    TODAY,
    attempt,
    conversation,
    message,
    reply,
    seen,
    written,
)


class TestMessages:
    def test_a_message_comes_back_whole(self, memory, amina, case):
        written(memory, lambda work: work.attempts.plan(attempt(case)))
        said = message(
            amina,
            kind=MessageKind.ASK,
            case=case.id,
            attempt=1,
            text="Hi Mina 👋",
            segments=2,
            school="cansfield",
            priority=0,
        )

        assert written(memory, lambda work: work.messages.plan(said))
        assert seen(memory, lambda work: work.messages.get(said.id)) == said
        assert seen(memory, lambda work: work.messages.of_case(case.id)) == [said]
        assert seen(memory, lambda work: work.messages.of(amina)) == [said]

    def test_what_became_of_it_is_kept_whole(self, memory, amina):
        said = message(amina)
        written(memory, lambda work: work.messages.plan(said))
        where = seen(memory, lambda work: work.addresses.of(amina)[0].id)
        became = replace(
            said,
            delivery=Delivery.UNSURE,
            address=where,
            channel=ChannelName.TELEGRAM,
            text="",
            segments=1,
            not_before=LATER,
            lease_until=LATER,
            claimed_at=NOW,
            unsure_since=LATER,
            accepted_at=LATER,
            settled_at=LATER,
            provider_id="SM1",
            code="30003",
            detail="no_trace",
        )

        assert written(memory, lambda work: work.messages.save(became, Delivery.PLANNED))
        assert not written(memory, lambda work: work.messages.save(said, Delivery.PLANNED))
        assert seen(memory, lambda work: work.messages.get(said.id)) == became
        by = seen(memory, lambda work: work.messages.by_provider(ChannelName.TELEGRAM, "SM1"))
        assert by == became
        assert seen(memory, lambda work: work.messages.unsure()) == [became]

    def test_answers_to_replies_go_before_what_we_start(self, memory, amina):
        old, new = message(amina), message(amina, not_before=NOW + timedelta(minutes=1))
        answer, early = message(amina, priority=0), message(amina, not_before=LATER)

        def plan(work):
            for each in (old, new, answer, early):
                work.messages.plan(each)

        written(memory, plan)

        def planned(work, most):
            return [each.id for each in work.outbox.due(NOW + timedelta(minutes=5), most)]

        assert written(memory, planned, 10) == [answer.id, old.id, new.id]
        assert written(memory, planned, 1) == [answer.id]

    def test_a_lease_that_ran_out_is_seen(self, memory, amina):
        def claim(work):
            for until in (NOW, LATER):
                one = message(amina, delivery=Delivery.SENDING, lease_until=until)
                work.messages.plan(one)

        written(memory, claim)

        expired = seen(memory, lambda work: work.messages.expired(NOW))
        assert [each.lease_until for each in expired] == [NOW]

    def test_the_cap_and_the_budget_count_what_was_claimed_for_the_school(self, memory, amina):
        def claim(work):
            for changes in (
                {"kind": MessageKind.NUDGE, "segments": 2},
                {"kind": MessageKind.THANKS, "segments": 1},
                {"kind": MessageKind.NUDGE, "segments": 8, "delivery": Delivery.CANCELLED},
                {"kind": MessageKind.NUDGE, "segments": 4, "channel": ChannelName.TELEGRAM},
                {"kind": MessageKind.NUDGE, "segments": 16, "school": "lha"},
                {"kind": MessageKind.NUDGE, "segments": 32, "claimed_at": NOW - timedelta(days=1)},
            ):
                whole = {"claimed_at": NOW, "school": "cansfield", **changes}
                work.messages.plan(message(amina, **whole))

        written(memory, claim)

        assert seen(memory, lambda work: work.messages.asked_since("cansfield", NOW)) == 2
        assert seen(memory, lambda work: work.messages.segments_since("cansfield", NOW)) == 3
        assert seen(memory, lambda work: work.messages.segments_since("nowhere", NOW)) == 0

    @pytest.mark.parametrize("code", ["30003", None])
    def test_a_receipt_is_kept_once_even_for_a_message_nobody_knows(self, memory, code):
        def keep(work):
            return work.messages.keep_receipt(None, "SM1", "undelivered", code, NOW)

        assert [written(memory, keep), written(memory, keep)] == [True, False]


class TestReplies:
    READING = Reading(
        Label.FE_COLLEGE,
        "230",
        0.93,
        review=True,
        slots=Slots(provider="Carmel College", level="3"),
        flags=(Label.DISTRESS,),
        evidence=("college",),
        guesses=(Label.SIXTH_FORM,),
        choice=2,
        later=True,
    )

    @pytest.mark.parametrize("text", ["1", "", "żółć 🎓\n\x00", "\ud83d", "x" * 5000])
    def test_whatever_was_sent_comes_back(self, memory, amina, home, text):
        came = reply(home, amina, text=text, question="now", reading=self.READING)

        assert written(memory, lambda work: work.replies.keep(came))
        assert seen(memory, lambda work: work.replies.get(came.id)) == came
        assert seen(memory, lambda work: work.replies.of(amina)) == [came]

    def test_a_reply_finds_its_owner_later(self, memory, amina, home, case):
        came = reply(home, None, text="who is this?")
        written(memory, lambda work: work.replies.keep(came))
        known = replace(came, alumnus=amina, case=case.id, question="now", reading=self.READING)

        written(memory, lambda work: work.replies.save(known))

        assert seen(memory, lambda work: work.replies.get(came.id)) == known

    def test_a_deleted_text_is_gone_and_repeats_nothing(self, memory, amina, home):
        came = reply(home, amina, text="not me")
        written(memory, lambda work: work.replies.keep(came))
        written(memory, lambda work: work.replies.save(replace(came, text=None)))

        assert seen(memory, lambda work: work.replies.get(came.id)).text is None
        again = reply(home, amina, text="not me")
        assert seen(memory, lambda work: work.replies.lately(again, NOW)) == [Earlier(NOW, False)]

    def test_what_came_from_an_endpoint_is_counted_and_claimed(self, memory, amina, home):
        old, mine, new = (
            reply(home, None, received_at=NOW - timedelta(minutes=1)),
            reply(home, amina),
            reply(home, None),
        )

        def look(work):
            for each in (new, mine, old):
                work.replies.keep(each)
            return len(work.replies.lately(mine, NOW)), work.replies.unclaimed(home)

        assert written(memory, look) == (1, [old, new])

    def test_what_came_lately_says_whether_it_is_the_same(self, memory, amina, home):
        first, again = reply(home, amina, text="College"), reply(home, amina, text=" college ")
        other = reply(home, amina, text="uni", received_at=LATER)

        def look(work):
            for each in (first, again, other):
                work.replies.keep(each)
            return (
                work.replies.lately(again, NOW),
                work.replies.lately(other, NOW),
                work.replies.lately(again, NOW + timedelta(seconds=1)),
            )

        beside, different, later = written(memory, look)
        assert sorted(beside, key=lambda each: each.at) == [
            Earlier(NOW, True), Earlier(LATER, False),
        ]  # fmt: skip
        assert different == [Earlier(NOW, False)] * 2
        assert later == [Earlier(LATER, False)]


class TestConversations:
    def test_where_the_survey_stands_comes_back(self, memory, amina, case, home):
        talk = Talk("where", "leavers-1", {"now": "230"}, "230", "college", 1, True, 2, 4)
        opened = conversation(case, home, talk=talk, nudged_at=LATER)

        assert written(memory, lambda work: work.conversations.open(opened))
        assert seen(memory, lambda work: work.conversations.on(home)) == opened
        assert seen(memory, lambda work: work.conversations.with_(amina)) == opened
        assert seen(memory, lambda work: work.conversations.of_case(case.id)) == opened

    def test_a_closed_one_is_remembered_but_not_open(self, memory, amina, case, home):
        opened = conversation(case, home)
        closed = replace(
            opened, talk=Talk(None, "leavers-1"), updated_at=LATER, closed_at=LATER, nudged_at=NOW
        )
        written(memory, lambda work: work.conversations.open(opened))

        written(memory, lambda work: work.conversations.save(closed))

        assert seen(memory, lambda work: work.conversations.on(home)) is None
        assert seen(memory, lambda work: work.conversations.with_(amina)) is None
        assert seen(memory, lambda work: work.conversations.last_on(home)) == closed


class TestDestinations:
    def test_a_spell_comes_back_whole(self, memory, amina, case, home):
        came = reply(home, amina)
        spell = Destination(
            id=uuid4(),
            alumnus=amina,
            code="310",
            source=Source.ALUMNUS,
            known_since=NOW,
            case=case.id,
            reply=came.id,
            provider="Wirral Met",
            employer="Greggs",
            course="Bakery",
            level="3",
            start="2025-09",
            expected="18 months",
            ended_on=TODAY,
            by="Ms Okafor",
        )
        bare = Destination(uuid4(), amina, "230", Source.INTENDED, NOW - timedelta(days=90))

        def both(work):
            work.replies.keep(came)
            return [work.destinations.add(each) for each in (spell, bare)]

        assert written(memory, both) == [True, True]
        assert seen(memory, lambda work: work.destinations.of(amina)) == [bare, spell]
