"""Whose reply it is where several people share a phone."""

import pytest

from bot.conversation import whose


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("1", 0, id="a number"),
        pytest.param("its alex!", 1, id="a name"),
        pytest.param("both sam and alex", None, id="both"),
        pytest.param("3", None, id="no such number"),
        pytest.param("sammy", None, id="another name"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_whose_reply_it_is_on_a_shared_phone(text: str, place: int | None) -> None:
    assert whose(text, ("Sam", "Alex")) == place
