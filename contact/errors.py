"""What can go wrong, in staff's words.

FollowUpError
  Misconfigured       a setting or secret is missing or wrong
  UnknownReference    no alumnus, case, flag or cohort has that reference
  AlreadyDecided      someone else closed the flag or case first
  NotAllowed          the rules forbid what was asked
  UnreadableFile      a file cannot be read as what it should be
  StorageUnavailable  the database is locked, full, read-only or away
  GatewayAway         a gateway gave no answer, or none that helps
"""


class FollowUpError(Exception):
    """Something expected went wrong; its text is one line: what happened and what to do."""


class Misconfigured(FollowUpError):
    """A setting or secret is missing or wrong; nothing was started."""


class UnknownReference(FollowUpError):
    """No alumnus, case, flag, school or cohort has that reference."""


class AlreadyDecided(FollowUpError):
    """Someone else closed the flag or case first; theirs stands."""


class NotAllowed(FollowUpError):
    """The rules forbid what was asked, and nothing was changed."""


class UnreadableFile(FollowUpError):
    """A file cannot be read as what it should be; nothing was imported from it."""


class StorageUnavailable(FollowUpError):
    """The database is locked, full, read-only or away; nothing was half-written."""


class GatewayAway(FollowUpError):
    """A gateway gave no answer, or none that helps; ask again later.

    ``retry_after`` is in seconds, where the gateway named some.
    """

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after
