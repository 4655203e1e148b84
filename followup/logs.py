"""What is logged: ids, never a name, a number, a text or a token."""

import logging
import sys

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
