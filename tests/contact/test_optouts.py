"""Where Twilio's block list and ours differ, as far as Twilio shows it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from contact.consent import Purpose
from contact.message import Delivery
from contact.optouts import Side, differences
from storage.memory import open_memory
from tests.memories import master_key, sqlite_template, sqlite_url, vault
from tests.storage.cast import NOW, add, message, reply, seen, somebody, written

__all__ = ["master_key", "sqlite_template", "sqlite_url", "vault"]


@pytest.fixture
def memory(sqlite_url, vault) -> Iterator[object]:
    opened = open_memory(sqlite_url, vault)
    yield opened
    opened.close()


def _amina(work):
    """Amina, who was never written to; her number."""
    who = add(work, somebody())
    return work.addresses.of(who)[0]


def _refused(work, address, hours, code="21610"):
    at = NOW + timedelta(hours=hours)
    work.messages.plan(
        message(
            address.alumnus, address=address.id, delivery=Delivery.UNDELIVERABLE,
            claimed_at=at, settled_at=at, code=code,
        )
    )  # fmt: skip


def _accepted(work, address, hours):
    at = NOW + timedelta(hours=hours)
    work.messages.plan(
        message(address.alumnus, address=address.id, delivery=Delivery.ACCEPTED, accepted_at=at)
    )


def _said(work, address, hours, text):
    at = NOW + timedelta(hours=hours)
    work.replies.keep(reply(address.endpoint, address.alumnus, received_at=at, text=text))


def _withdrew(work, address):
    work.consents.withdraw(address.alumnus, [Purpose.TRACKING], NOW, "staff")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([], [], id="never written to"),
        pytest.param([(_accepted, 1)], [], id="written to"),
        pytest.param([(_refused, 1)], [(Side.TWILIO, "21610")], id="refused as blocked"),
        pytest.param([(_refused, 1, "30003")], [], id="refused for something else"),
        pytest.param([(_refused, 1), (_accepted, 2)], [], id="taken again since"),
        pytest.param([(_accepted, 2), (_refused, 1)], [], id="in any order"),
        pytest.param([(_said, 1, " Stop ")], [(Side.TWILIO, "keyword")], id="a stop we missed"),
        pytest.param([(_said, 1, "stop"), (_said, 2, "START")], [], id="a start after it"),
        pytest.param([(_said, 1, "please stop texting me")], [], id="no keyword of Twilio's"),
        pytest.param([(_withdrew,)], [(Side.OURS, None)], id="told staff"),
        pytest.param([(_withdrew,), (_said, 1, "stop")], [], id="said stop, and both know"),
        pytest.param(
            [(_withdrew,), (_said, 1, "stop"), (_said, 2, "yes")],
            [(Side.OURS, "keyword")],
            id="yes opens Twilio's and never ours",
        ),
    ],
)
def test_which_numbers_differ(memory, events, expected):
    address = written(memory, _amina)
    for event, *facts in events:
        written(memory, lambda work, event=event, facts=facts: event(work, address, *facts))

    found = seen(memory, lambda work: list(differences(work)))

    told = [(each.only, each.evidence.what if each.evidence else None) for each in found]
    assert told == expected


def test_a_difference_names_the_person_and_never_the_number(memory):
    person = somebody()
    written(memory, add, person)
    written(memory, lambda work: _refused(work, work.addresses.of(person.id)[0], 1))

    (found,) = seen(memory, lambda work: list(differences(work)))

    assert found.alumnus == person.reference
    assert "7700900" not in repr(found)
