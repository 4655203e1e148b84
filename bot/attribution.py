"""Whose reply it is."""

from dataclasses import dataclass
from uuid import UUID

from bot.conversation import whose
from bot.survey import plain
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


def attribute(work: Work, endpoint: Endpoint, text: str, school: str | None = None) -> Whose:
    """Whose the reply is: of the open talk, else who was asked last, else who says so.

    On a shared phone where nobody was asked, the text may itself be the answer
    to "Is this about Sam or Alex?". Where a number of ``school``'s own was
    texted, it is nobody's of another.
    """
    talk = work.conversations.on(endpoint.id)
    if talk is not None:
        person = work.alumni.get(talk.alumnus)
        if person is None or school in (None, person.school):
            return Whose(person, talk=talk)
    sharers = work.addresses.sharers(endpoint.id)
    last = work.conversations.last_on(endpoint.id)
    # Who turned out not to have this number is no longer asked about on it.
    if last is not None and last.alumnus in sharers:
        person = work.alumni.get(last.alumnus)
        if person is None or school in (None, person.school):
            return Whose(person, talk=talk)
    people = tuple(each for each in _known(work, sharers) if school in (None, each.school))
    if len(people) <= 1:
        return Whose(people[0] if people else None, talk=talk)
    if are_of_several_schools(people) and plain(text).isdecimal():
        # Nobody has asked them which of the two they are.
        return Whose(None, people)
    picked = whose(text, tuple(each.profile.first_name for each in people))
    return Whose(people[picked] if picked is not None else None, people, talk)


def are_of_several_schools(people: tuple[Alumnus, ...]) -> bool:
    """Whether asking which of them it is would tell one school of another's."""
    return len({each.school for each in people}) > 1


def _known(work: Work, ids: list[UUID]) -> tuple[Alumnus, ...]:
    people = (work.alumni.get(each) for each in ids)
    return tuple(each for each in people if each is not None)
