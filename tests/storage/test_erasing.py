"""Erased is erased: on the disk, in every backup that is restored, and for every later import."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from contact.address import ChannelName, Standing
from contact.attempt import AttemptState
from contact.audit import Deed
from contact.case import CaseState, Disposition, Ending
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.errors import Misconfigured, NotAllowed, StorageUnavailable, UnreadableFile
from contact.flag import FlagKind, NewFlag
from contact.message import Delivery
from contact.reply import Label, Reading
from storage.backup import backup
from storage.crypto import Vault, new_master_key
from storage.database import file_of
from storage.erasures import erased_among, remember_erasure
from storage.memory import open_memory
from storage.restore import restore
from tests.storage.cast import (
    AMINA_PHONE,
    LATER,
    NOW,
    add,
    address,
    attempt,
    conversation,
    message,
    open_case,
    reply,
    seen,
    somebody,
    written,
)

MARK = "Zanzibar"
PHONE = "+447700900777"


def life(work):
    """Everything that can be known of somebody, each with the mark in it."""
    who = add(work, somebody(f"{MARK} Amina"), PHONE)
    work.addresses.add(address(work, who, f"{MARK}-chat", ChannelName.TELEGRAM, position=1))
    home = work.addresses.of(who)[0].endpoint
    case = open_case(work, who)
    work.attempts.plan(attempt(case))
    work.conversations.open(conversation(case, home))
    reading = Reading(Label.FE_COLLEGE, "230", 0.9, evidence=(MARK,))
    came = reply(home, who, case=case.id, text=f"at {MARK}", reading=reading)
    work.replies.keep(came)
    work.replies.keep(reply(home, None, text=f"who is {MARK}?"))
    work.messages.plan(message(who, text=f"Hi {MARK}", case=case.id, attempt=1))
    work.messages.plan(message(who, text=f"Thanks {MARK}", delivery=Delivery.DELIVERED))
    spell = Destination(uuid4(), who, "230", Source.ALUMNUS, NOW, case.id, came.id, provider=MARK)
    work.destinations.add(spell)
    for number in range(2):
        flag = NewFlag(FlagKind.WORRY, "cansfield", NOW, LATER, who, case.id, came.id, str(number))
        opened = work.flags.get(work.flags.raise_(flag))
    work.flags.close(replace(opened, closed_at=NOW, note=f"rang {MARK}", closed_by="Ms Okafor"))
    work.house.invite(MARK, who, NOW, LATER)
    work.audit.write(Deed(NOW, "Ms Okafor", "person hold", who))
    return who


def erase(work, who):
    """What the use case does in its transaction."""
    work.alumni.erase(who, LATER)


def on_disk(url) -> bytes:
    """Every byte that SQLite has on the disk for a database."""
    file = Path(file_of(url) or "")
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))


@pytest.fixture
def who(memory):
    return written(memory, life)


def test_nothing_that_was_said_or_known_can_be_read_from_the_file(sqlite_url, vault):
    memory = open_memory(sqlite_url, vault)
    written(memory, life)
    raw = on_disk(sqlite_url)
    memory.close()
    raw += on_disk(sqlite_url)

    assert b"cansfield" in raw  # what is looked at is the right thing
    spellings = [
        MARK,
        MARK.encode().hex(),
        PHONE,
        PHONE.lstrip("+"),
        PHONE[3:],
        "2009-03-14",
        "Mina",
    ]
    for spelling in spellings:
        assert spelling.encode() not in raw
        assert spelling.encode("utf-16-le") not in raw


def test_somebody_erased_cannot_be_read_by_any_way(memory, who):
    reference = seen(memory, lambda work: work.alumni.get(who).reference)
    match = f"{MARK} Amina|2009-03-14"

    written(memory, erase, who)

    def ways(work):
        return [
            work.alumni.get(who),
            work.alumni.by_reference(reference),
            work.alumni.matching("cansfield", match),
            *work.alumni.everybody(),
            *work.addresses.of(who),
            work.conversations.with_(who),
            work.house.invitation(MARK),
            *(each.text for each in work.messages.of(who)),
            *(each.text for each in work.replies.of(who)),
            *(each.reading for each in work.replies.of(who)),
            *(each.note for each in work.flags.of(who)),
            *(each.provider for each in work.destinations.of(who)),
        ]

    assert set(seen(memory, ways)) == {None}


def test_what_only_counts_stays(memory, who):
    written(memory, erase, who)

    def counts(work):
        case = work.cases.of(who)[0]
        return (
            len(work.cohorts.of(who)),
            [tried.number for tried in work.attempts.of(case.id)],
            [spell.code for spell in work.destinations.of(who)],
            len(work.replies.of(who)),
            len(work.messages.of(who)),
            [deed.action for deed in work.audit.of(who)],
        )

    assert seen(memory, counts) == (1, [1], ["230"], 1, 2, ["person hold"])


def test_whatever_still_ran_is_stopped(memory, who):
    written(memory, erase, who)

    def left(work):
        case = work.cases.of(who)[0]
        tried = work.attempts.of(case.id)[0]
        return (
            (case.state, case.act_at, case.ended_at),
            work.cases.endings(case.id),
            (tried.state, tried.outcome),
            work.messages.next_planned(),
            work.consents.live(who, Purpose.TRACKING),
            work.flags.list(),
        )

    case, endings, tried, planned, live, flags = seen(memory, left)
    assert case == (CaseState.ENDED, None, LATER)
    ((number, *rest),) = [(e.case, e.at, e.disposition, e.detail, e.code) for e in endings]
    assert isinstance(number, int)
    assert rest == [LATER, Disposition.OTHER, "erased", None]
    assert tried == (AttemptState.CANCELLED, "erased")
    assert (planned, live, flags) == (None, None, [])


def test_how_an_ended_case_ended_is_not_changed(memory, who):
    def end(work):
        case = work.cases.current(who)
        work.cases.save(replace(case, state=CaseState.ENDED, act_at=None, ended_at=NOW))
        work.cases.end(Ending(case.id, NOW, Disposition.COMPLETE, "all asked"))
        return case.id

    number = written(memory, end)
    written(memory, erase, who)

    endings = seen(memory, lambda work: work.cases.endings(number))
    assert [each.disposition for each in endings] == [Disposition.COMPLETE]
    assert seen(memory, lambda work: work.cases.get(number)).ended_at == NOW


def test_a_later_import_cannot_revive_the_contact(memory, who):
    written(memory, erase, who)

    again = written(memory, add, somebody(f"{MARK} Amina"), PHONE)

    found = seen(memory, lambda work: work.addresses.of(again)[0])
    assert (found.standing, found.usable) == (Standing.OPTED_OUT, False)


def test_a_strangers_number_is_not_closed(memory):
    def wrong_number(work):
        who = add(work, somebody())
        work.addresses.stands(work.addresses.of(who)[0].id, Standing.NOT_THEIRS)
        work.alumni.erase(who, LATER)
        return work.addresses.find(ChannelName.SMS, AMINA_PHONE).standing

    assert written(memory, wrong_number) is Standing.UNTRIED


def test_nobody_else_is_touched(memory, who):
    ben = written(memory, add, somebody("Ben Okafor"), "+447700900002")

    def of_ben(work):
        return (
            work.alumni.get(ben),
            work.addresses.of(ben),
            work.consents.of(ben),
            work.cases.of(ben),
        )

    before = seen(memory, of_ben)
    written(memory, erase, who)

    assert seen(memory, of_ben) == before


def test_twice_is_once_and_a_message_on_its_way_can_still_be_settled(memory, who):
    def claimed(work):
        one = message(who, text="Hi", delivery=Delivery.SENDING, claimed_at=NOW)
        work.messages.plan(one)
        return one

    one = written(memory, claimed)
    for _ in "12":
        written(memory, erase, who)
    sent = replace(one, delivery=Delivery.ACCEPTED, provider_id="SM1")

    assert written(memory, lambda work: work.messages.save(sent, Delivery.SENDING))
    assert seen(memory, lambda work: work.messages.get(one.id)).text is None
    assert len(seen(memory, lambda work: work.cases.endings(work.cases.of(who)[0].id))) == 1


def test_the_erased_key_is_on_the_disk_no_more(sqlite_url, vault):
    """With the wrapped key in an old page or log, the master key would open every old copy."""
    memory = open_memory(sqlite_url, vault)
    who = written(memory, life)
    with closing(sqlite3.connect(str(file_of(sqlite_url)))) as other:
        query = "SELECT data_key FROM alumnus WHERE id = ?"
        wrapped = other.execute(query, [who.hex]).fetchone()[0]
    assert wrapped in on_disk(sqlite_url)

    written(memory, erase, who)
    written(memory, lambda work: work.house.beat("clock", NOW))

    assert wrapped not in on_disk(sqlite_url)
    memory.close()


class TestBackup:
    def test_a_backup_holds_everything_and_only_its_owner_reads_it(
        self, memory, url, who, vault, tmp_path
    ):
        copy = tmp_path / "copy.db"

        backup(url, copy, vault)

        restored = open_memory(f"sqlite:///{copy}", vault)
        for query in (everything_of(who), lambda work: list(work.alumni.everybody())):
            assert seen(restored, query) == seen(memory, query)
        restored.close()
        assert copy.stat().st_mode & 0o777 == 0o600

    def test_a_backup_is_one_file_without_anything_readable(self, url, who, vault, tmp_path):
        folder = tmp_path / "backups"
        folder.mkdir()

        backup(url, folder / "copy.db", vault)

        assert [path.name for path in folder.iterdir()] == ["copy.db"]
        assert MARK.encode() not in (folder / "copy.db").read_bytes()

    def test_a_backup_never_overwrites(self, url, vault, tmp_path):
        precious = tmp_path / "precious.txt"
        precious.write_text("precious")

        with pytest.raises(NotAllowed, match="exists already"):
            backup(url, precious, vault)
        assert precious.read_text() == "precious"

    def test_a_backup_nowhere_says_so(self, url, vault, tmp_path):
        with pytest.raises(StorageUnavailable, match="cannot be written"):
            backup(url, tmp_path / "nowhere" / "copy.db", vault)

    def test_a_backup_needs_the_key_and_leaves_nothing_without(self, url, tmp_path):
        with pytest.raises(Misconfigured, match="does not fit"):
            backup(url, tmp_path / "copy.db", Vault(new_master_key()))
        assert not (tmp_path / "copy.db").exists()

    def test_a_backup_while_the_service_writes_is_one_picture(self, memory, url, vault, tmp_path):
        """Two beats of one transaction are both in it, or neither."""

        def both(work, number):
            work.house.beat(f"a{number}", NOW)
            work.house.beat(f"b{number}", NOW)

        pendings = [memory.write(both, number) for number in range(300)]
        copies = [tmp_path / f"copy{number}.db" for number in range(5)]
        for copy in copies:
            backup(url, copy, vault)
        for pending in pendings:
            pending.result()

        for copy in copies:
            with closing(sqlite3.connect(copy)) as database:
                names = [row[0] for row in database.execute("SELECT name FROM heartbeat")]
            halves = [{name[1:] for name in names if name[0] == half} for half in "ab"]
            assert halves[0] == halves[1]


def everything_of(who):
    """All that the repositories know of ``who``."""

    def query(work):
        case = work.cases.of(who)[0]
        return (
            work.addresses.of(who),
            work.consents.of(who),
            work.cohorts.of(who),
            case,
            work.attempts.of(case.id),
            work.messages.of(who),
            work.replies.of(who),
            work.conversations.of_case(case.id),
            work.destinations.of(who),
            work.flags.of(who),
            work.audit.of(who),
        )

    return query


class TestRestore:
    @pytest.fixture
    def copy(self, memory, url, who, vault, tmp_path):
        """A backup of a database with somebody's life in it."""
        backup(url, tmp_path / "copy.db", vault)
        return tmp_path / "copy.db"

    @pytest.fixture(params=["sqlite", "postgresql"])
    def target(self, request, tmp_path):
        """Where it is restored to: either database, from either."""
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path / 'restored.db'}"
        return request.getfixturevalue("postgres_url")

    def test_what_was_backed_up_is_there_again(self, memory, who, copy, target, vault, tmp_path):
        again = restore(copy, target, vault, tmp_path / "erasures.log", LATER)

        restored = open_memory(target, vault)
        assert again == 0
        assert seen(restored, everything_of(who)) == seen(memory, everything_of(who))
        # And it goes on from there: new numbers do not meet the old ones.
        written(restored, lambda work: work.audit.write(Deed(NOW, "b", "c", who)))
        ben = written(restored, add, somebody("Ben"), "+447700900002")
        assert written(restored, open_case, ben).id > seen(restored, everything_of(who))[3].id
        restored.close()

    def test_who_was_erased_since_is_erased_again(self, memory, who, copy, target, vault, tmp_path):
        log = tmp_path / "erasures.log"
        ben = written(memory, add, somebody("Ben"), "+447700900002")
        for gone in (ben, who):
            remember_erasure(log, vault, gone)

        assert restore(copy, target, vault, log, LATER) == 1

        restored = open_memory(target, vault)
        assert seen(restored, lambda work: work.alumni.get(who)) is None
        assert seen(restored, lambda work: work.addresses.of(who)) == []
        restored.close()

    def test_nothing_of_the_erased_is_left_beside_it(self, who, copy, vault, tmp_path):
        with closing(sqlite3.connect(copy)) as database:
            wrapped = database.execute("SELECT data_key FROM alumnus").fetchone()[0]
        remember_erasure(tmp_path / "erasures.log", vault, who)
        folder = tmp_path / "new"
        folder.mkdir()

        restore(copy, f"sqlite:///{folder / 'f.db'}", vault, tmp_path / "erasures.log", LATER)

        assert [path.name for path in folder.iterdir()] == ["f.db"]
        assert (folder / "f.db").stat().st_mode & 0o777 == 0o600
        assert wrapped not in (folder / "f.db").read_bytes()

    def test_a_database_that_is_there_is_not_replaced(
        self, memory, url, who, copy, vault, tmp_path
    ):
        with pytest.raises(NotAllowed):
            restore(copy, url, vault, tmp_path / "erasures.log", LATER)

        assert seen(memory, lambda work: work.alumni.get(who)) is not None

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda file: file.unlink(), id="missing"),
            pytest.param(lambda file: file.write_bytes(b"not a backup" * 999), id="something else"),
            pytest.param(lambda file: file.write_bytes(b""), id="empty"),
            pytest.param(lambda file: file.write_bytes(file.read_bytes()[:20_000]), id="cut off"),
        ],
    )
    def test_what_is_no_backup_is_refused_and_nothing_is_made(self, copy, vault, tmp_path, spoil):
        spoil(copy)
        folder = tmp_path / "new"
        folder.mkdir()

        with pytest.raises(UnreadableFile):
            restore(copy, f"sqlite:///{folder / 'f.db'}", vault, tmp_path / "none.log", LATER)
        assert list(folder.iterdir()) == []

    def test_a_backup_of_another_key_is_refused(self, copy, target, tmp_path):
        other = Vault(new_master_key())

        with pytest.raises(Misconfigured, match="does not fit"):
            restore(copy, target, other, tmp_path / "none.log", LATER)
        with pytest.raises(Misconfigured, match="has not been set up"):
            open_memory(target, other)


class TestErasuresLog:
    def test_it_knows_who_was_erased_and_names_nobody(self, vault, tmp_path):
        log, gone, kept = tmp_path / "erasures.log", uuid4(), uuid4()

        for _ in "12":
            remember_erasure(log, vault, gone)

        assert erased_among(log, vault, [kept, gone]) == [gone]
        assert log.read_text() == f"{vault.index('erasure', str(gone)).hex()}\n" * 2
        assert log.stat().st_mode & 0o777 == 0o600
        assert erased_among(log, Vault(new_master_key()), [gone]) == []

    def test_without_a_list_nobody_was_erased(self, vault, tmp_path):
        assert erased_among(tmp_path / "none.log", vault, [uuid4()]) == []

    def test_a_list_that_cannot_be_written_stops_the_erasure(self, vault, tmp_path):
        with pytest.raises(StorageUnavailable, match="nobody was erased"):
            remember_erasure(tmp_path / "nowhere" / "erasures.log", vault, uuid4())
