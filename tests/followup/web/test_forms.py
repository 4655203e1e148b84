"""What Twilio posts to our webhooks, in our terms."""

import pytest

from contact.address import ChannelName
from contact.outcome import Fault, Receipt
from contact.reply import Inbound
from followup.web.forms import Malformed, inbound, receipt

SID = "SM" + "a" * 32
TEXT = {"MessageSid": SID, "From": "+447700900123", "Body": "2"}
STATUS = {"MessageSid": SID, "MessageStatus": "delivered"}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        pytest.param({}, Inbound(ChannelName.SMS, SID, "+447700900123", "2"), id="a text"),
        pytest.param(
            {"From": "whatsapp:+447700900123"},
            Inbound(ChannelName.WHATSAPP, SID, "+447700900123", "2"),
            id="whatsapp",
        ),
        pytest.param(
            {"From": "Vodafone UK"}, Inbound(ChannelName.SMS, SID, "Vodafone UK", "2"), id="a name"
        ),
        pytest.param(
            {"From": "60777"}, Inbound(ChannelName.SMS, SID, "60777", "2"), id="a short code"
        ),
        pytest.param(
            {"Body": "", "NumMedia": "3"},
            Inbound(ChannelName.SMS, SID, "+447700900123", "", media=3),
            id="pictures",
        ),
        pytest.param(
            {"NumMedia": ""}, Inbound(ChannelName.SMS, SID, "+447700900123", "2"), id="no count"
        ),
        pytest.param(
            {"OptOutType": "STOP", "Body": "Stop"},
            Inbound(ChannelName.SMS, SID, "+447700900123", "Stop", opt_out="STOP"),
            id="a stop that Twilio took",
        ),
        pytest.param(
            {"OptOutType": "MAYBE"}, Inbound(ChannelName.SMS, SID, "+447700900123", "2"), id="new"
        ),
        pytest.param(
            {"Body": "a\x00b 😀"},
            Inbound(ChannelName.SMS, SID, "+447700900123", "ab 😀"),
            id="what cannot be kept",
        ),
        pytest.param(
            {"Body": "x" * 5000},
            Inbound(ChannelName.SMS, SID, "+447700900123", "x" * 5000),
            id="a long one is never refused",
        ),
        pytest.param(
            {"FromCity": "", "AnythingNew": "1"},
            Inbound(ChannelName.SMS, SID, "+447700900123", "2"),
            id="more than we use",
        ),
    ],
)
def test_an_inbound_text(more, message):
    assert inbound(list({**TEXT, **more}.items())) == message


@pytest.mark.parametrize(
    "more",
    [
        {"MessageSid": ""},
        {"MessageSid": "SM" + "g" * 32},
        {"MessageSid": SID + "\n"},
        {"MessageSid": "SM1"},
        {"From": ""},
        {"From": "+"},
        {"From": "+44\x00"},
        {"From": "+٤٤٧٧٠٠"},
        {"From": "x" * 50},
        {"NumMedia": "many"},
        {"NumMedia": "-1"},
        {"NumMedia": "9" * 5000},
    ],
)
def test_a_malformed_text_is_refused_without_a_word_of_it(more):
    with pytest.raises(Malformed) as malformed:
        inbound(list({**TEXT, **more}.items()))

    assert str(malformed.value) == "not a InboundSms"


@pytest.mark.parametrize("name", ["MessageSid", "From", "Body", "OptOutType"])
def test_a_field_that_stands_there_twice_is_refused(name):
    fields = [*TEXT.items(), ("OptOutType", "HELP"), (name, "other")]

    with pytest.raises(Malformed, match="twice"):
        inbound(fields)


def test_a_field_we_do_not_use_may_stand_there_twice():
    assert inbound([*TEXT.items(), ("MediaUrl", "1"), ("MediaUrl", "2")]).text == "2"


@pytest.mark.parametrize("missing", ["MessageSid", "From"])
def test_a_text_without_what_we_need_is_refused(missing):
    with pytest.raises(Malformed):
        inbound([(name, value) for name, value in TEXT.items() if name != missing])


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Receipt(SID, "delivered", "delivered")),
        ({"MessageStatus": "sent", "ErrorCode": ""}, Receipt(SID, "accepted", "sent")),
        ({"MessageStatus": "sent", "ErrorCode": "0"}, Receipt(SID, "accepted", "sent")),
        (
            {"MessageStatus": "undelivered", "ErrorCode": "30005"},
            Receipt(SID, "undeliverable", "undelivered", "30005", Fault.DEAD),
        ),
        (
            {"MessageStatus": "failed", "ErrorCode": "39999"},
            Receipt(SID, "failed", "failed", "39999", Fault.UNKNOWN),
        ),
    ],
)
def test_a_receipt(more, expected):
    assert receipt(list({**STATUS, **more}.items())) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"MessageSid": "x"},
        {"MessageStatus": ""},
        {"MessageStatus": "Delivered!"},
        {"ErrorCode": "x"},
        {"ErrorCode": "1" * 11},
    ],
)
def test_a_malformed_receipt_is_refused(more):
    with pytest.raises(Malformed, match="not a StatusReceipt"):
        receipt(list({**STATUS, **more}.items()))
