"""What a simulated agent does all day: in virtual time, with the policy and the person's orders given by the test."""

import asyncio
import io
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from sundial.agent.core.clock import Clock
from sundial.protocol import codec
from sundial.protocol.events import AppEvent, AwayEvent, Batch, BatchAnswer, Event, Rejected, SessionEvent, WebsiteEvent
from sundial.protocol.settings import Settings, defaults
from sundial.run.simulated_day import FREE_DAYS, Diary, Stretch, hours_of, next_doing, stretches
from sundial.run.simulated_facts import (
    BETWEEN_PICTURES_S,
    MOST_EVENTS,
    MOST_PICTURES,
    MemoryStore,
    SimulatedDay,
    Studio,
)
from sundial.run.simulated_screens import SIZE, draw_screen
from tests.agent.virtual_time import BEGIN, VirtualClock, play, until

DHAKA = ZoneInfo("Asia/Dhaka")
EVERYTHING = frozenset({"applications", "websites", "idle", "keyboard_counts", "mouse_counts"})


class Life:
    """A simulated day whose facts are taken away as the link would."""

    def __init__(self, **settings: int) -> None:
        self.settings: Settings | None = {**defaults(), **settings}
        self.clock: Clock = VirtualClock()
        self.day = SimulatedDay(lambda: self.settings, self.clock, Studio(self.clock), seed=1)
        self.sent: list[Event] = []
        self.pictures: list[datetime] = []
        self.urgent = 0

    def wake(self, *, at_once: bool) -> None:
        self.urgent += at_once

    async def take(self) -> None:
        while (batch := await self.day.store.next_batch()) is not None:
            self.sent += batch.events
            await self.day.store.settle(accepting(batch), self.clock.now())
        while (found := await self.day.store.next_picture()) is not None:
            self.pictures.append(datetime.fromisoformat(found[0].taken_at))
            await self.day.store.settle_picture(found[0].eid, self.clock.now())

    def states(self) -> list[str]:
        return [event.state for event in self.sent if isinstance(event, SessionEvent)]


def accepting(batch: Batch) -> BatchAnswer:
    return BatchAnswer([event.eid for event in batch.events], [], [])


def living(life: Life, scene: Callable[[Life], Any]) -> None:
    """Let it live while the scene goes on."""

    async def whole() -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(life.day.live(life.wake))
            await scene(life)
            task.cancel()
        await life.take()

    play(whole())


async def pass_by(life: Life, minutes: float) -> None:
    for _ in range(int(minutes)):
        await life.clock.sleep(60)
        await life.take()


def test_a_day_is_a_session_without_gaps_written_about_as_often_as_a_real_agent_does() -> None:
    life = Life()
    living(life, lambda life: pass_by(life, 240))
    spans = sorted((one for one in life.sent if isinstance(one, AppEvent | AwayEvent)), key=lambda one: one.start)
    assert life.states()[0] == "started"
    assert {type(one) for one in life.sent} == {AppEvent, AwayEvent, SessionEvent, WebsiteEvent}
    assert len({one.session for one in life.sent}) == 1
    assert len({one.eid for one in life.sent}) == len(life.sent)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    worked = sum((length(one) for one in spans), timedelta())
    assert worked > timedelta(minutes=150)
    assert max(length(one) for one in spans) <= timedelta(seconds=41)
    assert life.urgent == len(life.states())


def length(event: Event) -> timedelta:
    return datetime.fromisoformat(event.end) - datetime.fromisoformat(event.start)


def test_only_what_the_policy_records_is_written_and_nothing_while_recording_is_stopped() -> None:
    async def scene(life: Life) -> None:
        await pass_by(life, 60)
        assert not any(isinstance(one, AppEvent) for one in life.sent)
        life.settings = None
        await life.clock.sleep(60)  # what was begun is over
        await life.take()
        before = len(life.sent)
        await pass_by(life, 60)
        assert [one for one in life.sent[before:] if not isinstance(one, SessionEvent)] == []

    life = Life(app_tracking_enabled=False, screenshots_enabled=False)
    living(life, scene)
    assert life.pictures == []


def test_pictures_come_at_the_policys_pace_and_never_many_at_once() -> None:
    life = Life(screenshot_interval_seconds=300)
    living(life, lambda life: pass_by(life, 240))
    assert 25 <= len(life.pictures) <= 55  # 48 were due; nobody is pictured who is away
    gaps = [after - before for before, after in pairwise(life.pictures)]
    assert min(gaps) >= timedelta(seconds=265)


def test_one_painter_paints_for_all() -> None:
    async def scene() -> None:
        clock = VirtualClock()
        studio, now = Studio(clock), BEGIN
        assert studio.picture(Random(1), "One", now) is not None
        assert studio.picture(Random(2), "Two", now) is None
        await clock.sleep(BETWEEN_PICTURES_S)
        assert studio.picture(Random(2), "Two", now) is not None

    play(scene())


def test_a_session_that_an_administrator_ended_is_over_at_once_and_another_begins_after_a_while() -> None:
    async def scene(life: Life) -> None:
        await pass_by(life, 10)
        status = life.day.session()
        assert status is not None
        life.day.end("another session")
        await life.clock.sleep(1)
        assert life.day.session() == status
        life.day.end(status.id)
        await until(lambda: (now := life.day.session()) is not None and now.state == "stopped", within=1)
        await pass_by(life, 15)
        again = life.day.session()
        assert again is not None
        assert again.id != status.id

    life = Life()
    living(life, scene)
    assert Counter(life.states())["started"] == 2


def diary() -> Diary:
    return Diary(Random(1), BEGIN, boot_id="b", tz_offset_min=360)


def facts(count: int) -> list[Event]:
    book = diary()
    return [book.told("paused", BEGIN + timedelta(seconds=number)) for number in range(count)]


async def test_the_same_batch_is_given_until_it_is_settled_and_what_was_not_named_stays() -> None:
    store, events = MemoryStore(), facts(5)
    store.put(events)
    batch = await store.next_batch(3)
    assert batch is not None
    assert await store.next_batch(3) is batch
    assert store.queue().waiting == 5
    answer = BatchAnswer([events[0].eid], [], [Rejected(events[1].eid, "malformed", "")])
    assert await store.settle(answer, BEGIN) == 2
    left = await store.next_batch()
    assert left is not None
    assert left.events == events[2:]
    assert left.seq == batch.seq + 1
    assert [(lost.reason, lost.count) for lost in store.queue().lost] == [("rejected:malformed", 1)]


async def test_the_store_is_bounded_and_counts_what_it_lost() -> None:
    store, events = MemoryStore(), facts(MOST_EVENTS + 7)
    store.put(events)
    assert store.queue().waiting == MOST_EVENTS
    assert [(lost.reason, lost.count) for lost in store.queue().lost] == [("full", 7)]
    batch = await store.next_batch()
    assert batch is not None
    assert await store.refuse("too_large", "", BEGIN) == 500
    assert await store.settle(accepting(batch), BEGIN) == 0
    again = await store.next_batch()
    await store.pass_over()
    assert again is not None
    assert (await store.next_batch()) != again
    assert all(store.queue().lost)


def test_events_are_such_as_the_protocol_takes() -> None:
    luck, book = Random(3), diary()
    done = list(stretches(luck, BEGIN, BEGIN + timedelta(hours=8)))
    events = [event for one in done for event in book.written(one, EVERYTHING)]
    assert [(one.start, one.end) for one in done[1:]] == [(b.end, n.end) for b, n in pairwise(done)]
    for at in range(0, len(events), 500):
        batch = Batch("0193a5d0-7c00-7000-8000-00000000b001", 1, events[at : at + 500])
        assert codec.decode(Batch, codec.encode(batch)) == batch
    assert book.written(Stretch(next_doing(Random(1)), BEGIN, BEGIN + timedelta(minutes=1)), ()) == []


def test_people_work_by_day_and_not_on_free_days() -> None:
    for number in range(28):
        day = date(2026, 11, 1) + timedelta(days=number)
        hours = hours_of(Random(number), day, DHAKA)
        if day.weekday() in FREE_DAYS:
            assert hours is None
        elif hours is not None:
            assert hours.begun < hours.lunch < hours.back < hours.ended
            assert hours.begun.astimezone(DHAKA).date() == day
            assert hours.begun.utcoffset() == timedelta(0)


def test_a_picture_is_a_picture_of_one_screen() -> None:
    with Image.open(io.BytesIO(draw_screen(Random(1), "orders.ods", "21 Nov 10:00"))) as picture:
        assert (picture.format, picture.size) == ("JPEG", SIZE)


def test_only_so_many_pictures_wait() -> None:
    async def scene(life: Life) -> None:
        for _ in range(60):
            await life.clock.sleep(60)
        assert len(life.day.store._pictures) == MOST_PICTURES

    living(Life(screenshot_interval_seconds=60), scene)
