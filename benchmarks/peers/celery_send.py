"""Texts through Celery and Redis as a tutorial does it: load, post with the SDK, update.

python -m benchmarks.peers.celery_send GATEWAY DATABASE MESSAGES

Prints how many seconds it took from the first ``delay`` until the last row
was updated, the workers being up before. Needs celery, redis, sqlalchemy and
twilio, and ``redis-server`` on the path.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from celery import Celery
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from twilio.rest import Client

_ACCOUNT = "AC" + "5" * 32

app = Celery("peer", broker=os.environ.get("PEER_BROKER"))
app.conf.task_ignore_result = True
app.conf.broker_connection_retry_on_startup = True


class Base(DeclarativeBase):
    """The tables."""


class Message(Base):
    """A text to send."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="planned")
    sid: Mapped[str | None]


def _engine(url):
    engine = create_engine(url)
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _durable)
    return engine


def _durable(connection, _record):
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=10000")


_state = {}


def _tools():
    """Made once in each worker's process."""
    if not _state:
        client = Client(_ACCOUNT, "token")
        client.api.base_url = os.environ["PEER_GATEWAY"]
        _state["tools"] = client, _engine(os.environ["PEER_DATABASE"])
    return _state["tools"]


@app.task(name="send")  # it is started as a program too, which has another name
def send(number):
    client, engine = _tools()
    with Session(engine) as session:
        message = session.get(Message, number)
        phone, body = message.phone, message.body
    sent = client.messages.create(
        to=phone, from_="+447700900001", body=body,
        status_callback=f"https://followup.example.org/webhooks/twilio/status?message={number}",
    )  # fmt: skip
    with Session(engine) as session:
        message = session.get(Message, number)
        message.state, message.sid = "sent", sent.sid
        session.commit()


def _main(gateway, database, messages):
    folder = tempfile.mkdtemp(prefix="peer-")
    broker = f"redis+socket://{folder}/redis"
    os.environ |= {"PEER_GATEWAY": gateway, "PEER_DATABASE": database, "PEER_BROKER": broker}
    app.conf.broker_url = broker
    engine = _engine(database)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(_texts(messages))
        session.commit()
    redis = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", f"{folder}/redis", "--save", ""],
        cwd=folder, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        print(json.dumps({"seconds": _timed(folder, engine, messages)}))
    finally:
        redis.terminate()
        redis.wait(20)
        shutil.rmtree(folder)


def _texts(messages):
    said = "Hi Somebody, this is Cansfield. What are you doing now? Reply with a number."
    return [Message(phone=f"+447700900{n % 1000:03}", body=said) for n in range(messages)]


def _timed(folder, engine, messages):
    deadline = time.monotonic() + 120
    while not Path(folder, "redis").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    module = "benchmarks.peers.celery_send"
    command = [sys.executable, "-m", "celery", "-A", module, "worker", "--loglevel", "error"]
    command += ["--concurrency", str(os.cpu_count())]
    quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
    workers = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=quiet)
    try:
        while not app.control.ping(timeout=0.5) and time.monotonic() < deadline:
            time.sleep(0.1)
        begun = time.perf_counter()
        for number in range(1, messages + 1):
            send.delay(number)
        while _left(engine) and time.monotonic() < deadline:
            time.sleep(0.02)
        took = time.perf_counter() - begun
        if _left(engine):
            sys.exit("Celery did not finish in two minutes")
        return took
    finally:
        workers.terminate()
        workers.wait(30)


def _left(engine):
    with Session(engine) as session:
        waiting = select(func.count()).where(Message.state == "planned")
        return session.scalar(waiting)


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
