"""How the platform itself stands; nothing here belongs to a company."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sundial.server.devices.queries.across import open_streams
from sundial.server.lib.scope import across_companies
from sundial.server.portal.types import Health, History

ALIVE_WITHIN = timedelta(seconds=30)

_WORKERS = "SELECT id, last_heartbeat FROM procrastinate_workers ORDER BY id"
_WEBS = "SELECT name, started_at, alive_at FROM devices_gateway ORDER BY started_at, name"
_JOBS = """
SELECT j.task_name,
  count(*) FILTER (WHERE j.status = 'todo'), count(*) FILTER (WHERE j.status = 'doing'),
  count(*) FILTER (WHERE j.status = 'failed')
FROM procrastinate_jobs j WHERE j.status IN ('todo', 'doing', 'failed') GROUP BY j.task_name ORDER BY 4 DESC, 2 DESC, 1
"""
_DATABASE = """
SELECT pg_database_size(current_database()), current_setting('server_version'),
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
  current_setting('max_connections')::int
"""
# Partitions are counted with the table they belong to.
_TABLES = """
SELECT coalesce(p.relname, c.relname), sum(pg_total_relation_size(c.oid))::bigint
FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
GROUP BY 1 ORDER BY 2 DESC LIMIT 8
"""
# A course of a day in quarters of an hour; of counts the sum by minute, so that an unfinished quarter is no dip.
_COURSE = """
SELECT date_bin('15 minutes', at, 'epoch') AS quarter,
  avg(agents), avg(facts), avg(facts_waiting), avg(jobs_waiting), avg(jobs_failed), avg(database_ms),
  avg(database_bytes), avg(storage_bytes), avg(storage_free),
  coalesce(sum(errors)::float / nullif(sum(requests), 0), 0)
FROM portal_minute WHERE at > %(since)s AND at < date_trunc('minute', %(now)s::timestamptz) GROUP BY 1 ORDER BY 1
"""
# The last minute that is over, with all its counts.
_LAST = """
SELECT at, agents, facts, facts_waiting, jobs_waiting, jobs_failed, database_ms, database_bytes, storage_bytes,
  storage_free, coalesce(errors::float / nullif(requests, 0), 0)
FROM portal_minute
WHERE at > %(now)s::timestamptz - interval '10 minutes' AND at < date_trunc('minute', %(now)s::timestamptz)
  AND agents IS NOT NULL ORDER BY at DESC LIMIT 1
"""
NUMBERS = (
    "agents", "facts", "facts_waiting", "jobs_waiting", "jobs_failed", "database_ms", "database_bytes", "storage_bytes",
    "storage_free", "error_rate",
)  # fmt: skip
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Process:
    """A process that says that it lives."""

    name: str
    alive_at: datetime
    alive: bool
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs of one kind stand where."""

    name: str
    waiting: int
    running: int
    failed: int


@dataclass(frozen=True, slots=True)
class Database:
    """The database as a whole."""

    bytes: int
    version: str
    connections: int
    most_connections: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table, its indexes and partitions included."""

    name: str
    bytes: int


def web_processes(now: datetime) -> list[Process]:
    """The web and gateway processes."""
    return [
        Process(name, alive_at, now - alive_at < ALIVE_WITHIN, started_at)
        for name, started_at, alive_at in _rows(_WEBS)
    ]


def workers(now: datetime) -> list[Process]:
    """The workers."""
    return [Process(f"worker {number}", beat, now - beat < ALIVE_WITHIN) for number, beat in _rows(_WORKERS)]


def jobs() -> list[JobCount]:
    """Jobs by kind, those that fail first."""
    return [JobCount(*row) for row in _rows(_JOBS)]


def database() -> Database:
    """Size, version and connections."""
    return Database(*_rows(_DATABASE)[0])


def largest_tables() -> list[Table]:
    """The tables that take most room."""
    return [Table(*row) for row in _rows(_TABLES)]


def streams() -> int:
    """How many agents hold a stream open."""
    with transaction.atomic(), across_companies():
        return open_streams()


def day_of_platform(now: datetime) -> Health:
    """The numbers of the last whole minute and of the day before it; what nobody looked at is left out."""
    asked = {"now": now, "since": now - DAY}
    quarters, last = _rows(_COURSE, asked), _rows(_LAST, asked)
    found = {}
    for place, name in enumerate(NUMBERS, 1):
        seen = tuple(float(row[place]) for row in quarters if row[place] is not None)
        course = seen if len(seen) > 1 else ()  # one point is no course
        found[name] = History(float(last[0][place]) if last else None, course)
    return Health(last[0][0] if last else None, found)


def _rows(statement: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
