"""Companies full of people, each with a device; and the limit: PostgreSQL's own COPY into the same table."""

import contextlib
import itertools
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import msgspec
import psutil
import psycopg

from bench.ingest.driver import Plan
from bench.ingest.events import EACH, batches
from bench.machine import CannotMeasure, Server, python
from bench.platform import Platform
from bench.setting import FOLDER
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices.actions import ready_devices
from sundial.server.lib import clock
from sundial.server.lifecycle.actions import found_company

# Ready devices are all of one person; here everyone has their own.
PEOPLE = """
WITH made AS (
    INSERT INTO accounts_user (password, email, is_owner, is_active, created_at)
    SELECT '', 'worker' || id || '@example.test', false, true, now() FROM devices_device WHERE company_id = %(company)s
    RETURNING id
), person AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM made),
   device AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM devices_device WHERE company_id = %(company)s)
UPDATE devices_device d SET user_id = person.id FROM person JOIN device USING (place) WHERE device.id = d.id
"""

SEGMENTS = 40  # of the write-ahead log, 16 MB each

COPIED = "CREATE TABLE copied (LIKE activity_span INCLUDING ALL)"
COLUMNS = (
    "company_id, eid, user_id, device_id, session, kind, name, title, detail, started, ended, tz_offset_min, "
    "mono_ms, boot_id, payload"
)


def company(platform: Platform, name: str, devices: int) -> list[str]:
    """One more company; what its devices say to be known by."""
    founded = found_company(
        acting=platform.owner,
        name=name,
        admin_email=f"{name.lower()}@example.test",
        status=CompanyStatus.ACTIVE,
        now=clock.now(),
    )
    made = ready_devices(acting=platform.owner, company_id=founded.company_id, count=devices, now=clock.now())
    with psycopg.connect(platform.cluster.owner_dsn()) as owner:
        owner.execute(PEOPLE, {"company": founded.company_id})
    return [f"Bearer {one.token}" for one in made]


def season(platform: Platform) -> None:
    """The write-ahead log of a server that has run for a while: its files are used again, not made while someone waits.

    Making one holds every commit up for some 50 ms, once for each 25,000 events of the first gigabyte of a new server.
    """
    with psycopg.connect(platform.cluster.owner_dsn(), autocommit=True) as owner:
        for _ in range(SEGMENTS):
            owner.execute("SELECT pg_logical_emit_message(false, 'bench', 'x'), pg_switch_wal()")
        owner.execute("CHECKPOINT")


def spent(platform: Platform, server: Server) -> float:
    """Seconds of processor time of the server and its PostgreSQL so far; of processes that ended, none."""
    postmaster = psutil.Process(int((platform.cluster.data / "postmaster.pid").read_text().split()[0]))
    total = server.cpu()
    for process in [postmaster, *postmaster.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def run_and_spend(platform: Platform, server: Server, plan: Plan) -> dict[str, Any]:
    """One stream, and the processor time that each of its events took; this hardly depends on who else is busy."""
    before = spent(platform, server)
    [result] = run(plan)
    events = max(result["batches"] * EACH, 1)
    return {**result, "processor_us_per_event": (spent(platform, server) - before) / events * 1e6}


def run(*plans: Plan) -> list[dict[str, Any]]:
    """Let the driver send these streams at once, from a process of its own."""
    target = FOLDER / "plan.json"
    target.write_text(json.dumps([asdict(plan) for plan in plans]))
    done = subprocess.run(python("bench.ingest.driver", target), capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMeasure(done.stderr)
    results: list[dict[str, Any]] = json.loads(done.stdout)
    for result in results:
        if set(result["statuses"]) - {"200", "201", "429"}:
            raise CannotMeasure(f"unexpected answers: {result}")
    return results


def copy(platform: Platform, seconds: float) -> float:
    """Rows a second that COPY writes into the same table, keys and indexes included, a transaction each 1,280."""
    with psycopg.connect(platform.cluster.owner_dsn()) as owner:
        owner.execute(COPIED)
        owner.commit()
        rows = list(itertools.islice(_rows(), int(seconds * 100)))
        begun, written = time.perf_counter(), 0
        for lines in rows:
            with owner.cursor() as cursor, cursor.copy(f"COPY copied ({COLUMNS}) FROM STDIN") as copying:
                copying.write(lines)
            owner.commit()
            written += 1280
            if time.perf_counter() - begun > seconds:
                break
        took = time.perf_counter() - begun
    return written / took


def _rows() -> Iterator[str]:
    streams = [batches(number) for number in range(64)]
    for number in itertools.count():
        lines = []
        for person, stream in enumerate(streams):
            for event in msgspec.json.decode(next(stream))["events"]:
                values = (
                    1,
                    event["eid"],
                    person,
                    person,
                    event["session"],
                    1,
                    event.get("app", ""),
                    event.get("title", ""),
                )
                more = (event.get("exe", ""), event["start"], event["end"], 360, number, event["boot_id"], event["eid"])
                lines.append("\t".join(map(str, (*values, *more))))
        yield "\n".join(lines) + "\n"


@contextlib.contextmanager
def platform() -> Iterator[Platform]:
    """The platform, for a while."""
    made = Platform()
    try:
        yield made
    finally:
        made.stop()
