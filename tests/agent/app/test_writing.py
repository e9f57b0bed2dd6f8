"""What the recorder kept reaches the disk in order, whatever the disk does meanwhile."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec import UNSET

from sundial.agent.app import writing
from sundial.agent.app.writing import Writer
from sundial.agent.core.resuming import OpenSession
from sundial.agent.core.store import CannotKeep
from sundial.agent.outbox.outbox import Outbox
from sundial.agent.outbox.threaded import AsyncOutbox
from sundial.protocol.events import AppEvent, Event, ScreenshotMeta, SessionEvent
from sundial.protocol.ids import uuid7
from sundial.protocol.messages import Lost
from tests.loops import eventually, turn

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SESSION = "00000000-0000-4000-8000-000000000001"


class FickleOutbox(AsyncOutbox):
    """A real outbox on a disk that refuses while the test says so."""

    refuses = False

    async def put(self, many, now, session=UNSET, absences=UNSET):
        if self.refuses:
            raise CannotKeep("no space left on device")
        await super().put(many, now, session, absences)


def app(number: int) -> AppEvent:
    return AppEvent(
        eid=uuid7(1_700_000_000_000 + number, number),
        start="2026-11-20T08:00:00Z",
        end="2026-11-20T08:00:10Z",
        mono_ms=number,
        boot_id="boot-1",
        tz_offset_min=0,
        session=SESSION,
        app=f"app {number}",
    )


def started() -> SessionEvent:
    return SessionEvent(
        eid=uuid7(1_700_000_000_000, 0),
        start="2026-11-20T08:00:00Z",
        end="2026-11-20T08:00:00Z",
        mono_ms=0,
        boot_id="boot-1",
        tz_offset_min=0,
        session=SESSION,
        state="started",
    )


def meta(number: int) -> ScreenshotMeta:
    return ScreenshotMeta(uuid7(1_700_000_000_000, number), "2026-11-20T08:00:00Z", SESSION, 0, False, number, "boot-1")


class QuickClock:
    """Does not wait out what the writer would: the disk of these tests says itself when it is well again."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await turn()


class Scene:
    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.woken: list[bool] = []
        self.outbox = FickleOutbox(Outbox.open(folder))
        self.writer = Writer(self.outbox, QuickClock(), self.said.append)
        self.writer.kept = self.woken.append

    async def names(self) -> list[str]:
        batch = await self.outbox.next_batch()
        return [event.app for event in batch.events if isinstance(event, AppEvent)] if batch else []


def test_what_was_kept_lies_on_the_disk_and_the_link_is_woken(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Scene(tmp_path)
        many: tuple[Event, ...] = (started(), app(1))
        desk.writer.put(many, NOW)
        desk.writer.put((app(2),), NOW)
        await desk.writer.flush()
        assert await desk.names() == ["app 1", "app 2"]
        assert desk.woken == [True, False], "a session's start is seen at once, the rest may wait for company"
        await desk.outbox.close()

    asyncio.run(scene())


def test_while_the_disk_is_full_it_waits_in_memory_and_the_person_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Scene(tmp_path)
        desk.outbox.refuses = True
        async with asyncio.TaskGroup() as group:
            running = group.create_task(desk.writer.run())
            desk.writer.put((app(1), app(2)), NOW)
            await eventually(lambda: desk.writer.problem)
            assert "no space left" in desk.writer.problem
            assert desk.writer.waiting == 2
            assert len(desk.said) == 1, "said once, not every five seconds"
            desk.outbox.refuses = False
            await eventually(lambda: not desk.writer.waiting, within=30)
            running.cancel()
        assert desk.writer.problem == ""
        assert await desk.names() == ["app 1", "app 2"]
        await desk.outbox.close()

    asyncio.run(scene())


def test_memory_is_bounded_and_what_did_not_fit_is_counted(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Scene(tmp_path)
        for number in range(writing.MOST_IN_MEMORY + 10):
            desk.writer.put((app(number),), NOW)
        assert desk.writer.waiting == writing.MOST_IN_MEMORY
        assert desk.writer.dropped == 10
        await desk.outbox.close()

    asyncio.run(scene())


def test_what_was_lost_is_counted_on_the_disk_as_soon_as_it_takes_anything_and_only_once(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Scene(tmp_path)
        desk.outbox.refuses = True
        for number in range(writing.MOST_IN_MEMORY + 10):
            desk.writer.put((app(number),), NOW)
        await desk.writer.flush()
        assert (desk.writer.dropped, desk.outbox.last_queue.lost) == (10, [])
        desk.outbox.refuses = False
        async with asyncio.TaskGroup() as group:
            running = group.create_task(desk.writer.run())
            await eventually(lambda: desk.outbox.last_queue.lost, within=30)
            await eventually(lambda: not desk.writer.dropped, within=30)
            running.cancel()
        assert (desk.writer.dropped, desk.outbox.last_queue.lost) == (0, [Lost("disk", 10)])
        await desk.outbox.close()

    asyncio.run(scene())


def test_which_session_is_open_is_written_with_the_events_that_say_so(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Scene(tmp_path)
        open_session = OpenSession(SESSION, "Writing", NOW, NOW, False, "boot-1")
        desk.outbox.refuses = True
        desk.writer.put((started(),), NOW, open_session)
        await desk.writer.flush()
        assert not desk.writer.idle
        assert await desk.outbox.open_session() is None
        desk.outbox.refuses = False
        await desk.writer.flush()
        assert desk.writer.idle
        assert await desk.outbox.open_session() == open_session
        desk.writer.put((app(1),), NOW)
        await desk.writer.flush()
        assert await desk.outbox.open_session() == open_session, "other events leave it as it is"
        desk.writer.put((app(2),), NOW, None)
        await desk.writer.flush()
        assert await desk.outbox.open_session() is None
        await desk.outbox.close()

    asyncio.run(scene())


def test_pictures_give_way_before_events(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Scene(tmp_path)
        for number in range(writing.MOST_PICTURES_IN_MEMORY + 3):
            desk.writer.put_picture(meta(number), b"picture", NOW)
        desk.writer.put((app(1),), NOW)
        assert desk.writer.waiting <= writing.MOST_PICTURES_IN_MEMORY + 2
        assert desk.writer.dropped > 0
        await desk.writer.flush()
        assert await desk.names() == ["app 1"]
        await desk.outbox.close()

    asyncio.run(scene())


def test_worked_time_adds_up_to_whole_seconds_without_losing_the_rest(tmp_path: Path) -> None:
    async def scene() -> None:
        desk = Scene(tmp_path)
        for _ in range(10):
            desk.writer.put_worked(date(2026, 11, 20), 1_250)
        await desk.writer.flush()
        assert await desk.outbox.today(date(2026, 11, 20)) == 12
        await desk.outbox.close()

    asyncio.run(scene())
