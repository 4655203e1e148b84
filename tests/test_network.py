"""The tests stay on this machine."""

import socket

import pytest

from tests.network import NetworkForbidden, is_here


@pytest.mark.parametrize(
    ("host", "here"),
    [
        pytest.param("127.0.0.1", True, id="loopback"),
        pytest.param("127.8.8.8", True, id="any loopback"),
        pytest.param("::1", True, id="loopback in IPv6"),
        pytest.param("localhost", True, id="by its name"),
        pytest.param("0.0.0.0", True, id="whatever address we have"),
        pytest.param(None, True, id="no host"),
        pytest.param("192.0.2.1", False, id="another machine"),
        pytest.param("10.0.0.1", False, id="a neighbour"),
        pytest.param("2001:db8::1", False, id="another machine in IPv6"),
        pytest.param("api.example.org", False, id="a name to look up"),
        pytest.param("localhost.example.org", False, id="a name that only begins well"),
    ],
)
def test_which_hosts_are_this_machine(host, here):
    assert is_here(host) is here


def connect() -> None:
    """Connect to another machine."""
    with socket.socket() as one:
        one.connect(("192.0.2.1", 9))


def send() -> None:
    """Send a datagram to another machine."""
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.sendto(b"hello", ("192.0.2.1", 9))


def look_up() -> None:
    """Ask what a name means."""
    socket.getaddrinfo(b"api.example.org", 443)


@pytest.mark.parametrize(
    ("leave", "asked_for"),
    [
        pytest.param(connect, "192.0.2.1", id="by a connection"),
        pytest.param(send, "192.0.2.1", id="by a datagram"),
        pytest.param(look_up, "api.example.org", id="by a name"),
    ],
)
def test_nothing_leaves_the_machine(network_guard, leave, asked_for):
    with pytest.raises(NetworkForbidden, match=asked_for):
        leave()

    assert network_guard.attempts == [asked_for]
    network_guard.attempts.clear()  # meant, for once


def test_a_connection_on_this_machine_is_free(network_guard):
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        client.sendall(b"hello")

    assert network_guard.attempts == []
