"""Only a clear yes is consent, and only a clear no withdraws it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.agreement import Agreement, read_agreement


@pytest.mark.parametrize(
    ("answers", "meaning"),
    [
        pytest.param(
            ("Yes, I agree", "yes", " YES ", "Y", "I agree.", "Agree", "TRUE", "I do"),
            Agreement.YES,
            id="yes",
        ),
        pytest.param(
            ("No", "NO", "n", "No, I do not agree", "no thanks", "I don't agree", "FALSE",
             "I don’t consent", "Please do not contact me", "I withdraw my consent"),
            Agreement.NO,
            id="no",
        ),
        pytest.param(
            ("?", "Maybe later", "Yes but not by phone", "Yes / No", "No problem", "1", "ok",
             "I agree to nothing", "=TRUE()" * 99, "Ναι"),
            Agreement.UNCLEAR,
            id="unclear",
        ),
        pytest.param(("", " ", "\n\t"), Agreement.MISSING, id="missing"),
    ],
)  # fmt: skip
def test_what_an_answer_means(answers, meaning):
    assert {read_agreement(answer) for answer in answers} == {meaning}


@given(st.text())
def test_a_yes_never_comes_from_a_text_without_an_agreeing_word(text):
    read = read_agreement(text)

    agreeing = ("y", "agree", "consent", "true", "i do")
    assert read is not Agreement.YES or any(word in text.casefold() for word in agreeing)
