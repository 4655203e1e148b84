"""What Twilio's error codes and message statuses mean to us.

Source: Twilio's error dictionary (https://www.twilio.com/docs/api/errors) and
the message resource's status values. A code that is not here is UNKNOWN:
staff look at it, nobody guesses.
"""

from contact.message import Delivery
from contact.outcome import Fault, Receipt

FAULTS: dict[str, Fault] = {
    "21211": Fault.DEAD,  # not a phone number
    "21614": Fault.DEAD,  # not a mobile number
    "21635": Fault.DEAD,  # a landline
    "30005": Fault.DEAD,  # unknown handset: the number no longer exists
    "30006": Fault.DEAD,  # a landline, or a carrier that cannot be reached
    "30003": Fault.FAILING,  # the handset is off or out of reach; Twilio says: try again
    "30008": Fault.FAILING,  # the carrier gave no reason
    "30004": Fault.BLOCKED,  # barred by the handset or the carrier
    "21610": Fault.OPTED_OUT,  # they sent STOP to Twilio's own block list
    "20429": Fault.BUSY,  # too many requests
    "30001": Fault.BUSY,  # the sender's queue is full
    "20003": Fault.OURS,  # the account sid or token is wrong
    "20404": Fault.OURS,  # no such account: the same mistake, said otherwise
    "21408": Fault.OURS,  # the account may not text this country
    "21606": Fault.OURS,  # our From number cannot send texts
    "21608": Fault.OURS,  # a trial account, and the number is not verified
    "21612": Fault.OURS,  # no route from our sender to this number
    "21617": Fault.OURS,  # our wording is longer than 1,600 characters
    "30002": Fault.OURS,  # the account is suspended
    "30007": Fault.OURS,  # filtered as spam: the wording's or the sender's fault
    "30034": Fault.OURS,  # the sender is not registered
    "30042": Fault.OURS,  # the sender name is not allowed
}

#: Faults that lie with the number or the person, so that the text was `undeliverable`.
RECIPIENTS = frozenset(
    {Fault.DEAD, Fault.FAILING, Fault.BLOCKED, Fault.GONE, Fault.OPTED_OUT},
)

#: Statuses of a text that did not fail. `sent` proves no delivery: the carrier has it.
STATES: dict[str, Delivery] = {
    "accepted": Delivery.ACCEPTED,
    "scheduled": Delivery.ACCEPTED,
    "queued": Delivery.ACCEPTED,
    "sending": Delivery.ACCEPTED,
    "sent": Delivery.ACCEPTED,
    "partially_delivered": Delivery.ACCEPTED,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.DELIVERED,
}

#: Statuses of a text that will not arrive.
FAILURES = frozenset({"undelivered", "failed", "canceled"})


def fault_of(code: str | None) -> Fault:
    """Whose fault Twilio's error ``code`` is; UNKNOWN for one that nobody has classified."""
    return FAULTS.get(code or "", Fault.UNKNOWN)


def receipt_of(provider_id: str, status: str, code: str | None) -> Receipt:
    """What Twilio's ``status`` and error ``code`` say of the text ``provider_id``.

    A status that Twilio invents tomorrow changes nothing: the text stays
    ``accepted`` until a status comes that we know.
    """
    if status not in FAILURES:
        state = STATES.get(status, Delivery.ACCEPTED)
        return Receipt(provider_id, state.value, status, code)
    fault = Fault.OURS if status == "canceled" and code is None else fault_of(code)
    state = Delivery.UNDELIVERABLE if fault in RECIPIENTS else Delivery.FAILED
    return Receipt(provider_id, state.value, status, code, fault)
