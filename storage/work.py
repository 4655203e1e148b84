"""One transaction's view of the memory: the repositories on one connection."""

from sqlalchemy import Connection

from storage.addresses import Addresses
from storage.cases import Attempts, Cases
from storage.cohorts import Cohorts
from storage.consents import Consents
from storage.conversations import Conversations
from storage.crypto import Vault
from storage.destinations import Destinations
from storage.due import DueList
from storage.flags import Audit, Flags
from storage.house import House
from storage.keys import Keys
from storage.lists import Notices, Providers
from storage.messages import Messages
from storage.outbox import Outbox
from storage.people import Alumni
from storage.reminders import Reminders
from storage.replies import Replies


class Work:
    """What a use case is handed; it satisfies ``contact.ports.Work``.

    ``keys`` are those an earlier transaction on this connection unwrapped.
    """

    def __init__(self, connection: Connection, vault: Vault, keys: Keys | None = None) -> None:
        #: For what is stored beside the domain's own tables.
        self.connection = connection
        #: The keys of those it works on; what was burnt is known here.
        self.keys = keys = keys or Keys(connection, vault)
        self.alumni = Alumni(connection, keys)
        self.cohorts = Cohorts(connection)
        self.consents = Consents(connection)
        self.addresses = Addresses(connection, keys)
        self.due = DueList(connection)
        self.cases = Cases(connection)
        self.attempts = Attempts(connection)
        self.messages = Messages(connection, keys)
        self.outbox = Outbox(connection, keys)
        self.replies = Replies(connection, keys)
        self.conversations = Conversations(connection, keys)
        self.destinations = Destinations(connection, keys)
        self.flags = Flags(connection, keys)
        self.audit = Audit(connection, keys)
        self.house = House(connection, keys)
        self.providers = Providers(connection)
        self.notices = Notices(connection)
        self.reminders = Reminders(connection)
