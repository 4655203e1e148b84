"""Whole conversations, had again on a real database: what was said, and what is known after it."""

import pytest

from contact.address import ChannelName
from tests.bot.transcript import Transcript, have, same_fact, stands, was_said, written_down
from tests.cast import (  # noqa: F401  fixtures
    SMS,
    TELEGRAM,
    Stage,
    stage,
)

TRANSCRIPTS = written_down()


@pytest.mark.parametrize("channel", [SMS, TELEGRAM])
@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda each: each.name)
async def test_a_conversation_goes_as_it_is_written_down(
    stage: Stage,  # noqa: F811
    transcript: Transcript,
    channel: ChannelName,
) -> None:
    who = await have(transcript, channel, stage)

    assert was_said(stage, transcript, who) == [turn.written for turn in transcript.turns]
    known = stands(stage, who)
    wrong = {
        name: known[name]
        for name, said in transcript.facts.items()
        if not same_fact(known[name], said)
    }
    assert wrong == {}


def test_there_are_sixty_conversations_and_each_has_its_own_name() -> None:
    names = [each.name for each in TRANSCRIPTS]

    assert len(names) == len(set(names)) >= 60
