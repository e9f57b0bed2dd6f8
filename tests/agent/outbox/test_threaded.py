"""The outbox's face for an event loop: never in its way, in order, and nothing begun is left half done."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sundial.agent.core.resuming import OpenSession
from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.protocol.events import BatchAnswer
from sundial.protocol.messages import Lost, QueueStatus
from tests.agent.outbox.disks import no_byte_beyond, wal_size
from tests.agent.outbox.facts import BEGIN, SESSION, apps, eid, meta, picture
from tests.loops import turn

MANY = 50  # turns, after which all that can go on has gone on


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[AsyncOutbox]:
    found = AsyncOutbox(Outbox.open(tmp_path))
    yield found
    await found.close()


async def test_it_counts_what_may_have_changed_what_it_tells_and_not_that_it_was_asked(store: AsyncOutbox) -> None:
    known = store.changes
    await store.recent(BEGIN)
    await store.today(BEGIN.date())
    await store.remember_session(None)
    assert store.changes == known
    await store.put(apps(range(1)), BEGIN)
    assert store.changes > known
    known = store.changes
    await store.add_worked(BEGIN.date(), 5)
    assert store.changes > known


async def test_it_says_the_same_as_the_outbox(store: AsyncOutbox) -> None:
    await store.put(apps(range(3)), BEGIN)
    await store.put_picture(meta(9), picture(9), BEGIN)
    batch = await store.next_batch(2)
    assert batch is not None
    assert batch.events == apps(range(2))
    assert await store.settle(BatchAnswer([eid(0), eid(1)], [], []), BEGIN) == 2
    await store.next_batch()
    assert await store.refuse("malformed", "no", BEGIN) == 1
    assert await store.next_picture() == (meta(9), picture(9))
    await store.settle_picture(eid(9), BEGIN)
    assert await store.recent(BEGIN) == apps(range(2))
    session = OpenSession(SESSION, "", BEGIN, BEGIN, False, "boot-1")
    await store.remember_session(session)
    assert await store.open_session() == session
    await store.add_worked(BEGIN.date(), 5)
    assert await store.today(BEGIN.date()) == 5
    await store.trim(30, BEGIN)
    assert await store.queue() == QueueStatus(0, [Lost("rejected:malformed", 1)])


async def test_the_newest_status_is_known_without_waiting(store: AsyncOutbox) -> None:
    assert store.last_queue.waiting == 0
    await store.put(apps(range(3)), BEGIN)
    assert store.last_queue.waiting == 3
    await store.next_batch()
    await store.settle(BatchAnswer([eid(0)], [], []), BEGIN)
    assert store.last_queue.waiting == 2


async def test_the_loop_goes_on_while_the_disk_is_busy(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    store = AsyncOutbox(outbox)
    outbox._file._lock.acquire()  # as if a write took long
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(store.put(apps(range(3)), BEGIN))
        await turn(MANY)
        assert not writing.done()
        outbox._file._lock.release()
    assert store.last_queue.waiting == 3
    await store.close()


async def test_a_write_whose_caller_was_cancelled_is_finished_before_it_closes(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    store = AsyncOutbox(outbox)
    outbox._file._lock.acquire()
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(store.put(apps(range(3)), BEGIN))
        await turn(MANY)
        writing.cancel()
        closing = group.create_task(store.close())
        await turn(MANY)
        assert not closing.done()
        outbox._file._lock.release()
    assert writing.cancelled()
    assert Outbox.open(tmp_path).queue().waiting == 3


async def test_a_disk_that_is_full_is_told_to_the_caller(store: AsyncOutbox, tmp_path: Path) -> None:
    with no_byte_beyond(wal_size(tmp_path)):
        with pytest.raises(CannotKeep):
            await store.put(apps(range(3)), BEGIN)
        assert (await store.queue()).waiting == 0


def test_many_threads_at_once_lose_nothing(tmp_path: Path) -> None:
    outbox = Outbox.open(tmp_path)
    threads = [
        threading.Thread(target=lambda part=part: [outbox.put(apps(range(n, n + 1)), BEGIN) for n in part])
        for part in (range(start, start + 50) for start in range(0, 400, 50))
    ]
    sent: list[str] = []
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while len(sent) < 400 and time.monotonic() < deadline:
        if batch := outbox.next_batch(20):
            sent += [event.eid for event in batch.events]
            outbox.settle(BatchAnswer([event.eid for event in batch.events], [], []), BEGIN)
    for thread in threads:
        thread.join()
    assert sorted(sent) == [eid(number) for number in range(400)]
