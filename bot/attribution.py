"""Whose reply it is."""

from dataclasses import dataclass
from uuid import UUID

from bot.conversation import whose
from contact.address import Endpoint
from contact.alumnus import Alumnus
from contact.conversation import Conversation
from contact.ports import Work


@dataclass(frozen=True, slots=True)
class Whose:
    """The alumnus a reply belongs to; None with several ``candidates`` until they say.

    ``talk`` is the conversation that is open on the endpoint, if there is one.
    """

    alumnus: Alumnus | None
    candidates: tuple[Alumnus, ...] = ()
    talk: Conversation | None = None


def attribute(work: Work, endpoint: Endpoint, text: str) -> Whose:
    """Whose the reply is: of the open talk, else who was asked last, else who says so.

    On a shared phone where nobody was asked, the text may itself be the answer
    to "Is this about Sam or Alex?".
    """
    talk = work.conversations.on(endpoint.id)
    if talk is not None:
        return Whose(work.alumni.get(talk.alumnus), talk=talk)
    sharers = work.addresses.sharers(endpoint.id)
    last = work.conversations.last_on(endpoint.id)
    # Who turned out not to have this number is no longer asked about on it.
    if last is not None and last.alumnus in sharers:
        return Whose(work.alumni.get(last.alumnus))
    people = _known(work, sharers)
    if len(people) <= 1:
        return Whose(people[0] if people else None)
    picked = whose(text, tuple(each.profile.first_name for each in people))
    return Whose(people[picked] if picked is not None else None, people)


def _known(work: Work, ids: list[UUID]) -> tuple[Alumnus, ...]:
    people = (work.alumni.get(each) for each in ids)
    return tuple(each for each in people if each is not None)
