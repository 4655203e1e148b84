"""What is sealed opens only where it was sealed, under the key it was sealed with."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contact.errors import Misconfigured
from storage.crypto import Key, Vault, new_master_key

KEY, OTHER = Key(b"k" * 32), Key(b"o" * 32)
VAULT = Vault(urlsafe_b64encode(b"m" * 32).decode())

texts = st.text(st.characters(codec=None))
places = st.sampled_from(["alumnus.profile", "message.text", "reply.text"])
rows = st.binary(min_size=8, max_size=16)


@given(places, rows, texts)
def test_what_was_sealed_opens(place, row, text):
    assert KEY.open(place, row, KEY.seal(place, row, text)) == text


@given(places, rows, texts, places, rows)
def test_what_was_moved_does_not_open(place, row, text, other_place, other_row):
    assume((place, row) != (other_place, other_row))
    sealed = KEY.seal(place, row, text)

    with pytest.raises(Misconfigured):
        KEY.open(other_place, other_row, sealed)


@given(places, rows, texts, st.data())
def test_what_was_altered_or_cut_does_not_open(place, row, text, data):
    sealed = bytearray(KEY.seal(place, row, text))
    at = data.draw(st.integers(0, len(sealed) - 1))
    altered = bytes(sealed[:at]) + bytes([sealed[at] ^ 1]) + bytes(sealed[at + 1 :])

    for spoilt in (altered, bytes(sealed[:at])):
        with pytest.raises(Misconfigured):
            KEY.open(place, row, spoilt)


@given(places, rows, texts)
def test_another_key_says_in_one_line_what_is_wrong(place, row, text):
    with pytest.raises(Misconfigured) as caught:
        OTHER.open(place, row, KEY.seal(place, row, text))

    said = str(caught.value)
    assert "\n" not in said
    assert place in said
    assert caught.value.__cause__ is None


@given(places, rows, st.text(min_size=4))
def test_a_seal_shows_nothing_and_is_never_the_same_twice(place, row, text):
    first, second = KEY.seal(place, row, text), KEY.seal(place, row, text)

    assert first != second
    assert text.encode() not in first


@given(st.uuids())
def test_a_wrapped_key_is_the_same_key(alumnus):
    key, wrapped = VAULT.new_key(alumnus)

    assert VAULT.unwrap(alumnus, wrapped).open("p", b"r", key.seal("p", b"r", "Amina")) == "Amina"


@given(st.uuids(), st.uuids())
def test_a_wrapped_key_is_one_alumnuss_under_one_master_key(alumnus, other):
    assume(alumnus != other)
    _, wrapped = VAULT.new_key(alumnus)

    for vault, who in ((VAULT, other), (Vault(new_master_key()), alumnus)):
        with pytest.raises(Misconfigured, match="does not fit"):
            vault.unwrap(who, wrapped)


@given(texts, texts)
def test_an_index_is_equal_exactly_for_equal_values_of_one_kind(value, other):
    assume(value != other)

    assert VAULT.index("phone", value) == Vault(urlsafe_b64encode(b"m" * 32).decode()).index(
        "phone", value
    )
    assert VAULT.index("phone", value) != VAULT.index("phone", other)
    assert VAULT.index("phone", value) != VAULT.index("chat", value)
    assert VAULT.index("phone", value) != Vault(new_master_key()).index("phone", value)


def test_an_index_made_today_is_found_tomorrow():
    """A changed derivation would lose every stop that was ever said."""
    assert VAULT.index("endpoint.sms", "+447700900001").hex() == "7a18e303270ab48d10645e5536f06b76"
    assert VAULT.fingerprint().hex() == "5df5dde046001d5a11ad3d6043b9e4bb"


def test_a_seal_made_today_opens_tomorrow():
    wrapped = bytes.fromhex(
        "63b0d16a45ac2f82f3daf92978a302c901e3a48727636f20a7a0abdf284f"
        "281015a12ece9e0af812c7da765765940eaeaebca95404352d8324185125"
    )
    sealed = bytes.fromhex("996df7ab4d1c4286471d0b620681f43ca49ab622e415348f46482a504f55d572d5")
    amina = UUID(int=1)

    assert VAULT.unwrap(amina, wrapped).open("alumnus.profile", amina.bytes, sealed) == "Amina"


def test_a_fingerprint_knows_its_key():
    VAULT.check(VAULT.fingerprint())

    with pytest.raises(Misconfigured) as caught:
        Vault(new_master_key()).check(VAULT.fingerprint())
    assert "\n" not in str(caught.value)


def test_the_houses_own_key_is_another():
    alumnus = uuid4()
    key, _ = VAULT.new_key(alumnus)

    with pytest.raises(Misconfigured):
        key.open("p", b"r", VAULT.house.seal("p", b"r", "x"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("hunter2", id="a password"),
        pytest.param("A" * 42, id="too short"),
        pytest.param(urlsafe_b64encode(b"k" * 33).decode(), id="too long"),
        pytest.param("ключ" * 11, id="other letters"),
        pytest.param("not base64 at all!" * 3, id="other signs"),
    ],
)
def test_what_is_no_key_is_refused_without_showing_it(text):
    with pytest.raises(Misconfigured) as caught:
        Vault(text)

    assert "\n" not in str(caught.value)
    assert not text or text not in str(caught.value)


def test_a_new_key_is_32_random_bytes_and_works_with_a_line_end():
    first, second = new_master_key(), new_master_key()

    assert first != second
    assert len(urlsafe_b64decode(first)) == 32
    assert Vault(f"{first}\n").fingerprint() == Vault(first).fingerprint()
