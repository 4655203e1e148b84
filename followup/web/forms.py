"""What Twilio posts to our webhooks, in our terms."""

from collections import Counter
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from contact.address import ChannelName
from contact.channels.legible import legible
from contact.channels.twilio_codes import receipt_of
from contact.outcome import Receipt
from contact.reply import Inbound
from followup.web.signature import Fields

WHATSAPP = "whatsapp:"

#: What Twilio says that it answered by itself.
OPT_OUTS = frozenset({"STOP", "START", "HELP"})

# pydantic's `$` is the very end, unlike re's: no newline slips in behind it.
Sid = Annotated[str, Field(pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
# An empty field says no more than one that is left out.
Count = Annotated[int, BeforeValidator(lambda value: value or 0), Field(ge=0, le=100)]


class Malformed(ValueError):
    """A form that lacks what we need, or says it twice; nothing of it is repeated here."""


class Form(BaseModel):
    """A posted form: what we do not use is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


Kind = TypeVar("Kind", bound=Form)


class InboundSms(Form):
    """The part we use of an inbound text or WhatsApp message."""

    message_sid: Sid = Field(alias="MessageSid")
    sender: str = Field(alias="From", pattern=r"^(whatsapp:)?\+?[0-9A-Za-z][0-9A-Za-z .&_-]{1,39}$")
    body: str = Field(alias="Body", default="")
    to: str = Field(alias="To", default="", max_length=60)
    service: str = Field(alias="MessagingServiceSid", default="", max_length=60)
    media: Count = Field(alias="NumMedia", default=0)
    opt_out: str = Field(alias="OptOutType", default="")


class StatusReceipt(Form):
    """The part we use of a status callback."""

    message_sid: Sid = Field(alias="MessageSid")
    status: str = Field(alias="MessageStatus", pattern=r"^[a-z_-]{1,20}$")
    code: str = Field(alias="ErrorCode", default="", pattern=r"^[0-9]{0,10}$")


#: The fields we use, which may stand in a form only once.
USED = frozenset(
    field.alias for form in (InboundSms, StatusReceipt) for field in form.model_fields.values()
)


def inbound(fields: Fields) -> Inbound:
    """The inbound message in ``fields``; raises Malformed."""
    form = _read(InboundSms, fields)
    whatsapp = form.sender.startswith(WHATSAPP)
    opt_out = form.opt_out.upper()
    return Inbound(
        channel=ChannelName.WHATSAPP if whatsapp else ChannelName.SMS,
        provider_id=form.message_sid,
        sender=form.sender.removeprefix(WHATSAPP),
        text=legible(form.body),
        media=form.media,
        opt_out=opt_out if opt_out in OPT_OUTS else None,
        reached=tuple(each for each in (form.to, form.service) if each),
    )


def receipt(fields: Fields) -> Receipt:
    """The delivery receipt in ``fields``; raises Malformed."""
    form = _read(StatusReceipt, fields)
    code = form.code if form.code.strip("0") else None
    return receipt_of(form.message_sid, form.status, code)


def _read(kind: type[Kind], fields: Fields) -> Kind:
    times = Counter(name for name, _ in fields)
    if any(times[name] > 1 for name in USED if name):
        raise Malformed("a field stands there twice")
    try:
        return kind.model_validate(dict(fields))
    except ValidationError:
        # The cause is not passed on: it quotes the form.
        raise Malformed(f"not a {kind.__name__}") from None
