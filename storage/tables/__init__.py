"""The tables: one for every word of the house, with its promises as constraints."""

from storage.tables.house import channel_state, heartbeat, keyring
from storage.tables.ledger import message, receipt
from storage.tables.lists import notice, provider, reminder
from storage.tables.outreach import attempt, case, ending, sweep
from storage.tables.people import (
    address,
    alumnus,
    cohort,
    consent,
    endpoint,
    invitation,
    known_as,
    membership,
)
from storage.tables.staff import audit, flag
from storage.tables.talk import conversation, destination, reply

__all__ = [
    "address",
    "alumnus",
    "attempt",
    "audit",
    "case",
    "channel_state",
    "cohort",
    "consent",
    "conversation",
    "destination",
    "ending",
    "endpoint",
    "flag",
    "heartbeat",
    "invitation",
    "keyring",
    "known_as",
    "membership",
    "message",
    "notice",
    "provider",
    "receipt",
    "reminder",
    "reply",
    "sweep",
]
