"""One address asked several times in this process: the clock, the processor time of both sides, the statements."""

import re
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.pages.addresses import Place

# A person's own day is made of its spans; that of everybody else is read from sums.
_READS_SPANS = re.compile(r'\b(from|join)\s+"?activity_span\b', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measured:
    """What an address took: milliseconds by the clock and of processor time (ours and PostgreSQL's), in the middle."""

    place: Place
    status: int
    wall: float
    worst: float
    cpu: float
    queries: int
    slowest: tuple[float, str]
    spans: tuple[str, ...]
    size: int


def ask(client: Client, place: Place, times: int) -> Measured:
    """Ask once with an eye on the statements, then several times with one on the clock."""
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(place.path)
        body = b"".join(answer) if answer.streaming else answer.content
    asked = [(float(one["time"]), one["sql"]) for one in seen.captured_queries]
    walls, cpus = [], []
    for _round in range(times):
        wall, cpu = time.perf_counter(), processor_time()
        client.get(place.path)
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((processor_time() - cpu) * 1e3)
    return Measured(
        place=place,
        status=answer.status_code,
        wall=statistics.median(walls),
        worst=max(walls),
        cpu=statistics.median(cpus),
        queries=len(asked),
        slowest=max(asked, default=(0.0, "")),
        spans=tuple(sql for _seconds, sql in asked if _READS_SPANS.search(sql)),
        size=len(body),
    )


def processor_time() -> float:
    """Seconds that this thread and its PostgreSQL process have been on a processor."""
    connection.ensure_connection()
    theirs = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]
    return time.thread_time() + int(theirs) / 1e9
