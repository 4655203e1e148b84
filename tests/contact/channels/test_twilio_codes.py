"""What Twilio's codes and statuses mean to us."""

import pytest

from contact.channels.twilio_codes import FAILURES, FAULTS, STATES, fault_of, receipt_of
from contact.message import Delivery
from contact.outcome import Fault

SID = "SM" + "0" * 32


@pytest.mark.parametrize(
    ("status", "code", "state", "fault"),
    [
        ("queued", None, "accepted", None),
        ("sending", None, "accepted", None),
        ("sent", None, "accepted", None),
        ("delivered", None, "delivered", None),
        ("read", None, "delivered", None),
        ("undelivered", "30005", "undeliverable", Fault.DEAD),
        ("undelivered", "30003", "undeliverable", Fault.FAILING),
        ("undelivered", "30004", "undeliverable", Fault.BLOCKED),
        ("failed", "21610", "undeliverable", Fault.OPTED_OUT),
        ("failed", "30001", "failed", Fault.BUSY),
        ("undelivered", "30007", "failed", Fault.OURS),
        ("undelivered", "39999", "failed", Fault.UNKNOWN),
        ("failed", None, "failed", Fault.UNKNOWN),
        ("canceled", None, "failed", Fault.OURS),
        ("something_new", None, "accepted", None),
    ],
)
def test_a_receipt_in_our_terms(status, code, state, fault):
    receipt = receipt_of(SID, status, code)

    assert (receipt.state, receipt.fault) == (state, fault)
    assert (receipt.provider_id, receipt.status, receipt.code) == (SID, status, code)


def test_every_outbound_status_of_the_sdk_has_a_row():
    from twilio.rest.api.v2010.account.message import MessageInstance

    known = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}

    assert known - {"receiving", "received"} == set(STATES) | FAILURES


@pytest.mark.parametrize("status", sorted([*STATES, *FAILURES]))
@pytest.mark.parametrize("code", [None, *FAULTS, "1"])
def test_every_receipt_is_a_delivery_that_follows_a_send(status, code):
    following = {"accepted", "delivered", "undeliverable", "failed"}

    assert Delivery(receipt_of(SID, status, code).state).value in following


@pytest.mark.parametrize("code", [None, "", "39999", "0"])
def test_a_code_nobody_classified_is_never_guessed(code):
    assert fault_of(code) is Fault.UNKNOWN
