"""Disks that are full, read-only or broken: SQLite fails for true, the outbox keeps what it had and says so."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.events import BatchAnswer
from sundial.protocol.messages import Lost
from tests.agent.outbox.disks import another_account, no_byte_beyond, wal_size, writes_refused
from tests.agent.outbox.facts import BEGIN, SESSION, app, apps, eid, meta, picture
from tests.agent.outbox.test_outbox import accept, eids, numbered

# Full


@pytest.mark.parametrize("room", [0, 1, 24, 4000, 4120, 9000, 30_000])
def test_a_disk_that_is_full_in_the_middle_of_a_put_keeps_nothing_of_it_and_all_that_was(
    tmp_path: Path, room: int
) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    with no_byte_beyond(wal_size(tmp_path) + room), pytest.raises(CannotKeep, match="disk"):
        outbox.put([app(number, "x" * 900) for number in range(3, 100)], BEGIN)
    assert outbox.queue().waiting == 3
    outbox.put(apps(range(100, 101)), BEGIN)
    assert eids(outbox) == numbered(0, 1, 2, 100), "it goes on when there is room again"
    assert eids(Outbox.open(tmp_path)) == numbered(0, 1, 2, 100)


def test_sqlite_says_full_and_so_does_the_outbox(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    connection = outbox._file._connection  # a bound on pages is set from inside
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(CannotKeep, match="the disk is full"):
        outbox.put_picture(meta(5), picture(5, 100_000), BEGIN)
    with pytest.raises(CannotKeep, match="the disk is full"):
        outbox.put([app(number, "x" * 900) for number in range(5, 500)], BEGIN)
    assert outbox.queue().waiting == 3
    assert outbox.next_picture() is None


def test_on_a_full_disk_it_cannot_begin_and_says_why(tmp_path: Path) -> None:
    with no_byte_beyond(0), pytest.raises(CannotKeep, match="disk"):
        Outbox.open(tmp_path)
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    assert outbox.queue().waiting == 3


def test_on_a_full_disk_one_can_still_look(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    with no_byte_beyond(0):
        assert outbox.queue().waiting == 3
        assert len(outbox.recent(BEGIN)) == 3
        assert outbox.today(BEGIN.date()) == 0
        assert outbox.open_session() is None


def test_a_settlement_that_cannot_be_written_is_made_again_later(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    first = outbox.next_batch()
    with no_byte_beyond(wal_size(tmp_path)), pytest.raises(CannotKeep):
        accept(outbox, 0, 1, 2)
    assert outbox.next_batch() == first, "the same batch: the server says duplicate"
    assert outbox.settle(BatchAnswer([], numbered(0, 1, 2), []), BEGIN) == 3


# Read-only


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that another account may read, on a way that it may go."""
    with tempfile.TemporaryDirectory(prefix="sundial-disk-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@contextmanager
def not_permitted() -> Iterator[None]:
    with pytest.raises(CannotKeep, match=r"outbox\.db") as raised:
        yield
    assert isinstance(raised.value.__cause__, PermissionError)


def test_a_folder_that_cannot_be_written_is_named(open_to_all: Path) -> None:
    open_to_all.chmod(0o555)
    with another_account(), not_permitted():
        Outbox.open(open_to_all)
    with another_account(), not_permitted():
        Outbox.open(open_to_all / "deeper" / "profile")


def test_a_file_that_became_read_only_is_left_as_it_is(open_to_all: Path) -> None:
    outbox = Outbox.open(open_to_all)
    outbox.put(apps(range(3)), BEGIN)
    outbox.close()
    (open_to_all / "outbox.db").chmod(0o444)
    open_to_all.chmod(0o555)
    with another_account(), not_permitted():
        Outbox.open(open_to_all)
    open_to_all.chmod(0o755)
    assert eids(Outbox.open(open_to_all)) == numbered(0, 1, 2)


def test_sqlite_says_read_only_and_so_does_the_outbox(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    connection = outbox._file._connection  # made read-only from inside
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(CannotKeep, match="the disk is read-only"):
        outbox.put(apps(range(3, 5)), BEGIN)
    with pytest.raises(CannotKeep, match="the disk is read-only"):
        outbox.next_batch()
    assert outbox.queue().waiting == 3
    connection.execute("PRAGMA query_only = OFF")
    assert eids(outbox) == numbered(0, 1, 2)


def test_a_disk_that_fails_under_an_open_outbox_keeps_nothing_by_half(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    with writes_refused(tmp_path / "outbox.db-wal"), pytest.raises(CannotKeep, match="the disk does not take it"):
        outbox.put(apps(range(3, 5)), BEGIN)
    outbox.put(apps(range(5, 6)), BEGIN)
    assert eids(outbox) == numbered(0, 1, 2, 5)


def test_another_program_that_holds_the_file_is_named(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    other = sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CannotKeep, match="another program holds its file"):
        outbox.put(apps(range(3)), BEGIN)
    other.execute("ROLLBACK")
    other.close()
    outbox.put(apps(range(3)), BEGIN)
    assert outbox.queue().waiting == 3


# Broken


def filled(folder: Path, events: int) -> None:
    outbox = Outbox.open(folder)
    outbox.put([app(number, f"title {number} " + "x" * 300) for number in range(events)], BEGIN)
    eids(outbox, 10)
    accept(outbox, *range(10))
    outbox.add_worked(BEGIN.date(), 600)
    outbox.close()


def spoil(file: Path, start: int, length: int) -> None:
    with file.open("r+b") as handle:
        handle.seek(start)
        handle.write(b"\xa5" * length)


def test_a_file_that_is_no_database_is_kept_aside_and_a_new_one_begun(tmp_path: Path) -> None:
    filled(tmp_path, 100)
    spoil(tmp_path / "outbox.db", 0, 8192)
    outbox = Outbox.open(tmp_path)
    assert outbox.queue().waiting == 0
    assert outbox.queue().lost == [Lost("corrupt", 1)]
    (note,) = outbox.notes
    assert note.startswith("outbox.db is broken (file is not a database): kept as outbox.corrupt-1")
    assert (tmp_path / "outbox.corrupt-1").read_bytes()[:4] == b"\xa5" * 4
    outbox.put(apps(range(3)), BEGIN)
    outbox.close()
    again = Outbox.open(tmp_path)
    assert (again.notes, eids(again)) == ([], numbered(0, 1, 2))


def test_of_a_damaged_file_all_that_can_be_read_goes_on(tmp_path: Path) -> None:
    filled(tmp_path, 1000)
    size = (tmp_path / "outbox.db").stat().st_size
    spoil(tmp_path / "outbox.db", size // 2, 2 * 4096)
    outbox = Outbox.open(tmp_path)
    status = outbox.queue()
    (lost,) = status.lost
    assert lost.reason == "corrupt"
    assert 900 < status.waiting < 990
    assert status.waiting + lost.count in (990, status.waiting + 1), "counted, or the one loss that is known"
    assert outbox.today(BEGIN.date()) == 600
    batch = outbox.next_batch()
    assert batch is not None
    assert batch.seq == 2, "batches are counted on"
    assert {event.eid for event in batch.events} <= set(numbered(*range(10, 1000)))


def test_a_file_that_breaks_while_it_is_open_is_replaced_and_the_put_is_kept(tmp_path: Path) -> None:
    filled(tmp_path, 1000)
    outbox = Outbox.open(tmp_path)
    size = (tmp_path / "outbox.db").stat().st_size
    spoil(tmp_path / "outbox.db", 4096, size - 4096)
    outbox._file._connection.execute("PRAGMA shrink_memory")  # what is in memory would be read from there
    outbox.put(apps(range(2000, 2003)), BEGIN)
    assert outbox.queue().lost == [Lost("corrupt", 1)]
    assert eids(outbox) == numbered(2000, 2001, 2002)
    assert len(outbox.notes) == 1


def test_a_second_broken_file_takes_another_name(tmp_path: Path) -> None:
    for _ in range(2):
        (tmp_path / "outbox.db").write_bytes(b"nonsense" * 1000)
        Outbox.open(tmp_path).close()
    assert sorted(file.name for file in tmp_path.glob("*corrupt*")) == ["outbox.corrupt-1", "outbox.corrupt-2"]


def test_what_lies_aside_is_not_kept_longer_than_the_rest(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").write_bytes(b"nonsense" * 1000)
    outbox = Outbox.open(tmp_path)
    (aside,) = tmp_path.glob("*corrupt*")
    os.utime(aside, (BEGIN.timestamp(), BEGIN.timestamp()))
    for day in range(7):
        outbox.trim(7, BEGIN + timedelta(days=day))
        assert aside.exists()
    outbox.trim(7, BEGIN + timedelta(days=7, minutes=1))
    assert not aside.exists()


def test_a_torn_journal_loses_nothing_that_was_there_before_it(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    whole = wal_size(tmp_path)
    outbox.put(apps(range(3, 6)), BEGIN)
    journal = (tmp_path / "outbox.db-wal").read_bytes()
    main = (tmp_path / "outbox.db").read_bytes()
    other = tmp_path / "other"
    other.mkdir()
    (other / "outbox.db").write_bytes(main)
    (other / "outbox.db-wal").write_bytes(journal[: whole + 3000])
    assert eids(Outbox.open(other)) == numbered(0, 1, 2)


def test_a_session_left_open_in_words_of_another_version_is_none(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox._file.write(lambda found: found.execute("INSERT INTO note VALUES ('open_session', ?)", (SESSION.encode(),)))
    assert outbox.open_session() is None


def test_a_picture_whose_words_cannot_be_read_holds_nothing_up(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put_picture(meta(1), picture(1), BEGIN)
    outbox.put_picture(meta(2), picture(2), BEGIN)
    outbox._file.write(lambda found: found.execute("UPDATE picture SET meta = x'00' WHERE eid = ?", (eid(1),)))
    assert outbox.next_picture() == (meta(2), picture(2))
    assert outbox.queue().lost == [Lost("rejected:malformed", 1)]
