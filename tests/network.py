"""A guard that keeps the tests on this machine.

It hears of every connection through Python's audit events, so nothing is
patched and nothing gets round it. An attempt fails at once; and since the
code under test may treat that as a gateway that is away, the test that made
it fails as well.
"""

import ipaddress
import sys
from typing import Any

_ADDRESS_IN = {"socket.connect": 1, "socket.sendto": 1}
_LOOKUP = "socket.getaddrinfo"
_HERE = frozenset({None, "", "localhost"})


class NetworkForbidden(RuntimeError):
    """A test tried to leave the machine."""


class Guard:
    """Refuses to leave the machine, and remembers who was asked for."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def install(self) -> None:
        """Stand guard for the rest of the process: an audit hook cannot be taken away."""
        sys.addaudithook(self)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hear of ``event``; NetworkForbidden where it leads away from this machine."""
        if event in _ADDRESS_IN:
            address = arguments[_ADDRESS_IN[event]]
            # The address of a socket in the file system is no tuple.
            if isinstance(address, tuple):
                self._allow(address[0])
        elif event == _LOOKUP:
            self._allow(arguments[0])

    def _allow(self, host: str | bytes | None) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if not is_here(name):
            self.attempts.append(str(name))
            raise NetworkForbidden(f"tests stay on this machine, and this one asked for {name}")


def is_here(host: str | None) -> bool:
    """Whether ``host`` is this machine: a loopback address, its name, or nothing at all."""
    if host in _HERE:
        return True
    try:
        address = ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
