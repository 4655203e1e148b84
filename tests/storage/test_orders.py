"""What staff order for one alumnus, as the memory keeps it, on both databases."""

from dataclasses import replace

from contact.correcting import Correction, correct
from contact.errors import AlreadyDecided
from contact.flag import Decision, FlagKind
from contact.orders import hold, release
from contact.review import Ruling, close_flag
from tests.staffroom import BY, LATER, desk, flagged
from tests.storage.cast import NOW, add, somebody


def stored(memory, work):
    return memory.write(work).result()


def test_a_hold_stands_once_and_goes_once(memory):
    who = stored(memory, lambda work: add(work, somebody()))

    def twice(work, change):
        return [change(work), change(work)]

    assert stored(memory, lambda work: twice(work, lambda w: w.alumni.hold(who, NOW))) == [
        True, False,
    ]  # fmt: skip
    assert memory.read(lambda work: work.alumni.get(who)).result().held_since == NOW
    assert stored(memory, lambda work: twice(work, lambda w: w.alumni.release(who))) == [
        True, False,
    ]  # fmt: skip
    assert memory.read(lambda work: work.alumni.get(who)).result().held_since is None


def test_a_correction_keeps_the_hold_and_the_key_the_form_is_known_by(memory):
    person = somebody()
    who = stored(memory, lambda work: add(work, person))
    stored(memory, lambda work: work.alumni.hold(who, NOW))

    named = replace(person.profile, name="Aminah Yusuf")
    stored(memory, lambda work: work.alumni.correct(replace(person, profile=named)))

    found = memory.read(
        lambda work: work.alumni.matching("cansfield", "Amina Yusuf|2009-03-14")
    ).result()
    assert (found.profile.name, found.held_since) == ("Aminah Yusuf", NOW)


def test_staffs_work_runs_on_either_database(memory):
    who = stored(memory, lambda work: add(work, somebody()))
    person = memory.read(lambda work: work.alumni.get(who)).result()

    memory.write(hold, person, BY, NOW).result()
    memory.write(release, person, BY, LATER).result()
    right = Correction(phone="07700 900777", email="mina@example.org")
    memory.write(correct, person, right, BY, LATER, allow_drama=True).result()

    addresses = memory.read(lambda work: work.addresses.of(who)).result()
    assert [each.channel for each in addresses] == ["email", "sms", "sms"]
    deeds = memory.read(lambda work: work.audit.of(who)).result()
    assert [deed.action for deed in deeds] == ["hold", "release", "correct"]


def test_of_many_who_close_a_flag_at_once_one_did_it(memory):
    who = stored(memory, lambda work: add(work, somebody()))
    number = stored(memory, lambda work: flagged(work, who, FlagKind.QUESTION))

    rulings = [Ruling(Decision.CALL_MADE, f"Staff {each}") for each in range(8)]
    asked = [memory.write(close_flag, number, each, desk(), LATER) for each in rulings]

    errors = [pending.exception() for pending in asked]
    assert sum(error is None for error in errors) == 1
    assert all(isinstance(error, AlreadyDecided) for error in errors if error is not None)
    deeds = memory.read(lambda work: work.audit.of(who)).result()
    assert len(deeds) == 1
