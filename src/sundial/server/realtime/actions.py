"""Writing to rooms, and the lists in which upper apps say what this one cannot know."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sundial.server.lib import hints
from sundial.server.lib.scope import acting_for
from sundial.server.realtime import rules
from sundial.server.realtime.models import Event, Room
from sundial.server.realtime.types import REPLAY_LIMIT, RoomKey

KEPT_FOR = timedelta(days=1)

_TAKE_NEXT_OFFSET = """
INSERT INTO realtime_room AS head (company_id, name, epoch, "offset") VALUES (%s, %s, %s, 1)
ON CONFLICT (company_id, name) DO UPDATE SET "offset" = head."offset" + 1
RETURNING "offset"
"""


def publish(
    *, company_id: int, room: str, kind: str, data: dict[str, Any], actor: str, now: datetime
) -> int:
    """Tell a room a fact, as part of the caller's transaction; answers its offset.

    The head row stays locked until the transaction ends, so offsets become visible in order.
    An action that tells several rooms tells admin first, then dashboard, then platform.
    """
    key = rules.key_of(company_id, room)
    with acting_for(company_id), transaction.atomic():
        offset = _next_offset(key, now)
        Event.objects.create(
            company_id=company_id,
            room=key.name,
            offset=offset,
            kind=kind,
            data=data,
            actor=actor,
            at=now,
        )
        hints.send("room", key.wire)
    return offset


def _next_offset(key: RoomKey, now: datetime) -> int:
    """The room's next number, with its head row locked; a new room's epoch is its first moment."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_NEXT_OFFSET, [key.company_id, key.name, epoch_at(now)])
        (offset,) = cursor.fetchone()
    return int(offset)


def epoch_at(now: datetime) -> int:
    """The number of a counting that begins now: milliseconds since 1970."""
    return int(now.timestamp() * 1000)


def begin_again(*, company_id: int, room: str, now: datetime) -> None:
    """Forget the room's past and start a new epoch: every page reloads (a restore, an erasure)."""
    key = rules.key_of(company_id, room)
    with acting_for(company_id), transaction.atomic():
        head = Room.objects.select_for_update().filter(company_id=company_id, name=key.name)
        if head.exists():
            head.update(epoch=epoch_at(now))
            Event.objects.filter(company_id=company_id, room=key.name).delete()


def prune(*, key: RoomKey, now: datetime) -> int:
    """Drop what no replay can need: older than a day and not among the last 300; how many."""
    with acting_for(key.company_id), transaction.atomic():
        head = Room.objects.filter(company_id=key.company_id, name=key.name).first()
        if head is None:
            return 0
        gone, _ = Event.objects.filter(
            company_id=key.company_id,
            room=key.name,
            offset__lte=head.offset - REPLAY_LIMIT,
            at__lt=now - KEPT_FOR,
        ).delete()
    return gone
