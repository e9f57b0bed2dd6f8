"""Facts of many companies in one statement, which is one transaction; the rules are the database's functions."""

from collections.abc import Iterable, Sequence
from typing import Final

import psycopg
from psycopg.types.json import Jsonb

from sundial.gateway.database import Database, Refused, Unavailable
from sundial.gateway.ingest.rows import Fact
from sundial.gateway.ingest.waiting import Outcomes, Part

ROLE: Final = "sundial_ingest"
# Answered means kept, whatever the server's own default is; compiling costs more than these statements take.
SETTINGS: Final = ("SET synchronous_commit = on", "SET jit = off")

_TAKE: Final = "SELECT of_company, event, outcome FROM sundial_take_facts(%s)"


class Facts:
    """Writes under the role for facts, over one connection."""

    def __init__(self, dsn: str, name: str) -> None:
        self._database = Database(dsn, role=ROLE, name=f"sundial {name} facts", size=1, settings=SETTINGS)

    async def keep(self, parts: Sequence[Part]) -> Outcomes:
        """Return when all is committed: which were not new.

        Raises `Unavailable` if the database does not answer, `Refused` if it will never take one of them.
        """
        try:
            rows = await self._database.rows(_TAKE, [Jsonb(parts, dumps=_written)])
        except psycopg.errors.UniqueViolation as failure:
            raise Unavailable("somebody else began a session of the same person") from failure
        except psycopg.Error as failure:
            raise Refused(str(failure).strip()) from failure
        return {(company, str(eid)): outcome for company, eid, outcome in rows}

    async def close(self) -> None:
        """Let the connection go."""
        await self._database.close()


def _written(parts: Sequence[Part]) -> bytes:
    return b"[" + b",".join(map(_part, parts)) + b"]"


def _part(part: Part) -> bytes:
    caller = part.caller
    return b'{"company":%d,"person":%d,"device":%d,"sessions":[%b],"marks":[%b],"spans":[%b]}' % (
        caller.company,
        caller.user,
        caller.device,
        _sessions(part.facts),
        b",".join(fact.row for fact in part.facts if fact.mark),
        b",".join(fact.row for fact in part.facts if not fact.mark),
    )


def _sessions(facts: Iterable[Fact]) -> bytes:
    """From when to when these facts speak of each session."""
    reach: dict[str, tuple[Fact, Fact]] = {}
    for fact in facts:
        first, last = reach.get(fact.session, (fact, fact))
        reach[fact.session] = (
            fact if fact.start < first.start else first,
            fact if fact.end > last.end else last,
        )
    return b",".join(
        f'{{"session":"{session}","first":"{first.start.isoformat()}","last":"{last.end.isoformat()}"}}'.encode()
        for session, (first, last) in reach.items()
    )
