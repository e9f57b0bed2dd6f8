"""Writing to rooms, and the two lists in which upper apps say what this one cannot know."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from sundial.server.lib import hints
from sundial.server.lib.scope import acting_for
from sundial.server.realtime import queries, rules
from sundial.server.realtime.models import Event, Room, Watcher
from sundial.server.realtime.types import READ_AGAIN_LIMIT, IdentityOf, PassingFact, Position, Present, RoomKey

KEPT_FOR = timedelta(days=1)

# Taking the room's next numbers locks its head row; a new room's epoch is its first moment.
_PUBLISH = """
WITH head AS (
  INSERT INTO realtime_room AS head (company_id, name, epoch, "offset")
  VALUES (%(company_id)s, %(room)s, %(epoch)s, %(count)s)
  ON CONFLICT (company_id, name) DO UPDATE SET "offset" = head."offset" + excluded."offset"
  RETURNING "offset"
), told AS (
  INSERT INTO realtime_event (company_id, room, "offset", kind, data, actor, at)
  SELECT %(company_id)s, %(room)s, "offset" - %(count)s + place, %(kind)s, fact, %(actor)s, %(now)s
  FROM head, jsonb_array_elements(%(data)s) WITH ORDINALITY AS each (fact, place)
)
SELECT "offset" FROM head
"""

_identity_of: list[IdentityOf] = []
_passing_facts: list[PassingFact] = []


def publish(*, company_id: int, room: str, kind: str, data: dict[str, Any], actor: str, now: datetime) -> int:
    """Tell a room a fact, as part of the caller's transaction; answers its offset.

    The head row stays locked until the transaction ends, so offsets become visible in order.
    An action that tells several rooms tells admin first, then dashboard, then platform.
    """
    return publish_each(company_id=company_id, room=room, kind=kind, data=[data], actor=actor, now=now)


def publish_each(
    *, company_id: int, room: str, kind: str, data: Sequence[dict[str, Any]], actor: str, now: datetime
) -> int:
    """Tell a room several facts of one kind, as `publish` does one; answers the offset of the last."""
    key = rules.key_of(company_id, room)
    told: dict[str, Any] = {
        "company_id": company_id,
        "room": str(key.name),
        "epoch": rules.epoch_at(now),
        "count": len(data),
        "kind": kind,
        "data": Jsonb(data),
        "actor": actor,
        "now": now,
    }
    # No savepoint: whoever's fact cannot be told does not make the change either.
    with acting_for(company_id), transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute(_PUBLISH, told)
            (last,) = cursor.fetchone()
        hints.send("room", key.wire)
    return int(last)


def open_room(key: RoomKey, *, now: datetime) -> Position:
    """Where the room stands; a room nobody ever told anything begins its counting now."""
    found = queries.position(key)
    if found != rules.BEFORE_THE_FIRST:
        return found
    with acting_for(key.company_id), transaction.atomic():
        new = Room(company_id=key.company_id, name=key.name, epoch=rules.epoch_at(now), offset=0)
        Room.objects.bulk_create([new], ignore_conflicts=True)
    return queries.position(key)


def begin_again(*, company_id: int, room: str, now: datetime) -> None:
    """Forget the room's past and start a new epoch: every page asks again (a restore, an erasure)."""
    key = rules.key_of(company_id, room)
    with acting_for(company_id), transaction.atomic():
        head = Room.objects.select_for_update().filter(company_id=company_id, name=key.name)
        if not head.exists():
            return
        head.update(epoch=rules.epoch_at(now))
        Event.objects.filter(company_id=company_id, room=key.name).delete()
        hints.send("room", key.wire)


def prune(key: RoomKey, *, now: datetime) -> int:
    """Drop what no replay can need, older than a day and not among the last 600; answers how many."""
    with acting_for(key.company_id), transaction.atomic():
        past_replay = queries.position(key).offset - READ_AGAIN_LIMIT
        old = Event.objects.filter(company_id=key.company_id, room=key.name, offset__lte=past_replay)
        gone, _each = old.filter(at__lt=now - KEPT_FOR).delete()
    return gone


def watch(*, process: uuid.UUID, company_id: int, admins: Mapping[int, Present], now: datetime) -> None:
    """Remember which admins, by user id, have this company's console open in this process, and what they edit there.

    Rows of processes that died are cleared on the way; the other processes hear of any change.
    """
    with acting_for(company_id), transaction.atomic():
        rows = Watcher.objects.filter(company_id=company_id)
        before = {
            user_id: Present(email, tuple(editing))
            for user_id, email, editing in rows.filter(process=process).values_list("user_id", "email", "editing")
        }
        dead, _each = rows.filter(seen_at__lte=now - queries.WATCHER_IS_BELIEVED).delete()
        rows.filter(process=process).exclude(user_id__in=admins).delete()
        Watcher.objects.bulk_create(
            [
                Watcher(
                    company_id=company_id,
                    process=process,
                    user_id=user_id,
                    email=one.email,
                    editing=list(one.editing),
                    seen_at=now,
                )
                for user_id, one in sorted(admins.items())
            ],
            update_conflicts=True,
            unique_fields=["company_id", "process", "user_id"],
            update_fields=["email", "editing", "seen_at"],
        )
        if dead or before != dict(admins):
            hints.send("watchers", str(company_id))


def register_identity(identity_of: IdentityOf) -> None:
    """Say how a web session becomes a person: called once, by the app that knows people and companies."""
    _identity_of[:] = [identity_of]


def register_passing_fact(fact: PassingFact) -> None:
    """Have a fact told to its rooms, at most once a second for each company, whenever its topic is hinted."""
    _passing_facts[:] = [known for known in _passing_facts if known.kind != fact.kind] + [fact]


def registered_identity() -> IdentityOf:
    """How a web session becomes a person; until somebody said so, nobody is signed in."""
    return _identity_of[0] if _identity_of else lambda _session_key: None


def registered_passing_facts() -> tuple[PassingFact, ...]:
    """Every passing fact that was registered."""
    return tuple(_passing_facts)
