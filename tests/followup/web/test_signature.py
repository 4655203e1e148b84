"""Whether a request is really from Twilio; the official SDK is the judge."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from contact.errors import Misconfigured
from followup.web.signature import Signatures, fields_of
from tests.cast import examples

TOKEN = "a-token-nobody-uses"
PUBLIC = "https://followup.example.org"
PATH = "/webhooks/twilio/inbound"

CASES = examples(300)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FIELDS = st.lists(st.tuples(WORDS.filter(bool), WORDS), max_size=12)
# Few names and values, so that repeats are common.
REPEATED = st.lists(
    st.tuples(st.sampled_from(["a", "A", "ab", "b"]), st.sampled_from(["", "1", "b1", "é"])),
    max_size=8,
)


def judged(url: str, fields: list[tuple[str, str]]) -> str:
    return str(RequestValidator(TOKEN).compute_signature(url, MultiDict(fields)))


@settings(max_examples=CASES, deadline=None)
@given(st.one_of(FIELDS, REPEATED))
def test_we_sign_as_twilio_does(fields):
    assert Signatures(TOKEN, PUBLIC).sign(PUBLIC + PATH, fields) == judged(PUBLIC + PATH, fields)


@settings(max_examples=CASES, deadline=None)
@given(st.one_of(FIELDS, REPEATED))
def test_what_twilio_posts_holds_once_it_has_been_through_the_wire(fields):
    wire = urlencode(fields).encode()

    holds = Signatures(TOKEN, PUBLIC).holds(PATH, fields_of(wire), judged(PUBLIC + PATH, fields))

    assert holds


@settings(max_examples=CASES, deadline=None)
@given(FIELDS, FIELDS)
def test_other_fields_do_not_hold(fields, others):
    signature = judged(PUBLIC + PATH, fields)
    flat = "".join(name + value for name, value in sorted(set(fields)))
    other = "".join(name + value for name, value in sorted(set(others)))

    assert Signatures(TOKEN, PUBLIC).holds(PATH, others, signature) == (flat == other)


@settings(max_examples=CASES, deadline=None)
@given(st.binary(max_size=200))
def test_any_body_is_read_as_fields(body):
    for name, value in fields_of(body):
        (name + value).encode()


@pytest.mark.parametrize(
    ("public", "signed"),
    [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("https://a.example", "https://a.example:443"),
        ("http://a.example", "http://a.example:80"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://a.example:8443", "https://a.example"),
        ("https://a.example/texts", "https://a.example/texts"),
    ],
)
def test_the_port_may_be_signed_or_not(public, signed):
    signature = judged(f"{signed}{PATH}?message=1", [("a", "1")])

    assert Signatures(TOKEN, public).holds(f"{PATH}?message=1", [("a", "1")], signature)


@pytest.mark.parametrize(
    "url",
    [
        f"http://followup.example.org{PATH}",
        f"https://evil.example{PATH}",
        f"{PUBLIC}/webhooks/twilio/status",
        f"{PUBLIC}{PATH}?message=1",
        f"{PUBLIC}{PATH}/",
    ],
)
def test_a_signature_for_another_address_does_not_hold(url):
    assert not Signatures(TOKEN, PUBLIC).holds(PATH, [("a", "1")], judged(url, [("a", "1")]))


@pytest.mark.parametrize("signature", ["", "x", "é", "=" * 28, "A" * 1000])
def test_nonsense_does_not_hold(signature):
    assert not Signatures(TOKEN, PUBLIC).holds(PATH, [], signature)


def test_another_token_does_not_hold():
    signature = judged(PUBLIC + PATH, [("a", "1")])

    assert not Signatures("another", PUBLIC).holds(PATH, [("a", "1")], signature)


@pytest.mark.parametrize("token", ["", "  "])
def test_an_empty_token_would_sign_for_anybody_and_is_refused(token):
    with pytest.raises(Misconfigured, match="FOLLOWUP_TWILIO_AUTH_TOKEN"):
        Signatures(token, PUBLIC)


@pytest.mark.parametrize("public", ["", "followup.example.org", "ftp://a.example", "https://"])
def test_a_public_url_that_is_no_address_is_refused(public):
    with pytest.raises(Misconfigured, match="public_url"):
        Signatures(TOKEN, public)


def test_blank_and_repeated_fields_are_kept():
    assert fields_of(b"a=&b=1&b=2&c") == [("a", ""), ("b", "1"), ("b", "2"), ("c", "")]
    assert fields_of(b"a=%F0%9F%98%80+x") == parse_qsl("a=%F0%9F%98%80+x")


def test_too_many_fields_are_refused():
    with pytest.raises(ValueError, match="fields"):
        fields_of(b"&".join(b"a=1" for _ in range(201)))


@pytest.mark.parametrize(
    ("named", "holds"),
    [
        pytest.param(["AC1"], True, id="ours"),
        pytest.param([], True, id="none is named"),
        pytest.param(["AC2"], False, id="another"),
        pytest.param(["AC1", "AC2"], False, id="ours and another"),
        pytest.param([""], False, id="empty"),
    ],
)
def test_a_form_of_another_account_is_not_ours_although_it_is_signed(named, holds):
    fields = [("Body", "1"), *(("AccountSid", each) for each in named)]
    signature = judged(PUBLIC + PATH, fields)

    assert Signatures(TOKEN, PUBLIC, "AC1").holds(PATH, fields, signature) is holds
    assert Signatures(TOKEN, PUBLIC).holds(PATH, fields, signature)
