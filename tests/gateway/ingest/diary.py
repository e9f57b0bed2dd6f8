"""Facts as devices tell them, and what the database makes of them."""

import contextlib
import itertools
import os
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

Event = dict[str, Any]
Row = tuple[Any, ...]

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)
_moments = itertools.count(int(time.time() * 1000))

USAGE = "bucket, kind, name, ms, keys, clicks, scrolls, moved_s, spans"


def uuid7() -> str:
    """A fresh id that begins with the time."""
    bits = next(_moments) << 80 | int.from_bytes(os.urandom(10), "big")
    bits = bits & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=bits & ~(0x3 << 62) | 2 << 62))


def at(minutes: float) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def text(moment: datetime) -> str:
    """As it travels."""
    return moment.isoformat().replace("+00:00", "Z")


def event(session: str, start: float, end: float | None = None, **more: Any) -> Event:
    """An application in front from one minute after nine to another, unless `more` says otherwise."""
    return {
        "kind": "app",
        "eid": uuid7(),
        "start": text(at(start)),
        "end": text(at(start if end is None else end)),
        "mono_ms": 1,
        "boot_id": "boot",
        "tz_offset_min": 0,
        "session": session,
        **({"app": "Editor"} if "kind" not in more else {}),
        **more,
    }


def mark(session: str, minute: float, state: str, **more: Any) -> Event:
    """A session's state."""
    return event(session, minute, kind="session", state=state, **more)


def batch(*events: Event) -> dict[str, Any]:
    """Events as they are sent."""
    return {"batch": uuid7(), "seq": 1, "events": list(events)}


class Records:
    """What is kept of one company, read as the application, which sees no other."""

    def __init__(self, app_dsn: str, company_id: int) -> None:
        self._connection = psycopg.connect(app_dsn, autocommit=True)
        self.company_id = company_id
        self._connection.execute("SELECT set_config('app.company_id', %s, false)", [str(company_id)])

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    @contextlib.contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Everything that is read within is of the same moment."""
        self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def rows(self, statement: str, *values: Any) -> list[Row]:
        """Whatever is asked."""
        return self._connection.execute(statement, values).fetchall()

    def delete(self, statement: str) -> None:
        """Take away what the application may."""
        self._connection.execute(statement)

    def usage(self) -> list[Row]:
        """The sums of everybody."""
        return self.rows(f"SELECT user_id, {USAGE} FROM activity_usage WHERE ms > 0 OR spans > 0 ORDER BY 1, 2, 3, 4")

    def recount(self) -> list[Row]:
        """The sums as the spans give them."""
        return self.rows(
            f"""SELECT r.user_id, {USAGE.replace("name", "r.name")} FROM (SELECT DISTINCT user_id FROM activity_span
                WHERE company_id = %s) p, sundial_recount(%s, p.user_id, '-infinity', 'infinity') r
                WHERE ms > 0 OR spans > 0 ORDER BY 1, 2, 3, 4""",
            self.company_id,
            self.company_id,
        )

    def ms(self) -> int:
        """All time that counts."""
        return int(self.rows("SELECT coalesce(sum(ms), 0) FROM activity_usage")[0][0])

    def spans(self) -> int:
        """How many there are."""
        return int(self.rows("SELECT count(*) FROM activity_span")[0][0])

    def session(self, session: str) -> Row:
        """Start, end, by whom, until when it counts."""
        return self.rows(
            "SELECT started_at, ended_at, ended_by, counts_until FROM activity_worksession WHERE uuid = %s", session
        )[0]
