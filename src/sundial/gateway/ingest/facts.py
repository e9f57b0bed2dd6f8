"""Facts of many companies in one statement, which is one transaction; the rules are the database's functions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import psycopg
from psycopg.types.json import Json, Jsonb

from sundial.gateway.database import Database, Refused, Unavailable
from sundial.gateway.ingest.rows import Fact
from sundial.gateway.ingest.waiting import Caller, Outcomes, Part
from sundial.protocol import codec

ROLE: Final = "sundial_ingest"
# Answered means kept, whatever the server's own default is; compiling costs more than these statements take.
SETTINGS: Final = ("SET synchronous_commit = on", "SET jit = off")

_TAKE: Final = "SELECT n, event, outcome FROM sundial_take_facts(%s, %s, %s)"


class Facts:
    """Writes under the role for facts, over one connection."""

    def __init__(self, dsn: str, name: str) -> None:
        self._database = Database(dsn, role=ROLE, name=f"sundial {name} facts", size=1, settings=SETTINGS)

    async def keep(self, parts: Sequence[Part]) -> Outcomes:
        """Return when all is committed: which were not new.

        Raises `Unavailable` if the database does not answer, `Refused` if it will never take one of them.
        """
        group = _Group(parts)
        try:
            rows = await self._database.rows(_TAKE, group.values())
        except psycopg.errors.UniqueViolation as failure:
            raise Unavailable("somebody else began a session of the same person") from failure
        except psycopg.Error as failure:
            raise Refused(str(failure).strip()) from failure
        return {(group.callers[n].company, str(eid)): outcome for n, eid, outcome in rows}

    async def close(self) -> None:
        """Let the connection go."""
        await self._database.close()


class _Group:
    """Many parts as three arrays: the sessions that they speak of, and marks and spans that name one by its place."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.callers: list[Caller] = []
        self._reach: list[tuple[str, datetime, datetime]] = []
        self._marks: list[bytes] = []
        self._spans: list[bytes] = []
        for part in parts:
            self._add(part)

    def values(self) -> list[Json | Jsonb]:
        """As the function takes them."""
        sessions = [
            {
                "n": n,
                "company": caller.company,
                "person": caller.user,
                "device": caller.device,
                "session": session,
                "first": first,
                "last": last,
            }
            for n, (caller, (session, first, last)) in enumerate(zip(self.callers, self._reach, strict=True))
        ]
        return [
            Jsonb(sessions, dumps=codec.encode),
            Jsonb(_array(self._marks), dumps=_as_it_is),
            Json(_array(self._spans), dumps=_as_it_is),
        ]

    def _add(self, part: Part) -> None:
        sessions: dict[str, list[Fact]] = {}
        for fact in part.facts:
            sessions.setdefault(fact.session, []).append(fact)
        for session, facts in sessions.items():
            begin = b'{"n":%d,' % len(self.callers)
            self.callers.append(part.caller)
            self._reach.append((session, min([fact.start for fact in facts]), max([fact.end for fact in facts])))
            self._marks += [begin + fact.row for fact in facts if fact.mark]
            self._spans += [begin + fact.row for fact in facts if not fact.mark]


def _array(items: list[bytes]) -> bytes:
    return b"[%b]" % b",".join(items)


def _as_it_is(written: bytes) -> bytes:
    return written
