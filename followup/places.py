"""The public list of places to study, ready to look typed names up in."""

from bot.understanding import Provider, ProviderIndex
from contact.listed import ListedProvider
from contact.ports import Memory


def places(memory: Memory) -> ProviderIndex | None:
    """The index of the list that was loaded last, None where there is none."""
    listed = memory.read(lambda work: work.providers.where_leavers_may_be()).result()
    return ProviderIndex(map(_known, listed)) if listed else None


def _known(listed: ListedProvider) -> Provider:
    return Provider(
        listed.name, listed.kind, listed.urn, listed.ukprn, listed.town, listed.other_names
    )
