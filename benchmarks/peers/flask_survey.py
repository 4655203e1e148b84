"""A survey over Twilio's webhook as a tutorial writes it: Flask, SQLAlchemy's ORM, one answer.

python -m benchmarks.peers.flask_survey DATABASE PORT

It does what ours does for a first answer: checks the signature, finds the
person by number, drops what came before, stores the reply and the answer, and
notes the next question to send. A thread for each request (waitress, 16).
"""

import sys
from datetime import UTC, datetime

from flask import Flask, abort, request
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from twilio.request_validator import RequestValidator
from waitress import serve

_PUBLIC = "https://followup.example.org"
_CODES = {"1": "210", "2": "220", "3": "230", "4": "310"}


class Base(DeclarativeBase):
    """The tables."""


class Person(Base):
    """Somebody who was asked."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(unique=True)
    question: Mapped[str] = mapped_column(default="activity")
    answered_at: Mapped[datetime | None]


class Reply(Base):
    """What came in."""

    __tablename__ = "reply"
    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str]
    at: Mapped[datetime]


class Destination(Base):
    """What it says."""

    __tablename__ = "destination"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    code: Mapped[str]
    at: Mapped[datetime]


class Outgoing(Base):
    """What is to be said next."""

    __tablename__ = "outgoing"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    line: Mapped[str]
    at: Mapped[datetime]


def make(database, token, people):
    """The application, on a fresh database with so many people."""
    engine = create_engine(database, connect_args={"timeout": 30})
    event.listen(engine, "connect", _durable)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Person(phone=f"+447700900{n:03}") for n in range(people))
        session.commit()
    app = Flask(__name__)
    validator = RequestValidator(token)

    @app.get("/healthz")
    def healthz():
        return "well"

    @app.post("/webhooks/twilio/inbound")
    def inbound():
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(f"{_PUBLIC}{request.path}", request.form, signature):
            abort(403)
        with Session(engine) as session:
            try:
                _take(session, request.form["MessageSid"], request.form["From"],
                      request.form["Body"].strip())  # fmt: skip
                session.commit()
            except IntegrityError:
                session.rollback()
        return "<Response/>", 200, {"Content-Type": "text/xml"}

    return app


def _durable(connection, _record):
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _take(session, sid, phone, body):
    now = datetime.now(UTC)
    person = session.scalar(select(Person).where(Person.phone == phone))
    if person is None or session.scalar(select(Reply).where(Reply.sid == sid)):
        return
    session.add(Reply(sid=sid, person_id=person.id, body=body, at=now))
    code = _CODES.get(body)
    if person.question == "activity" and code:
        session.add(Destination(person_id=person.id, code=code, at=now))
        person.question, person.answered_at = "provider", now
        line = "ask_provider"
    else:
        line = "clarify"
    session.add(Outgoing(person_id=person.id, line=line, at=now))


if __name__ == "__main__":
    serve(make(sys.argv[1], "a-token-nobody-uses", 900), port=int(sys.argv[2]),
          host="127.0.0.1", threads=16, _quiet=True)  # fmt: skip
