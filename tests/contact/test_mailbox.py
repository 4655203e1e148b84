"""An e-mail address is used only where it can be one."""

import pytest

from contact.mailbox import read_mailbox


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" amina@example.org ", ("amina@example.org", None)),
        ("ben.mock+forms@mail.example.co.uk", ("ben.mock+forms@mail.example.co.uk", None)),
        ("25mockb@sampleton.example.sch.uk", (
            "25mockb@sampleton.example.sch.uk", "email_school_address")),
        ("", (None, "email_missing")),
        ("not-an-email", (None, "email_invalid")),
        ("sam@@example.com", (None, "email_invalid")),
        ("sam@example..com", (None, "email_invalid")),
        ("sam@example", (None, "email_invalid")),
        ("=cmd|' /C calc'!A0@example.org", (None, "email_invalid")),
        ("a@" + "example." * 60 + "org", (None, "email_invalid")),
    ],
)  # fmt: skip
def test_what_a_typed_address_is(typed, read):
    assert read_mailbox(typed) == read
