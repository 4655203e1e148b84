"""Signed webhooks through the whole service, against a textbook survey on Flask and SQLAlchemy.

python -m benchmarks.inbound

Each round posts a first answer for each of 900 people who were asked, over 16
connections; then the same at 200 requests a second, whether answered or not.
"""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.outbound import PEOPLE, house_at, send_all
from benchmarks.peer import ROOT, NotHere, gateway, python_with
from benchmarks.startup import FOLLOWUP
from benchmarks.table import Row, median, skipped

_ROUNDS = 3
_CONNECTIONS = 16
_RATE = 200
_TOKEN = "a-token-nobody-uses"
#: The webhooks as any ASGI server runs them: they take in, and another process sends.
_WEB = """
import sys, uvicorn
from followup.web import create_app
uvicorn.run(create_app(sys.argv[1]), port=int(sys.argv[2]), log_level="error", access_log=False)
"""
_URL = "https://followup.example.org/webhooks/twilio/inbound"


def measure() -> list[Row]:
    """Ours and Flask's in turns."""
    ours, flasks = [], []
    with tempfile.TemporaryDirectory() as folder, gateway() as api_base:
        for number in range(_ROUNDS):
            ours.append(_our_turn(Path(folder) / f"ours{number}", api_base))
            try:
                flasks.append(_flasks_turn(Path(folder) / f"flask{number}.db"))
            except NotHere as missing:
                skipped("inbound against Flask", str(missing))
    return _rows(ours, flasks)


def _rows(ours: list[dict[str, float]], flasks: list[dict[str, float]]) -> list[Row]:
    rate, p99 = _of(ours, "rate"), _of(ours, "p99")
    steady, memory = _of(ours, "steady p99"), _of(ours, "memory")
    rows = []
    if flasks:
        theirs, worst = _of(flasks, "rate"), _of(flasks, "p99")
        beside = f"ours {rate:.0f}/s, Flask {theirs:.0f}/s"
        rows.append(
            Row("webhooks, 16 at once (rate of Flask)", rate / theirs, 3, 6, beside, more=True)
        )
        beside = f"ours {p99:.1f} ms, Flask {worst:.1f} ms"
        rows.append(Row("webhooks, 16 at once (p99 of Flask's)", p99 / worst, 0.25, 0.25, beside))
    sending = (
        f"while it sends: {_of(ours, 'whole rate'):.0f}/s, p99 {_of(ours, 'whole p99'):.1f} ms"
    )
    beside = f"{_RATE} requests/s whether answered or not; {sending}"
    rows.append(Row("webhooks, open loop: p99 in ms", steady, 25, 10, beside))
    rows.append(Row("memory of the service under load: PSS in MB", memory, 130, 105, "SMS"))
    return rows


def _of(rounds: list[dict[str, float]], name: str) -> float:
    return median([each[name] for each in rounds])


def _our_turn(folder: Path, api_base: str) -> dict[str, float]:
    house = house_at(folder, "sqlite:///followup.db", api_base)
    asyncio.run(send_all(house))
    port = _free_port()
    text = house.settings.folder.joinpath("config.toml").read_text()
    settings = folder / "config.toml"
    settings.write_text(text.replace("[service]", f'[service]\nlisten = "127.0.0.1:{port}"', 1))
    house.close()
    with _running([sys.executable, "-c", _WEB, str(settings), str(port)], port):
        figures = _load(port)
    with _running([*FOLLOWUP, "serve", "--config", str(settings)], port) as process:
        whole = _load(port)
        figures["memory"] = _pss(process.pid)
    figures |= {"whole rate": whole["rate"], "whole p99": whole["steady p99"]}
    return figures


def _flasks_turn(database: Path) -> dict[str, float]:
    python = python_with("flask", "sqlalchemy", "waitress", "twilio")
    port = _free_port()
    module = "benchmarks.peers.flask_survey"
    with _running([python, "-W", "ignore", "-m", module, f"sqlite:///{database}", str(port)], port):
        return _load(port)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server, from its first answer on; asked to stop at the end."""
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise NotHere("the server did not come up within a minute")


def _load(port: int) -> dict[str, float]:
    """Half of the people at once over 16 connections, the other half at a steady rate."""
    return asyncio.run(_both(port))


async def _both(port: int) -> dict[str, float]:
    half = PEOPLE // 2
    requests = [_request(number) for number in range(PEOPLE)]
    await _closed(port, requests[:20])
    begun = time.perf_counter()
    took = await _closed(port, requests[20:half])
    rate = (half - 20) / (time.perf_counter() - begun)
    steady = await _open(port, requests[half:])
    return {"rate": rate, "p99": _p99(took), "steady p99": _p99(steady)}


def _p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)] * 1000


async def _closed(port: int, requests: list[bytes]) -> list[float]:
    """Each connection sends its next request when the last is answered."""
    waiting, took = iter(requests), []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            took.append(await _ask(reader, writer, request))  # noqa: PERF401
        writer.close()

    await asyncio.gather(*(one() for _ in range(_CONNECTIONS)))
    return took


async def _open(port: int, requests: list[bytes]) -> list[float]:
    """A request each 1/200 s; a time counts from when it should have been sent."""
    took: list[float] = []
    idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(64):
        idle.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    begun = time.perf_counter()

    async def one(number: int, request: bytes) -> None:
        due = begun + number / _RATE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        reader, writer = await idle.get()
        await _ask(reader, writer, request)
        took.append(time.perf_counter() - due)
        idle.put_nowait((reader, writer))

    await asyncio.gather(*(one(number, each) for number, each in enumerate(requests)))
    while not idle.empty():
        idle.get_nowait()[1].close()
    return took


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> float:
    begun = time.perf_counter()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    # Ours answers 204, a tutorial an empty TwiML document.
    await reader.readexactly(_length(head))
    if not head.startswith(b"HTTP/1.1 20"):
        raise NotHere(f"a webhook was answered {head.splitlines()[0].decode()}")
    return time.perf_counter() - begun


def _length(head: bytes) -> int:
    found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    return int(found.group(1)) if found else 0


def _request(number: int) -> bytes:
    """A first answer from a person, as Twilio posts and signs it."""
    from tests.fakes.twilio_gateway import ACCOUNT, signed

    sid = f"SM{uuid4().hex}"
    fields = {
        "ToCountry": "GB", "SmsMessageSid": sid, "NumMedia": "0", "SmsSid": sid, "Body": "2",
        "SmsStatus": "received", "FromCountry": "GB", "To": "+447700900999", "NumSegments": "1",
        "MessageSid": sid, "AccountSid": ACCOUNT, "From": f"+447700900{number:03}",
        "ApiVersion": "2010-04-01",
    }  # fmt: skip
    body = urlencode(fields).encode()
    headers = signed(_URL, fields.items(), _TOKEN)
    lines = ["POST /webhooks/twilio/inbound HTTP/1.1", "Host: followup.example.org"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def _pss(process: int) -> float:
    """The proportional set size of a process in MB."""
    told = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    return int(told.split("\nPss:")[1].split()[0]) / 1024


if __name__ == "__main__":
    from benchmarks.table import show

    show(measure())
