"""Erasing what the log holds about someone, without breaking it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from sundial.server.audit.actions.recording import locked_edge, record
from sundial.server.audit.types import PLATFORM_LOG, Action, Subject
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.actions import begin_again
from sundial.server.realtime.types import RoomName

AT_ONCE = 1_000  # subjects named in one entry

_ERASE_BY = """
UPDATE audit_personal p SET actor = NULL, ip = NULL, actor_salt = NULL
FROM audit_entry e JOIN unnest(%(kinds)s::text[], %(ids)s::bigint[]) who (kind, id)
  ON e.actor_kind = who.kind AND e.actor_id = who.id
WHERE e.company_id = %(log)s AND p.company_id = e.company_id AND p.seq = e.seq AND p.actor_salt IS NOT NULL
"""
_ERASE_ABOUT = """
UPDATE audit_personal p SET description = NULL, target = NULL, more = NULL, about_salt = NULL
FROM audit_entry e JOIN unnest(%(kinds)s::text[], %(ids)s::bigint[]) who (kind, id)
  ON e.target_kind = who.kind AND e.target_id = who.id
WHERE e.company_id = %(log)s AND p.company_id = e.company_id AND p.seq = e.seq AND p.about_salt IS NOT NULL
"""
# Of what is in archives the database has only keys; what is in the table as well is not counted twice.
_ERASE_ARCHIVED = """
WITH gone AS (
  DELETE FROM audit_archive_key k USING unnest(%(kinds)s::text[], %(ids)s::bigint[]) who (kind, id)
  WHERE k.company_id = %(log)s AND k.kind = who.kind AND k.subject = who.id
  RETURNING k.archive, k.halves
)
SELECT coalesce(sum(gone.halves), 0) FROM gone
JOIN audit_removal r ON r.company_id = %(log)s AND r.number = gone.archive
"""
# Of a company that is gone: what was said of it as a whole stays, and which owner did it; what its tasks, teams and
# files were called goes. Who its people were is known to whoever closes it.
_NAMED = """
SELECT e.target_kind, e.target_id FROM audit_entry e
JOIN audit_personal p ON p.company_id = e.company_id AND p.seq = e.seq
WHERE e.company_id = %(log)s AND e.target_kind NOT IN ('', 'company') AND e.target_id IS NOT NULL
  AND p.about_salt IS NOT NULL
UNION
SELECT kind, subject FROM audit_archive_key WHERE company_id = %(log)s AND kind NOT IN ('', 'company', 'person')
LIMIT %(limit)s
"""


def erase(*, acting: Acting, company_id: int, subjects: Sequence[Subject], now: datetime) -> int:
    """Destroy the personal values of these people and devices in a log, and say so in it; how many there were.

    What they did and what was done to them stays, with its time and numbers; names, addresses and
    descriptions go, and the room's past events with them. The log stays whole: only commitments were in it. Archives
    stay as they are: what they hold of these people is sealed, and its keys go.
    """
    with acting_for(company_id), transaction.atomic():
        locked_edge(company_id)  # first of all: an archive that is being made is told of either before this or after
        erased = _erase(company_id, subjects)
        record(
            acting=acting,
            company_id=company_id,
            action=Action.PERSONAL_DATA_ERASED,
            description=f"{erased} personal values in the audit log were erased",
            details={"subjects": [{"kind": one.kind, "id": one.id} for one in subjects], "values": erased},
            now=now,
        )
        room = RoomName.PLATFORM if company_id == PLATFORM_LOG else RoomName.ADMIN
        begin_again(company_id=company_id, room=room, now=now)
    return erased


def erase_names(*, acting: Acting, company_id: int, now: datetime) -> None:
    """Destroy what the log of a company that is deleted says of anything but the company itself, and say so in it."""
    while subjects := _named(company_id):
        erase(acting=acting, company_id=company_id, subjects=subjects, now=now)


def _named(log: int) -> list[Subject]:
    with acting_for(log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NAMED, {"log": log, "limit": AT_ONCE})
        return [Subject(kind, number) for kind, number in cursor.fetchall()]


def _erase(log: int, subjects: Sequence[Subject]) -> int:
    kinds, ids = [one.kind for one in subjects], [one.id for one in subjects]
    whose: dict[str, int | list[str] | list[int]] = {"log": log, "kinds": kinds, "ids": ids}
    erased = 0
    with connection.cursor() as cursor:
        for statement in (_ERASE_BY, _ERASE_ABOUT):
            cursor.execute(statement, whose)
            erased += cursor.rowcount
        cursor.execute(_ERASE_ARCHIVED, whose)
        erased += int(cursor.fetchone()[0])
    return erased
