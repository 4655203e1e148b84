"""A worker for whom it is always the same morning: python -m benchmarks.worker CONFIG INSTANT."""

import asyncio
import signal
import sys
from datetime import datetime
from pathlib import Path

from contact.dispatch import Turn, deliver
from followup.logs import set_up
from followup.passes import gateways
from followup.wiring import House
from storage.queue import Queue


async def _work(house: House, then: datetime) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with gateways(house) as channels:

        async def send(only, lane):
            turn = Turn(only, lane)
            await deliver(house.memory, channels, house.desk, lambda: then, turn=turn)

        await Queue(house.settings.database_url).work(send, stopping)


if __name__ == "__main__":
    _house = House.at(Path(sys.argv[1]))
    set_up("error")
    asyncio.run(_work(_house, datetime.fromisoformat(sys.argv[2])))
    _house.close()
