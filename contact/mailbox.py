"""A typed e-mail address: one that can be written to, or why not."""

import re
from typing import Final

#: RFC 5321's limit for a whole address, in characters.
LONGEST: Final = 254
_SHAPE = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]{2,63}"
)
_SCHOOL = re.compile(r"[.@]sch\.uk$", re.IGNORECASE)


def read_mailbox(text: str) -> tuple[str | None, str | None]:
    """The address in ``text`` or None, and what is worth knowing of it or None.

    ``email_missing``, ``email_invalid``, or ``email_school_address``: a
    school's own mailbox (``….sch.uk``) dies soon after its pupil has left.
    """
    address = text.strip()
    if not address:
        return None, "email_missing"
    if len(address) > LONGEST or ".." in address or not _SHAPE.fullmatch(address):
        return None, "email_invalid"
    return address, "email_school_address" if _SCHOOL.search(address) else None
