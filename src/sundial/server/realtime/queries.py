"""Reading rooms: where they stand, what was missed, who watches; and what upper apps registered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sundial.server.lib.scope import across_companies, acting_for
from sundial.server.realtime import rules
from sundial.server.realtime.models import Event, Room, Watcher
from sundial.server.realtime.types import REPLAY_LIMIT, News, NumberedEvent, Position, Present, RoomKey, RoomName

WATCHER_IS_BELIEVED = timedelta(seconds=60)


def position(key: RoomKey) -> Position:
    """Where the room stands now; (0, 0) before its first event.

    A page reads this *before* its data, so that joining with it replays whatever came in between.
    """
    with acting_for(key.company_id), transaction.atomic():
        return _position(key)


def _position(key: RoomKey) -> Position:
    row = Room.objects.filter(company_id=key.company_id, name=key.name).values_list("epoch", "offset").first()
    return Position(*row) if row else rules.BEFORE_THE_FIRST


def events_between(key: RoomKey, after: int, upto: int) -> list[NumberedEvent]:
    """The room's events with `after < offset <= upto`, oldest first."""
    with acting_for(key.company_id), transaction.atomic():
        return _events(key, after, upto)


def _events(key: RoomKey, after: int, upto: int) -> list[NumberedEvent]:
    rows = Event.objects.filter(company_id=key.company_id, room=key.name, offset__gt=after, offset__lte=upto)
    return [NumberedEvent(r.offset, r.kind, r.data, r.actor, r.at) for r in rows.order_by("offset")]


def missed(key: RoomKey, since: Position, now: Position) -> list[NumberedEvent] | None:
    """Every event between the two places, or None if they cannot all be told: the page has to ask again."""
    with acting_for(key.company_id), transaction.atomic():
        return _missed(key, since, now)


def _missed(key: RoomKey, since: Position, now: Position) -> list[NumberedEvent] | None:
    if not rules.may_replay(since, now):
        return None
    events = _events(key, since.offset, now.offset)
    is_whole = len(events) == now.offset - since.offset
    return events if is_whole and rules.are_few(events) else None


def news(key: RoomKey, since: Position) -> News:
    """What the room told after that place, at most as much as may be replayed, and where it stands: one transaction."""
    with acting_for(key.company_id), transaction.atomic():
        head = _position(key)
        upto = Position(head.epoch, min(head.offset, since.offset + REPLAY_LIMIT))
        events = _missed(key, since, upto) if upto != since else []
    return News(head, head if events is None else upto, events)


def heads(keys: Iterable[RoomKey]) -> dict[RoomKey, Position]:
    """Where many rooms of many companies stand, in one question."""
    wanted = {(key.company_id, str(key.name)): key for key in keys}
    companies = {company_id for company_id, _name in wanted}
    with transaction.atomic(), across_companies():
        rows = Room.objects.filter(company_id__in=companies).values_list("company_id", "name", "epoch", "offset")
        return {wanted[c, name]: Position(epoch, offset) for c, name, epoch, offset in rows if (c, name) in wanted}


def every_room() -> list[RoomKey]:
    """All rooms of the platform, for timed work."""
    with transaction.atomic(), across_companies():
        rows = list(Room.objects.order_by("company_id", "name").values_list("company_id", "name"))
    return [RoomKey(company_id, RoomName(name)) for company_id, name in rows]


def watchers(company_id: int, now: datetime) -> list[str]:
    """E-mails of the admins whose consoles are open, in every process, sorted."""
    return sorted({one.email for one in _present(company_id, now)})


def presence(company_id: int, now: datetime) -> dict[str, Any]:
    """Who has the console open, and who of them edits what: `{"users": [...], "editing": {"user:5": [...]}}`."""
    editing: dict[str, set[str]] = {}
    present = _present(company_id, now)
    for one in present:
        for thing in one.editing:
            editing.setdefault(thing, set()).add(one.email)
    told = {thing: sorted(emails) for thing, emails in sorted(editing.items())}
    return {"users": sorted({one.email for one in present}), "editing": told}


def _present(company_id: int, now: datetime) -> list[Present]:
    with acting_for(company_id), transaction.atomic():
        rows = Watcher.objects.filter(company_id=company_id, seen_at__gt=now - WATCHER_IS_BELIEVED)
        return [Present(email, tuple(editing)) for email, editing in rows.values_list("email", "editing")]
