"""What holds messages back is counted, and moved at one stroke, alike on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contact.address import ChannelName
from contact.message import Delivery, MessageKind
from contact.settling import SEEN_IN_LIST, SEEN_IN_RECEIPT
from tests.storage.cast import LATER, NOW, message, seen, written

SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
MINUTE = timedelta(minutes=1)


def planned(memory, who, **changes):
    """A message that is planned for ``cansfield``."""
    values = {"kind": MessageKind.NUDGE, "school": "cansfield", **changes}
    new = message(who, **values)
    assert written(memory, lambda work: work.messages.plan(new))
    return new


def becomes(memory, new, delivery):
    """It was claimed, and this became of it."""
    moved = replace(new, delivery=delivery, claimed_at=NOW)
    assert written(memory, lambda work: work.messages.save(moved, Delivery.PLANNED))


def stands(memory, new):
    found = seen(memory, lambda work: work.messages.get(new.id))
    return found.not_before, found.detail


def test_what_is_booked_is_counted_by_its_instant(memory, amina):
    for instant in (NOW, NOW, LATER):
        planned(memory, amina, not_before=instant)
    planned(memory, amina, school="elsewhere")
    planned(memory, amina, kind=MessageKind.QUESTION)
    becomes(memory, planned(memory, amina), Delivery.SENDING)

    booked = seen(memory, lambda work: work.messages.booked("cansfield"))

    assert sorted(booked) == [(NOW, 2), (LATER, 1)]


@pytest.mark.parametrize(
    ("detail", "marked"),
    [
        (None, "no_receipt"),
        (SEEN_IN_LIST, "seen_in_list, no_receipt"),
        (SEEN_IN_RECEIPT, "seen_in_receipt, no_receipt"),
        ("replied", "replied, no_receipt"),
    ],
)
def test_a_silence_is_noted_once_beside_how_it_became_known_to_have_left(
    memory, amina, detail, marked
):
    def taken(at, **changes):
        new = planned(memory, amina)
        moved = replace(new, delivery=Delivery.ACCEPTED, accepted_at=at, detail=detail, **changes)
        assert written(memory, lambda work: work.messages.save(moved, Delivery.PLANNED))
        return new

    old, young = taken(NOW), taken(LATER)

    def note():
        return written(memory, lambda work: work.messages.note_silence([SMS], NOW))

    assert (note(), note()) == (1, 0)
    assert (stands(memory, old)[1], stands(memory, young)[1]) == (marked, detail)


@pytest.mark.parametrize(
    ("delivery", "counts"),
    [
        (Delivery.SENDING, 1),
        (Delivery.UNSURE, 1),
        (Delivery.ACCEPTED, 1),
        (Delivery.DELIVERED, 1),
        (Delivery.UNDELIVERABLE, 1),
        (Delivery.FAILED, 0),
        (Delivery.CANCELLED, 0),
    ],
)
def test_what_never_left_uses_up_nothing_of_the_day(memory, amina, delivery, counts):
    becomes(memory, planned(memory, amina), delivery)

    assert seen(memory, lambda work: work.messages.asked_since("cansfield", NOW)) == counts


def test_a_channel_that_rests_puts_off_what_is_due_by_it_and_nothing_else(memory, amina):
    due, not_due = planned(memory, amina), planned(memory, amina, not_before=LATER + MINUTE)
    chat = planned(memory, amina, channel=TELEGRAM)

    moved = written(memory, lambda work: work.messages.put_off(SMS, NOW, LATER))

    assert moved == 1
    assert stands(memory, due) == (LATER, "channel_stopped")
    assert stands(memory, not_due) == (LATER + MINUTE, None)
    assert stands(memory, chat) == (NOW, None)


def test_a_channel_that_goes_on_brings_forward_only_what_waited_for_it(memory, amina):
    due, not_due = planned(memory, amina), planned(memory, amina, not_before=LATER)
    written(memory, lambda work: work.messages.put_off(SMS, NOW, LATER))

    moved = written(memory, lambda work: work.messages.bring_forward(SMS, NOW + MINUTE))

    assert moved == 1
    assert stands(memory, due)[0] == NOW + MINUTE
    assert stands(memory, not_due) == (LATER, None)
