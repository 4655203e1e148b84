"""A term in seconds: the real engine, the real bot and the real ledger, on a virtual clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.replies import receive
from contact.address import ChannelName
from contact.dispatch import deliver
from contact.reply import Inbound
from contact.settling import settle_receipt
from followup.passes import run_pass
from followup.tour.phones import Phones
from followup.wiring import House
from scheduler.rehearsal import VirtualClock, next_instant

#: Nothing comes at the same instant at which it was sent.
_MOMENT = timedelta(seconds=1)


async def rehearse(
    house: House,
    phones: Phones,
    clock: VirtualClock,
    until: datetime,
    progress: Callable[[datetime], None] = lambda _: None,
) -> None:
    """Run the service from the clock's present until ``until``.

    What a running service does: a pass whenever one has something to do, and
    every reply answered as it comes. ``progress`` is told the virtual time.
    """
    channels = {ChannelName.SMS: phones}
    look = clock()
    while clock() < until:
        if clock() >= look:
            await run_pass(house, channels, clock)
        await _take_in(house, phones, clock)
        look = await house.memory.read(next_instant, house.plans, clock())
        coming = phones.next_at() or look
        clock.jump(min(until, max(min(look, coming), clock() + _MOMENT)))
        progress(clock())
    await run_pass(house, channels, clock)


async def _take_in(house: House, phones: Phones, clock: VirtualClock) -> None:
    """Receipts and replies that have come, and our answers to them."""
    events = phones.arrived()
    for event in events:
        if isinstance(event.what, Inbound):
            await house.memory.write(receive, event.what, house.desk, house.speech, clock())
        else:
            await house.memory.write(
                settle_receipt, None, ChannelName.SMS, event.what, clock(), house.schools
            )
    if any(isinstance(event.what, Inbound) for event in events):
        await deliver(house.memory, {ChannelName.SMS: phones}, house.desk, clock)
