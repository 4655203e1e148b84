"""The memory as the staff of some schools see it: what is another school's is not there."""

from collections.abc import Callable, Iterator
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from contact import ports
from contact.alumnus import Alumnus, Cohort
from contact.case import Case
from contact.flag import Flag
from storage.cases import Cases
from storage.cohorts import Cohorts
from storage.flags import Flags
from storage.keys import Keys
from storage.people import Alumni
from storage.statement import Statement
from storage.tables import alumnus
from storage.work import Work

P = ParamSpec("P")
T = TypeVar("T")

_SCHOOL = Statement(select(alumnus.c.school).where(alumnus.c.id == bindparam("id")))


class Within:
    """A memory that finds nobody, no flag, case or cohort but those of ``schools``.

    ``strays`` says whether flags of no school are found, too. It bounds what
    can be looked up; a use case still follows a number that several people
    share, whichever school they left.
    """

    def __init__(self, memory: ports.Memory, schools: frozenset[str], *, strays: bool) -> None:
        self._memory = memory
        self._schools = schools
        self._strays = strays

    def write(
        self, use_case: Callable[Concatenate[ports.Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> ports.Pending[T]:
        """As ``Memory.write``, within the schools."""
        return self._memory.write(self._narrowed(use_case), *args, **kwargs)

    def read(
        self, query: Callable[Concatenate[ports.Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> ports.Pending[T]:
        """As ``Memory.read``, within the schools."""
        return self._memory.read(self._narrowed(query), *args, **kwargs)

    def _narrowed(
        self, run: Callable[Concatenate[ports.Work, P], T]
    ) -> Callable[Concatenate[ports.Work, P], T]:
        def narrowed(work: ports.Work, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return run(_within(work, self._schools, strays=self._strays), *args, **kwargs)

        return narrowed


def _within(work: ports.Work, schools: frozenset[str], *, strays: bool) -> Work:
    assert isinstance(work, Work)  # noqa: S101  there is one kind of transaction
    narrowed = Work(work.connection, work.keys.vault, work.keys)
    narrowed.alumni = _Alumni(work.connection, work.keys, schools)
    narrowed.cohorts = _Cohorts(work.connection, schools)
    narrowed.cases = _Cases(work.connection, schools)
    narrowed.flags = _Flags(work.connection, work.keys, schools, strays=strays)
    return narrowed


class _Alumni(Alumni):
    def __init__(self, connection: Connection, keys: Keys, schools: frozenset[str]) -> None:
        super().__init__(connection, keys)
        self._schools = schools

    def by_reference(self, reference: str) -> Alumnus | None:
        found = super().by_reference(reference)
        return found if found is not None and found.school in self._schools else None

    def everybody(self, school: str | None = None) -> Iterator[Alumnus]:
        for each in sorted(self._schools):
            if school in (None, each):
                yield from super().everybody(each)


class _Cohorts(Cohorts):
    def __init__(self, connection: Connection, schools: frozenset[str]) -> None:
        super().__init__(connection)
        self._schools = schools

    def all(self) -> list[Cohort]:
        return [each for each in super().all() if each.school in self._schools]


class _Cases(Cases):
    def __init__(self, connection: Connection, schools: frozenset[str]) -> None:
        super().__init__(connection)
        self._at = connection
        self._schools = schools

    def get(self, number: int) -> Case | None:
        found = super().get(number)
        return found if found is not None and self._school(found.alumnus) in self._schools else None

    def _school(self, who: UUID) -> str | None:
        """The school they are with now: a case of the one they came from moves with them."""
        school: str | None = _SCHOOL.scalar(self._at, {"id": who})
        return school


class _Flags(Flags):
    def __init__(
        self, connection: Connection, keys: Keys, schools: frozenset[str], *, strays: bool
    ) -> None:
        super().__init__(connection, keys)
        self._schools = schools
        self._strays = strays

    def get(self, number: int) -> Flag | None:
        found = super().get(number)
        return found if found is not None and self._seen(found) else None

    def list(self, *, closed_too: bool = False) -> list[Flag]:
        return [each for each in super().list(closed_too=closed_too) if self._seen(each)]

    def _seen(self, flag: Flag) -> bool:
        return self._strays if flag.school is None else flag.school in self._schools
