"""Which schools have been reminded of what is due, day by day."""

from datetime import date, datetime

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.dialects.postgresql import insert

from storage.statement import Statement
from storage.tables import reminder

_FIRST = Statement(insert(reminder).on_conflict_do_nothing())
_of_the_day = (reminder.c.school == bindparam("which"), reminder.c.day == bindparam("that_day"))
_AGAIN = Statement(
    update(reminder)
    .where(*_of_the_day, reminder.c.again_at <= bindparam("now"))
    .values(again_at=None, tries=reminder.c.tries + 1)
)
_REFUSED = Statement(update(reminder).where(*_of_the_day).values(again_at=bindparam("later")))
_SENT = Statement(update(reminder).where(*_of_the_day).values(sent_at=bindparam("at")))


class Reminders:
    """Which schools have been reminded of what is due, day by day."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def claim(self, school: str, day: date, now: datetime) -> bool:
        """Whether this caller is to send that day's; nobody else is then."""
        fresh = {"school": school, "day": day, "claimed_at": now, "tries": 1}
        if _FIRST.changed(self._connection, fresh) == 1:
            return True
        values = {"which": school, "that_day": day, "now": now}
        return _AGAIN.changed(self._connection, values) == 1

    def refused(self, school: str, day: date, again_at: datetime) -> None:
        """The mail did not take it: it may be claimed again from ``again_at`` on."""
        values = {"which": school, "that_day": day, "later": again_at}
        _REFUSED.changed(self._connection, values)

    def sent(self, school: str, day: date, at: datetime) -> None:
        """The mail took it."""
        _SENT.changed(self._connection, {"which": school, "that_day": day, "at": at})
