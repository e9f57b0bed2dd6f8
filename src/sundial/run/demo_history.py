"""A month of believable days for the demo's people, written as their agents' facts by the gateway's own writer."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sundial.gateway.ingest.facts import Facts
from sundial.gateway.ingest.rows import Fact, fact_of
from sundial.gateway.ingest.waiting import Caller, Part
from sundial.protocol.events import Event
from sundial.protocol.ids import RANDOM_BITS, uuid7
from sundial.protocol.settings import Kind
from sundial.run.simulated_day import FREE_DAYS, Diary, Hours, Stretch, hours_of, stretches
from sundial.run.simulated_screens import draw_screen
from sundial.server.activity import actions as activity

ZONE = ZoneInfo("Asia/Dhaka")
DHAKA_MIN = 360
KINDS: frozenset[Kind] = frozenset({"applications", "websites", "idle"})  # the demo's policy counts no keys
SHORTEST_DAY = timedelta(minutes=10)
PICTURED_PEOPLE, PICTURED_DAYS, PICTURES_A_DAY = 10, 2, 3


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a device."""

    company_id: int
    user_id: int
    device_id: int


@dataclass(frozen=True, slots=True)
class _Day:
    """One worked day: its session, what was told of it, and what was done in it."""

    session: str
    events: list[Event]
    done: list[Stretch]


def write_history(*, dsn: str, members: Sequence[Member], seed: int, days: int, now: datetime) -> int:
    """The days before now, and today so far; how many facts. The same seed at the same time writes nothing twice."""
    month = {member: list(_month(member, seed, days, now)) for member in members}
    written = asyncio.run(_write(dsn, month))
    for member in members[:PICTURED_PEOPLE]:
        for day in month[member][-PICTURED_DAYS:]:
            _take_pictures(member, day, seed, now)
    return written


def _month(member: Member, seed: int, days: int, now: datetime) -> Iterator[_Day]:
    today = now.astimezone(ZONE).date()
    for back in range(days - 1, -1, -1):
        luck = random.Random(f"{seed}/{member.user_id}/{back}")  # noqa: S311 - a believable day, no secret
        free = FREE_DAYS if back else ()  # a demo that is begun on a Friday has something to show, too
        hours = hours_of(luck, today - timedelta(days=back), ZONE, free)
        if hours is not None and (until := min(hours.ended, now)) - hours.begun > SHORTEST_DAY:
            yield _day(luck, hours, until)


def _day(luck: random.Random, hours: Hours, until: datetime) -> _Day:
    diary = Diary(luck, hours.begun, boot_id=f"demo-{luck.getrandbits(32):08x}", tz_offset_min=DHAKA_MIN)
    events: list[Event] = [diary.told("started", hours.begun)]
    done = list(stretches(luck, hours.begun, min(hours.lunch, until)))
    if hours.lunch < until:
        events.append(diary.told("paused", hours.lunch))
    if hours.back < until:
        events.append(diary.told("resumed", hours.back))
        done += stretches(luck, hours.back, until)
    events.append(diary.told("stopped", until))
    events += [event for one in done for event in diary.written(one, KINDS)]
    return _Day(diary.session, events, done)


async def _write(dsn: str, month: dict[Member, list[_Day]]) -> int:
    """One transaction a person."""
    facts, written = Facts(dsn, "demo"), 0
    try:
        for member, days in month.items():
            caller = Caller(member.company_id, member.user_id, member.device_id)
            rows = [_fact(event) for day in days for event in day.events]
            await facts.keep([Part(caller, rows)])
            written += len(rows)
    finally:
        await facts.close()
    return written


def _fact(event: Event) -> Fact:
    return fact_of(event, datetime.fromisoformat(event.start), datetime.fromisoformat(event.end))


def _take_pictures(member: Member, day: _Day, seed: int, now: datetime) -> None:
    """A few of a day, through the door that an agent's pictures take."""
    luck = random.Random(f"{seed}/{day.session}")  # noqa: S311 - a believable picture, no secret
    seen = [one for one in day.done if one.doing.title]
    for one in luck.sample(seen, min(PICTURES_A_DAY, len(seen))):
        at = one.start + (one.end - one.start) / 2
        taken = activity.Taken(
            eid=UUID(uuid7(int(at.timestamp() * 1000), luck.getrandbits(RANDOM_BITS))),
            session=UUID(day.session),
            taken_at=at,
            told_at=at.isoformat(),
        )
        activity.take_screenshot(
            company_id=member.company_id,
            user_id=member.user_id,
            device_id=member.device_id,
            taken=taken,
            image=draw_screen(luck, one.doing.title, at.astimezone(ZONE).strftime("%d %b %H:%M")),
            now=now,
        )
