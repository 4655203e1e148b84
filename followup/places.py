"""The public list of places to study, ready to look typed names up in."""

import functools
from dataclasses import replace

from bot.understanding import Provider, ProviderIndex
from bot.understanding.lexicon import full_names
from bot.understanding.naming import words_of
from contact.listed import ListedProvider
from contact.ports import Memory
from contact.recording import Known


def places(memory: Memory) -> ProviderIndex | None:
    """The index of the list that was loaded last, None where there is none."""
    listed = memory.read(lambda work: work.providers.where_leavers_may_be()).result()
    return ProviderIndex(map(_known, listed)) if listed else None


def numbered(known: Known, index: ProviderIndex | None) -> Known:
    """``known`` with the name and the numbers of its provider, where the list knows one."""
    found = index.best(known.provider) if index is not None and known.provider else None
    if found is None:
        return known
    return replace(known, provider=found.name, urn=found.urn, ukprn=found.ukprn)


def _known(listed: ListedProvider) -> Provider:
    kind = "sixth_form_college" if _is_sixth_form(listed) else listed.kind
    return Provider(listed.name, kind, listed.urn, listed.ukprn, listed.town, listed.other_names)


def _is_sixth_form(listed: ListedProvider) -> bool:
    """Whether our own lists know a college as one for sixth-formers where the public one does not.

    The further-education register counts sixth-form colleges among its own.
    """
    return listed.kind in ("college", "fe_college") and words_of(listed.name) in sixth_forms()


@functools.lru_cache(maxsize=1)
def sixth_forms() -> frozenset[frozenset[str]]:
    """The words of each sixth-form college's full name."""
    return frozenset(words_of(name) for name in full_names("sfc"))
