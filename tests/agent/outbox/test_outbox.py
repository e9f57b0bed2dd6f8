"""The outbox's promises: what was put is there, in the same batch, until the server has said what became of it."""

import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from sundial.agent.core.resuming import Closed, OpenSession, resume_or_close
from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.events import BatchAnswer, Rejected
from sundial.protocol.messages import Lost
from tests.agent.outbox.disks import no_byte_beyond, wal_size
from tests.agent.outbox.facts import BEGIN, SESSION, app, apps, eid, meta, picture


def eids(outbox: Outbox, limit: int = 500) -> list[str]:
    batch = outbox.next_batch(limit)
    return [event.eid for event in batch.events] if batch else []


def numbered(*numbers: int) -> list[str]:
    return [eid(number) for number in numbers]


def accept(outbox: Outbox, *numbers: int) -> int:
    return outbox.settle(BatchAnswer(numbered(*numbers), [], []), BEGIN)


# Put and take


def test_what_was_put_comes_out_in_order_whole_and_typed(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    outbox.put(apps(range(3, 5)), BEGIN)
    batch = outbox.next_batch()
    assert batch is not None
    assert batch.events == apps(range(5))
    assert outbox.queue().waiting == 5


def test_an_empty_outbox_has_no_batch_and_no_picture(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put([], BEGIN)
    assert outbox.next_batch() is None
    assert outbox.next_picture() is None
    assert (outbox.queue().waiting, outbox.queue().lost) == (0, [])


def test_the_same_event_put_twice_is_there_once(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    outbox.put(apps(range(1, 4)), BEGIN)
    assert eids(outbox) == numbered(0, 1, 2, 3)


def test_a_batch_is_the_same_until_it_is_settled_whatever_comes_meanwhile(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(2)), BEGIN)
    first = outbox.next_batch()
    outbox.put(apps(range(2, 9)), BEGIN)
    assert outbox.next_batch() == first
    assert outbox.next_batch(1) == first
    outbox.close()
    again = Outbox.open(tmp_path)
    assert again.next_batch() == first
    assert accept(again, 0, 1) == 2
    second = again.next_batch()
    assert second is not None
    assert first is not None
    assert (second.seq, [event.eid for event in second.events]) == (first.seq + 1, numbered(*range(2, 9)))
    assert second.batch != first.batch


def test_batches_are_counted_without_a_gap(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(10)), BEGIN)
    seen = []
    while (batch := outbox.next_batch(3)) is not None:
        seen.append(batch.seq)
        outbox.settle(BatchAnswer([event.eid for event in batch.events], [], []), BEGIN)
        outbox.close()
        outbox = Outbox.open(tmp_path)
    assert seen == [1, 2, 3, 4]


def test_a_batch_of_large_events_holds_fewer_of_them(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put([app(number, "ß" * 1000) for number in range(1000)], BEGIN)
    assert 400 < len(eids(outbox, 1000)) < 600


# Answers


def test_only_what_was_accepted_or_known_is_forgotten_what_is_not_named_stays(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(5)), BEGIN)
    first = outbox.next_batch()
    assert outbox.settle(BatchAnswer([eid(0)], [eid(3)], []), BEGIN) == 2
    second = outbox.next_batch()
    assert first is not None
    assert second is not None
    assert [event.eid for event in second.events] == numbered(1, 2, 4)
    assert second.batch != first.batch
    assert outbox.queue().lost == []


def test_an_event_that_is_never_named_holds_nothing_up(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(6)), BEGIN)
    assert eids(outbox, 2) == numbered(0, 1)
    accept(outbox, 1)
    assert eids(outbox, 2) == numbered(2, 3)
    accept(outbox, 2, 3)
    assert eids(outbox, 2) == numbered(4, 5)
    accept(outbox, 4, 5)
    assert eids(outbox, 2) == numbered(0)


def test_an_answer_about_other_events_settles_nothing(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(4)), BEGIN)
    first = outbox.next_batch(2)
    strange = [Rejected(eid(3), "malformed", ""), Rejected("nonsense", "x", "")]
    assert outbox.settle(BatchAnswer([eid(2), eid(77)], [], strange), BEGIN) == 0
    assert outbox.next_batch(2) == first
    assert accept(outbox, 0, 1) == 2
    assert eids(outbox) == numbered(2, 3)


def test_an_answer_that_comes_twice_settles_once(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(2)), BEGIN)
    eids(outbox)
    assert accept(outbox, 0, 1) == 2
    assert accept(outbox, 0, 1) == 0


def test_a_poison_event_among_500_is_set_aside_with_its_reason_and_the_queue_moves(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(501)), BEGIN)
    batch = outbox.next_batch()
    assert batch is not None
    good = [event.eid for event in batch.events if event.eid != eid(250)]
    assert outbox.settle(BatchAnswer(good, [], [Rejected(eid(250), "malformed", "start is after end")]), BEGIN) == 500
    assert outbox.set_aside() == [(eid(250), "malformed", "start is after end")]
    assert outbox.queue().lost == [Lost("rejected:malformed", 1)]
    assert eids(outbox) == numbered(500)


def test_an_event_both_stored_and_rejected_is_stored(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(1)), BEGIN)
    eids(outbox)
    outbox.settle(BatchAnswer([], [eid(0)], [Rejected(eid(0), "conflict", "")]), BEGIN)
    assert outbox.queue().lost == []


def test_a_code_that_is_none_is_counted_and_not_repeated(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(2)), BEGIN)
    eids(outbox)
    hostile = [Rejected(eid(0), "<script>" * 100, "x" * 100_000), Rejected(eid(1), "", "\0")]
    outbox.settle(BatchAnswer([], [], hostile), BEGIN)
    assert outbox.queue().lost == [Lost("rejected:other", 2)]
    assert max(len(message) for _eid, _code, message in outbox.set_aside()) == 1000


def test_a_batch_refused_as_a_whole_is_halved_until_the_culprit_is_alone(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(500)), BEGIN)
    stored: list[str] = []
    asked = 0
    while (batch := outbox.next_batch()) is not None:
        asked += 1
        named = [event.eid for event in batch.events]
        if eid(123) in named:
            outbox.refuse("malformed", "422 no", BEGIN)
        else:
            outbox.settle(BatchAnswer(named, [], []), BEGIN)
            stored += named
    assert sorted(stored) == numbered(*(number for number in range(500) if number != 123))
    assert asked <= 20
    assert outbox.set_aside() == [(eid(123), "malformed", "422 no")]


def test_halves_outlive_a_crash(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(4)), BEGIN)
    whole = outbox.next_batch()
    assert outbox.refuse("malformed", "", BEGIN) == 4
    outbox.close()
    again = Outbox.open(tmp_path)
    half = again.next_batch()
    assert whole is not None
    assert half is not None
    assert [event.eid for event in half.events] == numbered(0, 1)
    assert half.batch != whole.batch, "another content never goes under the same name"
    accept(again, 0, 1)
    assert eids(again) == numbered(2, 3)


def test_an_event_that_the_protocol_does_not_allow_is_set_aside_before_it_is_sent(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put([app(0), app(1, "x" * 5000), app(2)], BEGIN)
    assert eids(outbox) == numbered(0, 2)
    assert outbox.queue().lost == [Lost("rejected:malformed", 1)]
    outbox.put([app(3, "x" * 5000)], BEGIN)
    accept(outbox, 0, 2)
    assert outbox.next_batch() is None


def test_what_fails_again_and_again_goes_last_in_ever_smaller_groups(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(8)), BEGIN)
    whole = outbox.next_batch(8)
    outbox.pass_over()
    outbox.put(apps(range(8, 10)), BEGIN)
    assert eids(outbox, 8) == numbered(8, 9)
    outbox.pass_over()
    groups = []
    while batch := outbox.next_batch(8):
        groups.append(len(batch.events))
        assert whole is not None
        assert batch.batch != whole.batch
        if eid(3) in [event.eid for event in batch.events] and len(batch.events) > 1:
            outbox.pass_over()
        else:
            accept(outbox, *range(10))
    assert groups == [4, 4, 2, 2, 2, 1, 1], "the two that came after are the third"
    outbox.pass_over()


# Recent


def test_recent_shows_what_ended_lately_sent_or_not(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(10)), BEGIN)
    eids(outbox, 7)
    accept(outbox, *range(7))
    seen = outbox.recent(BEGIN + timedelta(seconds=5))
    assert [event.eid for event in seen] == numbered(5, 6, 7, 8, 9)


def test_what_was_sent_is_forgotten_after_a_day(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(10)), BEGIN)
    eids(outbox, 7)
    accept(outbox, *range(7))
    outbox.trim(30, BEGIN + timedelta(days=1, seconds=1))
    assert [event.eid for event in outbox.recent(BEGIN)] == numbered(7, 8, 9)


# Pictures


def test_pictures_go_one_after_the_other_and_only_when_settled(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put_picture(meta(1), picture(1), BEGIN)
    outbox.put_picture(meta(2), picture(2), BEGIN)
    outbox.put_picture(meta(2), picture(2), BEGIN)
    assert outbox.queue().waiting == 2
    assert outbox.next_picture() == (meta(1), picture(1))
    assert outbox.next_picture() == (meta(1), picture(1))
    outbox.settle_picture(eid(1), BEGIN)
    outbox.settle_picture(eid(1), BEGIN)
    outbox.close()
    again = Outbox.open(tmp_path)
    assert again.next_picture() == (meta(2), picture(2))
    again.settle_picture(eid(2), BEGIN, "image_bomb")
    assert again.next_picture() is None
    assert again.queue().lost == [Lost("rejected:image_bomb", 1)]
    assert again.set_aside() == [(eid(2), "image_bomb", "")]


# Bounds


def test_when_it_is_full_the_oldest_pictures_go_first_and_are_counted(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path, limit_bytes=1 << 20)
    outbox.put(apps(range(100)), BEGIN)
    for number in range(100, 200):
        outbox.put_picture(meta(number), picture(number, 50_000), BEGIN)
    status = outbox.queue()
    (lost,) = status.lost
    assert lost.reason == "full"
    assert lost.count + status.waiting == 200
    assert eids(outbox) == numbered(*range(100)), "events stay"
    found = outbox.next_picture()
    assert found is not None
    assert found[0].eid == eid(100 + lost.count)
    assert (tmp_path / "outbox.db").stat().st_size < 1.2 * (1 << 20)


def test_when_it_is_full_of_events_the_oldest_go_but_not_those_on_their_way(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path, limit_bytes=1 << 20)
    outbox.put(apps(range(100)), BEGIN)
    first = outbox.next_batch(100)
    for start in range(100, 8000, 100):
        outbox.put(apps(range(start, start + 100)), BEGIN)
    status = outbox.queue()
    assert status.lost[0].reason == "full"
    assert status.lost[0].count + status.waiting == 8000
    assert outbox.next_batch() == first
    accept(outbox, *range(100))
    assert eids(outbox)[0] == eid(100 + status.lost[0].count)


def test_what_was_sent_makes_room_before_anything_is_lost(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path, limit_bytes=1 << 20)
    for start in range(0, 8000, 100):
        outbox.put(apps(range(start, start + 100)), BEGIN)
        eids(outbox)
        accept(outbox, *range(start, start + 100))
    assert outbox.queue().lost == []


def test_a_picture_that_never_fits_is_counted_and_costs_nothing_else(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path, limit_bytes=1 << 20)
    outbox.put(apps(range(5)), BEGIN)
    outbox.put_picture(meta(10), picture(10), BEGIN)
    outbox.put_picture(meta(11), picture(11, 2 << 20), BEGIN)
    assert outbox.queue().waiting == 6, "what was there is still there"
    assert outbox.queue().lost == [Lost("full", 1)]


# Retention


def aged(outbox: Outbox, days: int, keep_days: int = 7) -> None:
    """Let days pass as they do: it is trimmed on each."""
    for day in range(days + 1):
        outbox.trim(keep_days, BEGIN + timedelta(days=day, minutes=1))


def test_what_could_not_be_sent_within_the_retention_is_dropped_and_counted(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    outbox.put_picture(meta(9), picture(9), BEGIN)
    eids(outbox)
    outbox.put(apps(range(3, 5)), BEGIN + timedelta(days=2))
    aged(outbox, 6)
    assert outbox.queue().waiting == 6
    aged(outbox, 7)
    assert outbox.queue().lost == [Lost("retention", 4)]
    assert eids(outbox) == numbered(3, 4)


def test_a_clock_that_leaps_ahead_drops_nothing_at_once(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    outbox.trim(7, BEGIN)
    ahead = BEGIN + timedelta(days=365)
    outbox.trim(7, ahead)
    outbox.put(apps(range(3, 5)), ahead)
    outbox.trim(7, ahead + timedelta(hours=20))
    outbox.trim(7, BEGIN + timedelta(days=1))
    outbox.trim(7, BEGIN + timedelta(days=1, hours=23))
    assert outbox.queue().waiting == 5
    for day in range(3, 10):
        outbox.trim(7, BEGIN + timedelta(days=day))
    assert outbox.queue().lost == [Lost("retention", 3)], "the others are as young as the day the clock came back"


def test_after_a_long_holiday_there_is_a_day_to_send_what_is_old(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(3)), BEGIN)
    outbox.trim(7, BEGIN)
    back = BEGIN + timedelta(days=40)
    outbox.trim(7, back)
    outbox.trim(7, back + timedelta(hours=23))
    assert outbox.queue().waiting == 3
    outbox.trim(7, back + timedelta(hours=25))
    assert outbox.queue().lost == [Lost("retention", 3)]


def test_losses_outlive_restarts_and_add_up(tmp_path: Path) -> None:
    Outbox.open(tmp_path).count_lost("no_disk", 2)
    for number in range(3):
        outbox = Outbox.open(tmp_path)
        outbox.put(apps(range(number, number + 1)), BEGIN)
        eids(outbox)
        outbox.settle(BatchAnswer([], [], [Rejected(eid(number), "conflict", "")]), BEGIN)
        outbox.close()
    assert Outbox.open(tmp_path).queue().lost == [Lost("no_disk", 2), Lost("rejected:conflict", 3)]


# The session


def test_an_open_session_and_the_time_worked_outlive_a_crash(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    assert outbox.open_session() is None
    session = OpenSession(SESSION, "Invoices", BEGIN, BEGIN + timedelta(minutes=3), False, "boot-1", 5, 60)
    outbox.remember_session(session)
    outbox.add_worked(BEGIN.date(), 60)
    outbox.add_worked(BEGIN.date(), 30)
    again = Outbox.open(tmp_path)
    assert again.open_session() == session
    assert again.today(BEGIN.date()) == 90
    assert again.today(BEGIN.date() + timedelta(days=1)) == 0
    again.remember_session(None)
    assert again.open_session() is None


def test_a_session_begins_with_its_event_and_ends_with_it(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    session = OpenSession(SESSION, "", BEGIN, BEGIN, False, "boot-1")
    outbox.put(apps(range(1)), BEGIN, session)
    outbox.put(apps(range(1, 2)), BEGIN)
    assert Outbox.open(tmp_path).open_session() == session
    with no_byte_beyond(wal_size(tmp_path)), pytest.raises(CannotKeep):
        outbox.put(apps(range(2, 3)), BEGIN, None)
    assert (outbox.open_session(), outbox.queue().waiting) == (session, 2)
    outbox.put(apps(range(2, 3)), BEGIN, None)
    assert (outbox.open_session(), outbox.queue().waiting) == (None, 3)


def test_a_session_left_open_is_closed_and_forgotten_in_one_go(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    session = OpenSession(SESSION, "", BEGIN, BEGIN, False, "boot-1")
    closed = resume_or_close(session, BEGIN + timedelta(days=1), "boot-2", eid(1))
    assert isinstance(closed, Closed)
    outbox.remember_session(session)
    with no_byte_beyond(wal_size(tmp_path)), pytest.raises(CannotKeep):
        outbox.close_left_open(closed.event, BEGIN)
    assert (outbox.open_session(), outbox.queue().waiting) == (session, 0)
    outbox.close_left_open(closed.event, BEGIN)
    assert (outbox.open_session(), eids(outbox)) == (None, [eid(1)])


# The file


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path / "profile")
    outbox.put(apps(range(3)), BEGIN)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "profile").iterdir()}
    assert modes == {"outbox.db": 0o600, "outbox.db-wal": 0o600, "outbox.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "profile").stat().st_mode) == 0o700


def test_every_word_is_synced_to_a_journal(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    connection = outbox._file._connection  # what the disk is told is seen only from inside
    pragmas = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_a_file_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    Outbox.open(tmp_path).close()
    with sqlite3.connect(tmp_path / "outbox.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (tmp_path / "outbox.db").read_bytes()
    with pytest.raises(CannotKeep, match=r"form 99.*update it"):
        Outbox.open(tmp_path)
    assert (tmp_path / "outbox.db").read_bytes() == before


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "outbox.db") as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    with pytest.raises(CannotKeep, match="another program"):
        Outbox.open(tmp_path)


def test_a_start_that_was_cut_short_begins_again(tmp_path: Path) -> None:
    (tmp_path / "outbox.db").touch()
    outbox = Outbox.open(tmp_path)
    outbox.put(apps(range(1)), BEGIN)
    assert outbox.queue().waiting == 1
