"""The shipped survey and its English wording."""

import pytest

from bot.survey import Survey
from bot.survey_file import load_survey, load_words
from bot.wording import Words


@pytest.fixture(scope="session")
def survey() -> Survey:
    return load_survey()


@pytest.fixture(scope="session")
def words() -> Words:
    return load_words()
