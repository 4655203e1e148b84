"""The language somebody is written to in, and how a message's line names it."""

from contact.case import Case
from contact.ports import Work
from contact.school import ENGLISH, School

_MARK = ":"


def in_language(line: str, language: str) -> str:
    """``line`` as a message in ``language`` names it: ``pl:ask.1``, in English ``ask.1``.

    So the ledger says of each message in which language it was written.
    """
    bare = of_line(line)[1]
    return bare if language == ENGLISH else f"{language}{_MARK}{bare}"


def of_line(line: str) -> tuple[str, str]:
    """The language (ISO 639-1) of ``line`` and its name without it."""
    language, mark, bare = line.partition(_MARK)
    return (language, bare) if mark else (ENGLISH, line)


def spoken_with(work: Work, case: Case | None, school: School | None) -> str:
    """The language the alumnus of ``case`` is written to in: the one we spoke last, or English.

    It is what their last conversation came to, in this case or an earlier
    one, as long as ``school`` has that language turned on.
    """
    if case is None or school is None or not school.languages:
        return ENGLISH
    return school.speaks(_last_spoken(work, case))


def _last_spoken(work: Work, case: Case) -> str:
    for each in reversed(work.cases.of(case.alumnus)):
        talk = work.conversations.of_case(each.id)
        if talk is not None:
            return talk.talk.language
    return ENGLISH
