"""How staff let a channel go on that rests."""

from datetime import datetime

from contact.address import ChannelName
from contact.audit import Deed
from contact.ports import Work
from contact.sending_again import goes_on


def resume_channel(work: Work, channel: ChannelName, by: str, now: datetime) -> bool:
    """Let ``channel`` go on, because what was wrong is mended; False where it did not rest."""
    resumed = goes_on(work, channel, now)
    if resumed:
        work.audit.write(Deed(now, by, "resume_channel", subject=f"channel:{channel}"))
    return resumed
