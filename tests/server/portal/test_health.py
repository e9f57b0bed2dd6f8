"""The health of the system: sampled every minute, shown as a day, without a number that tells of other companies."""

from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.gateway.metrics import Metrics
from sundial.run.postgres import Cluster
from sundial.run.pulse import Counts, Pulse, into
from sundial.server.lib import clock
from sundial.server.portal import actions, jobs, queries
from sundial.server.portal.models import Minute
from sundial.server.portal.types import Sample
from tests.cast import Cast

SAMPLE = Sample(
    agents=7, jobs_waiting=3, jobs_failed=1, database_ms=2.5, database_bytes=5 << 20, storage_bytes=9 << 20,
    storage_free=0.5,
)  # fmt: skip


def whole_minute_ago(minutes: int = 1) -> datetime:
    return clock.now().replace(second=0, microsecond=0) - timedelta(minutes=minutes)


@pytest.fixture
def looked_at(committed_db: None) -> datetime:
    """The last whole minute, which was looked at and counted in."""
    at = whole_minute_ago()
    actions.note_sample(SAMPLE, now=at - timedelta(hours=1))
    actions.note_sample(SAMPLE, now=at)
    Minute.objects.filter(at=at).update(requests=200, errors=4, facts=90, facts_waiting=2)
    return at


def test_the_job_writes_down_how_the_platform_stands(committed_db: None) -> None:
    jobs.sample_health(0)
    row = Minute.objects.latest("at")
    assert row.at.second == 0
    assert row.database_bytes > 0
    assert 0 <= row.storage_free <= 1


def test_the_last_whole_minute_and_the_day_before_it_are_told(looked_at: datetime) -> None:
    told = queries.day_of_platform(clock.now())
    assert told.at is not None
    assert told.at >= looked_at
    assert set(told.numbers) == set(queries.NUMBERS)
    told = queries.day_of_platform(looked_at + timedelta(minutes=1))
    assert told.at == looked_at
    last = {name: one.last for name, one in told.numbers.items()}
    assert (last["agents"], last["facts"], last["facts_waiting"]) == (7, 90, 2)
    assert last["error_rate"] == pytest.approx(0.02)
    assert all(one.course for one in told.numbers.values())


def test_what_is_older_than_two_days_is_forgotten(committed_db: None) -> None:
    old, kept = whole_minute_ago(2 * 24 * 60 + 5), whole_minute_ago(2 * 24 * 60 - 5)
    Minute.objects.bulk_create([Minute(at=old), Minute(at=kept)], ignore_conflicts=True)
    actions.note_sample(SAMPLE, now=clock.now())
    assert not Minute.objects.filter(at=old).exists()
    assert Minute.objects.filter(at=kept).exists()


async def test_a_serving_process_writes_down_what_it_counted_and_says_nothing_twice(
    committed_db: None, cluster: Cluster
) -> None:
    metrics = Metrics()
    pulse = Pulse(into(cluster.app_dsn()), metrics)
    before = await counted(cluster)
    for status in (200, 404, 500, 503):
        pulse.answered(status)
    metrics.ingest_events += 20
    await pulse.beat()
    await pulse.beat()
    after = await counted(cluster)
    assert [b - a for a, b in zip(before, after, strict=True)] == [4, 2, 20]


async def counted(cluster: Cluster) -> tuple[int, ...]:
    async with await psycopg.AsyncConnection.connect(cluster.app_dsn()) as asking:
        found = await asking.execute(
            "SELECT coalesce(sum(requests), 0), coalesce(sum(errors), 0), coalesce(sum(facts), 0) FROM portal_minute"
        )
        row = await found.fetchone()
        assert row is not None
        return tuple(int(one) for one in row)


async def test_what_could_not_be_written_is_said_with_the_next() -> None:
    written: list[Counts] = []

    async def write(counts: Counts) -> None:
        if not written and counts.requests == 1:
            raise OSError("the database is away")
        written.append(counts)

    pulse = Pulse(write)
    pulse.answered(200)
    with pytest.raises(OSError, match="away"):
        await pulse.beat()
    pulse.answered(200)
    await pulse.beat()
    assert [one.requests for one in written] == [2]


def test_administrators_and_owner_see_it_and_only_the_owner_sees_everybodys_agents(
    cast: Cast, looked_at: datetime
) -> None:
    own = cast.admin.client.get("/console/health/").content.decode()
    assert "Error rate" in own
    assert "Agents connected" not in own
    platform = cast.owner.client.get("/owner/health/").content.decode()
    assert "Error rate" in platform
    assert "Agents connected" in platform


def test_the_console_asks_as_often_however_long_the_day_was(cast: Cast, looked_at: datetime) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as some:
            assert cast.admin.client.get("/console/").status_code == 200
        return len(some)

    asked()
    before = asked()
    Minute.objects.bulk_create([Minute(at=whole_minute_ago(n), agents=1) for n in range(60, 90)], ignore_conflicts=True)
    assert asked() == before
