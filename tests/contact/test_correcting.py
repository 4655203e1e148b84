"""What staff put right about somebody, on a real database."""

from datetime import date

import pytest

from contact.address import ChannelName, Standing
from contact.attempt import AttemptState
from contact.correcting import Correction, correct
from contact.errors import NotAllowed
from contact.names import match_key
from tests.staffroom import BY, LATER, NOW, amina, asked, room, second_number, talking
from tests.storage import cast

__all__ = ["room"]

NEW = "+447700900777"


def put_right(room, who, **right):
    done = Correction(**right)
    return room.write(correct, room.person(who), done, BY, LATER, allow_drama=True)


def addresses(room, who):
    return room.read(lambda work: work.addresses.of(who))


def found(room, match_on):
    """Whom a form of Cansfield's is matched to."""
    person = room.read(lambda work: work.alumni.matching("cansfield", match_on))
    return person and person.id


def test_name_birth_and_what_to_call_them_are_put_right(room):
    who = room.write(amina)

    changed = put_right(room, who, name=" Aminah  Yusuf ", preferred="", born_on=date(2009, 4, 1))

    profile = room.person(who).profile
    assert (profile.name, profile.preferred, profile.born_on) == (
        "Aminah Yusuf", None, date(2009, 4, 1),
    )  # fmt: skip
    assert changed == ["name", "preferred", "born_on"]


def test_the_audit_says_what_changed_and_never_the_values(room):
    who = room.write(amina)

    put_right(room, who, name="Aminah Yusuf", phone="07700 900777")

    deed = room.read(lambda work: work.audit.of(who))[-1]
    assert (deed.by, deed.action, deed.detail) == (BY, "correct", "name, phone")


def test_a_corrected_name_brings_nobody_in_twice_from_the_same_form(room):
    who = room.write(amina)

    put_right(room, who, name="Aminah Yusuf")

    again = room.read(lambda work: work.alumni.matching("cansfield", "Amina Yusuf|2009-03-14"))
    assert again.id == who


def test_a_form_with_the_right_name_finds_them_from_now_on(room):
    who = room.write(amina)

    put_right(room, who, name="Aminah  Yusuf", born_on=date(2009, 4, 1))

    assert found(room, match_key("aminah yusuf", date(2009, 4, 1))) == who
    assert found(room, "Amina Yusuf|2009-03-14") == who
    assert found(room, match_key("aminah yusuf", date(2009, 3, 14))) is None


def test_every_spelling_that_was_ever_right_still_finds_them(room):
    who = room.write(amina)
    put_right(room, who, name="Aminah Yusuf")
    put_right(room, who, name="Aminah Khan")

    names = ("Aminah Yusuf", "Aminah Khan")
    assert [found(room, match_key(name, date(2009, 3, 14))) for name in names] == [who, who]


def test_the_old_form_again_does_not_take_the_right_name_away(room):
    who = room.write(amina)
    put_right(room, who, name="Aminah Yusuf")

    room.write(lambda work: work.alumni.save(room.person(who), "Amina Yusuf|2009-03-14"))

    assert found(room, match_key("Aminah Yusuf", date(2009, 3, 14))) == who
    assert found(room, "Amina Yusuf|2009-03-14") == who


def test_nobody_is_given_the_name_and_birth_of_another(room):
    who = room.write(amina)
    put_right(room, who, name="Aminah Yusuf")
    other = room.write(lambda work: cast.add(work, cast.somebody("Amy Yusuf"), phone=None))

    with pytest.raises(NotAllowed, match=room.person(who).reference):
        put_right(room, other, name="Aminah Yusuf")
    assert room.person(other).profile.name == "Amy Yusuf"


def test_an_erased_person_is_found_by_no_spelling(room):
    who = room.write(amina)
    put_right(room, who, name="Aminah Yusuf")

    room.write(lambda work: work.alumni.erase(who, LATER))

    assert found(room, "Amina Yusuf|2009-03-14") is None


def test_a_new_number_comes_first_and_the_old_ones_are_not_theirs(room):
    who = room.write(amina)
    room.write(second_number, who)

    put_right(room, who, phone="07700 900777")

    first, *old = addresses(room, who)
    assert (first.value, first.channel, first.usable) == (NEW, ChannelName.SMS, True)
    assert [each.standing for each in old] == [Standing.NOT_THEIRS] * 2


def test_what_waited_on_the_old_number_has_failed_and_the_talk_there_is_over(room):
    who = room.write(amina)
    room.write(asked, who)
    room.write(talking, who)

    put_right(room, who, phone="07700 900777")

    assert room.attempts(who)[0].state is AttemptState.FAILED
    assert room.read(lambda work: work.conversations.with_(who)) is None
    assert room.case(who).act_at == LATER


def test_a_number_that_was_thought_a_strangers_may_be_theirs_after_all(room):
    who = room.write(amina)
    old = addresses(room, who)[0]
    room.write(lambda work: work.addresses.stands(old.id, Standing.NOT_THEIRS))

    put_right(room, who, phone=old.value)

    assert [each.standing for each in addresses(room, who)] == [Standing.UNTRIED]


def test_of_two_numbers_the_one_that_is_right_stays(room):
    who = room.write(amina)
    other = room.write(second_number, who)

    put_right(room, who, phone=other.value)

    standing = {each.value: each.standing for each in addresses(room, who)}
    assert standing == {cast.AMINA_PHONE: Standing.NOT_THEIRS, other.value: Standing.UNTRIED}


def test_a_mailbox_leaves_the_number_alone(room):
    who = room.write(amina)

    assert put_right(room, who, email="mina@example.org") == ["email"]

    assert [(each.channel, each.standing) for each in addresses(room, who)] == [
        ("email", "untried"), ("sms", "untried"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("right", "why"),
    [
        pytest.param({}, "Nothing", id="nothing said"),
        pytest.param({"name": "Amina Yusuf"}, "Nothing", id="the same name"),
        pytest.param({"phone": cast.AMINA_PHONE}, "Nothing", id="the same number"),
        pytest.param({"phone": "0161 496 0000"}, "landline", id="a landline"),
        pytest.param({"phone": "07700 90O777"}, "letter O", id="the letter O"),
        pytest.param({"phone": "call me"}, "not a phone number", id="no number"),
        pytest.param({"email": "mina at example"}, "not an e-mail", id="no mailbox"),
        pytest.param({"name": " - "}, "no name", id="no name"),
        pytest.param({"born_on": date(2099, 1, 1)}, "no day of birth", id="not born yet"),
    ],
)
def test_what_cannot_be_right_changes_nothing(room, right, why):
    who = room.write(amina)
    before = (room.person(who), addresses(room, who))

    with pytest.raises(NotAllowed, match=why):
        put_right(room, who, **right)

    assert (room.person(who), addresses(room, who)) == before
    assert room.deeds(who) == []


def test_a_case_that_waits_for_an_answer_is_not_hurried_by_a_mailbox(room):
    who = room.write(amina)
    waiting = room.write(asked, who)

    put_right(room, who, email="mina@example.org")

    assert room.case(who).act_at == waiting.act_at
    assert waiting.act_at > NOW
