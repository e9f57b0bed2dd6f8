"""Reading rooms: where they stand, what was missed, who watches."""

from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.lib.scope import acting_for
from sundial.server.realtime import rules
from sundial.server.realtime.models import Event, Room, Watcher
from sundial.server.realtime.types import (
    REPLAY_LIMIT,
    NumberedEvent,
    Position,
    Recovery,
    RoomKey,
)

WATCHER_IS_BELIEVED = timedelta(seconds=60)


def position(key: RoomKey) -> Position:
    """Where the room stands now; a room that never had an event stands at 0 of epoch 0.

    A page reads this *before* its data, so that joining with it replays whatever came in between.
    """
    with acting_for(key.company_id), transaction.atomic():
        row = (
            Room.objects.filter(company_id=key.company_id, name=key.name)
            .values_list("epoch", "offset")
            .first()
        )
    return Position(*row) if row else Position(0, 0)


def events_after(key: RoomKey, offset: int, *, limit: int = REPLAY_LIMIT) -> list[NumberedEvent]:
    """The room's events after `offset`, oldest first."""
    with acting_for(key.company_id), transaction.atomic():
        rows = Event.objects.filter(
            company_id=key.company_id, room=key.name, offset__gt=offset
        ).order_by("offset")[:limit]
        return [NumberedEvent(r.offset, r.kind, r.data, r.actor, r.at) for r in rows]


def recovery(key: RoomKey, since: Position | None) -> Recovery:
    """What a page that last heard `since` must be told to be true again, or that it must reload."""
    with acting_for(key.company_id), transaction.atomic():
        now = position(key)
        if since is None or not rules.may_replay(since, now):
            return Recovery(now, None)
        missed = tuple(e for e in events_after(key, since.offset) if e.offset <= now.offset)
    complete = len(missed) == now.offset - since.offset
    return Recovery(now, missed if complete else None)


def watchers(company_id: int, now: datetime) -> list[str]:
    """E-mails of the admins whose consoles are open, in every process, sorted."""
    with acting_for(company_id), transaction.atomic():
        emails = Watcher.objects.filter(
            company_id=company_id, seen_at__gt=now - WATCHER_IS_BELIEVED
        ).values_list("email", flat=True)
        return sorted(set(emails))
