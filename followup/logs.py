"""What is logged: ids, never a name, a number, a text or a token."""

import logging
import sys
from traceback import format_tb

#: They log addresses, tokens in URLs, or the texts themselves.
_TOO_TALKATIVE = (
    "httpx",
    "httpcore",
    "twilio",
    "twilio.http_client",
    "twilio.async_http_client",
    "telegram",
    "aiohttp",
    "apscheduler",
    "procrastinate",
    "psycopg.pool",
    "alembic",
)


def set_up(level: str) -> None:
    """Log to standard error, one line each, at ``level`` and above."""
    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    for name in _TOO_TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def tell_defect(log: logging.Logger, what: str, error: Exception) -> None:
    """Log where ``what`` went wrong, without the words of the error: they may quote a person."""
    where = "".join(format_tb(error.__traceback__))
    log.error("%s failed: %s\n%s", what, type(error).__name__, where)
