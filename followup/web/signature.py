"""Whether a request is really from Twilio."""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from contact.errors import Misconfigured

#: Twilio posts about twenty fields; more than this is nobody we know.
MOST_FIELDS = 200

Fields = list[tuple[str, str]]


class Signatures:
    """Twilio's signature of a request, by the account's auth token.

    The address that is signed is built on ``public_url`` alone, never on what
    a request says of its host: those headers are anybody's to write. Raises
    Misconfigured for an empty token, which would sign anybody's request. With an
    ``account_sid`` a form that names another is not ours, whoever signed it.
    Source: https://www.twilio.com/docs/usage/security#validating-requests
    """

    def __init__(self, auth_token: str, public_url: str, account_sid: str = "") -> None:
        if not auth_token.strip():
            raise Misconfigured("Twilio's webhooks need FOLLOWUP_TWILIO_AUTH_TOKEN")
        self._key = auth_token.encode()
        self._bases = _bases(public_url)
        self._account = account_sid

    def sign(self, url: str, fields: Iterable[tuple[str, str]]) -> str:
        """The signature of ``fields`` posted to ``url``: repeated pairs count once, sorted."""
        signed = url + "".join([name + value for name, value in sorted(set(fields))])
        digest = hmac.digest(self._key, signed.encode("utf-8", "replace"), "sha1")
        return b64encode(digest).decode()

    def holds(self, target: str, fields: Fields, signature: str) -> bool:
        """Whether ``signature`` is that of ``fields`` posted to ``target`` (path and query).

        Twilio is not consistent about a port in the address, so it may be
        signed with it or without.
        """
        if self._account and any(
            name == "AccountSid" and value != self._account for name, value in fields
        ):
            return False
        given = signature.encode("utf-8", "replace")
        return any(
            hmac.compare_digest(self.sign(base + target, fields).encode(), given)
            for base in self._bases
        )


def fields_of(body: bytes) -> Fields:
    """The fields of a posted form in their order, empty ones too.

    Raises ValueError for more than two hundred of them.
    """
    return parse_qsl(
        body.decode("utf-8", "replace"),
        keep_blank_values=True,
        encoding="utf-8",
        errors="replace",
        max_num_fields=MOST_FIELDS,
    )


def _bases(public_url: str) -> tuple[str, str]:
    """``public_url`` as it is configured, and with its port left out or spelt out."""
    base = public_url.rstrip("/")
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured("public_url must be an address such as https://followup.example.org")
    if parts.port:
        other = parts.netloc.removesuffix(f":{parts.port}")
    else:
        other = f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}"
    return base, parts._replace(netloc=other).geturl()
