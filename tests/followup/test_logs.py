"""The log: ids and places in the code, never a name, a number, a text or a token."""

import io
import logging
import sys

import pytest

from followup.logs import set_up, tell_defect


@pytest.fixture(autouse=True)
def as_before():
    """Logging is the whole process's: it is put back as it was."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in TALKATIVE}
    yield
    root.handlers[:], root.level = kept
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


#: Whoever logs addresses with tokens in them, numbers, or texts at INFO.
TALKATIVE = (
    "httpx",
    "httpcore",
    "twilio.http_client",
    "twilio.async_http_client",
    "telegram.ext",
    "aiohttp.client",
    "apscheduler.scheduler",
    "procrastinate.worker",
    "alembic.runtime.migration",
)


def logged(level: str, name: str, at: int) -> str:
    """What stands on standard error after one line of ``name``."""
    kept, sys.stderr = sys.stderr, io.StringIO()
    try:
        set_up(level)
        logging.getLogger(name).log(at, "To=%s", "+447700900001")
        return sys.stderr.getvalue()
    finally:
        sys.stderr = kept


@pytest.mark.parametrize("level", ["debug", "info"])
@pytest.mark.parametrize("name", TALKATIVE)
def test_a_library_that_would_tell_all_is_silent_however_much_is_asked_for(level, name):
    assert logged(level, name, logging.INFO) == ""


@pytest.mark.parametrize("name", ["httpx", "twilio", "telegram"])
def test_but_its_warnings_are_heard(name):
    assert "WARNING" in logged("info", name, logging.WARNING)


@pytest.mark.parametrize(
    ("level", "at", "heard"),
    [
        pytest.param("debug", logging.DEBUG, True, id="debug at debug"),
        pytest.param("info", logging.DEBUG, False, id="debug at info"),
        pytest.param("info", logging.INFO, True, id="info at info"),
        pytest.param("warning", logging.INFO, False, id="info at warning"),
        pytest.param("error", logging.WARNING, False, id="warning at error"),
        pytest.param("error", logging.ERROR, True, id="error at error"),
    ],
)
def test_what_we_say_is_heard_from_the_level_that_was_asked_for(level, at, heard):
    assert bool(logged(level, "followup.service", at)) is heard


def test_setting_up_twice_says_nothing_twice():
    set_up("info")

    assert logged("info", "followup.service", logging.INFO).count("\n") == 1


def test_a_defect_says_where_it_is_and_of_what_kind_and_quotes_nobody(caplog):
    def inner():
        raise LookupError(told)

    told = "Amina Yusuf, +447700900001"

    try:
        inner()
    except LookupError as error:
        tell_defect(logging.getLogger("followup.tests"), "taking a reply", error)

    assert "taking a reply failed: LookupError" in caplog.text
    assert "in inner" in caplog.text
    assert "Amina" not in caplog.text
    assert "7700900" not in caplog.text
