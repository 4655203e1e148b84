"""What of a text from outside can be kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.channels.legible import legible


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("Zoë 😀 \u200f\u05e9", "Zoë 😀 \u200f\u05e9"),
        ("a\x00b\x00", "ab"),
        ("\ud83d", "\ufffd"),
        ("line\nline\t\x07", "line\nline\t\x07"),
    ],
)
def test_only_what_cannot_be_kept_is_taken_away(text, kept):
    assert legible(text) == kept


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_left_can_be_written_and_stays_as_it_is(text):
    kept = legible(text)

    assert "\x00" not in kept
    assert kept.encode().decode() == kept == legible(kept)
