"""Staff see the people of their own schools, and nothing of any other."""

import pytest

from contact.errors import Misconfigured, NotAllowed, UnknownReference
from followup.config import Settings
from followup.sections import SchoolSection, Service
from followup.staff import sign_in, signer
from followup.wiring import House

OKAFOR, REID, TRUST = "Miss Okafor", "Mr Reid", "Mx Trust"


class Empty(House):
    """A house without a database: who sees what is decided before anything is looked up."""

    memory = None  # type: ignore[assignment]


def house(trust: tuple[str, ...] = (TRUST,), *, own: bool = True) -> House:
    staff = {"cansfield": (OKAFOR,), "connell": (REID, "Ms Both"), "lha": ("Ms Both",)}
    schools = (
        SchoolSection(id=name, name=name, procedure="termly", staff=names if own else ())
        for name, names in staff.items()
    )
    return Empty(Settings(service=Service(staff=trust), school=tuple(schools)))


@pytest.mark.parametrize(
    ("by", "school", "schools"),
    [
        pytest.param(OKAFOR, None, {"cansfield"}, id="their own school"),
        pytest.param("Ms Both", None, {"connell", "lha"}, id="each of their schools"),
        pytest.param("Ms Both", "lha", {"lha"}, id="one of their schools"),
        pytest.param(TRUST, None, {"cansfield", "connell", "lha"}, id="the trust sees all"),
        pytest.param(TRUST, "connell", {"connell"}, id="the trust looks at one"),
    ],
)
def test_whose_people_somebody_sees(by, school, schools):
    staff = sign_in(house(), by, school)

    assert (staff.by, staff.schools) == (by, schools)
    assert staff.everything == (len(schools) == 3)


@pytest.mark.parametrize("school", ["connell", "nowhere"])
def test_a_school_that_is_not_theirs_is_refused_as_one_that_does_not_exist(school):
    with pytest.raises(NotAllowed, match="not on the staff") as refused:
        sign_in(house(), OKAFOR, school)

    assert "lha" not in str(refused.value)


def test_who_leaves_their_name_out_is_asked_for_it_where_schools_have_staff_of_their_own():
    with pytest.raises(Misconfigured, match="--by NAME"):
        sign_in(house(), None)


def test_a_wrong_name_is_not_told_who_works_at_the_schools():
    with pytest.raises(Misconfigured) as refused:
        sign_in(house(), "Nobody")

    assert not [name for name in (OKAFOR, REID, TRUST) if name in str(refused.value)]


def test_without_staff_of_their_own_everybody_sees_every_school():
    for staff in (sign_in(house(own=False), None), sign_in(house((), own=False), "Anybody")):
        assert staff.everything

    assert sign_in(house(own=False), None, "lha").schools == {"lha"}
    with pytest.raises(UnknownReference, match="no school 'nowhere'"):
        sign_in(house(own=False), None, "nowhere")


def test_who_signs_where_a_school_has_staff_of_its_own():
    assert signer(house((), own=True).settings, REID) == REID
