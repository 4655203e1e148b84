"""One process of the service that may be killed at any of eleven points of a message's way.

python -m tests.followup.crew.member CONFIG ROLE LEASE CHANCE DEATHS

``CHANCE`` is how likely it dies at each point, or the name of the one point at
which it surely does; before it dies it adds the point's name to the file
``DEATHS``. The rest is the service itself.
"""

import asyncio
import os
import random
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from contact.address import ChannelName
from contact.outcome import Claimed, Outcome
from followup.crew import Role, serve_as
from followup.logs import set_up
from followup.serving import serve
from followup.wiring import House
from storage.memory import open_memory

#: What is worth dying before and after.
DEEDS = ("claim_planned", "still_wanted", "record", "receive")
#: What is worth dying in, when all is done but committed.
WITHIN = ("receive",)


class Fate:
    """Whether the process dies now."""

    def __init__(self, chance: str, deaths: Path) -> None:
        self._sure = chance if chance.replace(" ", "").replace("_", "").isalpha() else None
        self._chance = 0.0 if self._sure else float(chance)
        self._deaths = deaths

    def meets(self, point: str) -> None:
        if point == self._sure or random.random() < self._chance:
            with self._deaths.open("a") as file:
                file.write(f"{point}\n")
            os.kill(os.getpid(), signal.SIGKILL)


def mortal(memory: Any, fate: Fate) -> Any:
    """The same memory, in which a transaction may be the last."""

    class Mortal(type(memory)):  # type: ignore[misc]
        def write(self, use_case: Any, *args: Any, **kwargs: Any) -> Any:
            return _watched(super().write, fate, use_case, *args, **kwargs)

        def read(self, query: Any, *args: Any, **kwargs: Any) -> Any:
            return _watched(super().read, fate, query, *args, **kwargs)

    memory.__class__ = Mortal
    return memory


def _watched(run: Any, fate: Fate, what: Any, *args: Any, **kwargs: Any) -> Any:
    if what.__name__ not in DEEDS:
        return run(what, *args, **kwargs)
    fate.meets(f"before {what.__name__}")
    whole = _breaking_off(what, fate) if what.__name__ in WITHIN else what
    answer = run(whole, *args, **kwargs)
    answer.add_done_callback(lambda _: fate.meets(f"after {what.__name__}"))
    return answer


def _breaking_off(what: Any, fate: Fate) -> Any:
    """The same transaction, which may end for ever when nothing of it is missing but its commit."""

    def use_case(work: Any, *args: Any, **kwargs: Any) -> Any:
        answer = what(work, *args, **kwargs)
        fate.meets(f"before the commit of {what.__name__}")
        return answer

    return use_case


class MortalSms:
    """The gateway, at which a send may be the last thing that is done."""

    def __init__(self, channel: Any, fate: Fate) -> None:
        self._channel = channel
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def send(self, message: Claimed) -> Outcome:
        self._fate.meets("before send")
        outcome: Outcome = await self._channel.send(message)
        self._fate.meets("after send")
        return outcome


class MortalHouse(House):
    """The house, with what is mortal in it."""

    fate: Fate

    def channels(self) -> Any:
        return {ChannelName.SMS: MortalSms(super().channels()[ChannelName.SMS], self.fate)}


def main(config: str, role: str, lease: str, chance: str, deaths: str) -> None:
    house = MortalHouse.at(Path(config))
    set_up("error")
    fate = Fate(chance, Path(deaths))
    house.__dict__["fate"] = fate
    # The lease is the desk's; everything else is as the settings say.
    house.__dict__["desk"] = replace(house.desk, lease=timedelta(seconds=float(lease)))
    house.__dict__["memory"] = mortal(open_memory(house.settings.database_url, house.vault), fate)
    sqlite = house.settings.database_url.startswith("sqlite")
    asyncio.run(serve(house) if sqlite else serve_as(house, Role(role)))
    house.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
