"""What consoles are told while they look: who works, each listener about those whom they may see.

A pointer rather than a page: whoever hears it asks the ordinary door again.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.activity import queries
from sundial.server.activity.types import NowRow
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.types import Identity, PassingFact, RoomName

TOPIC = "activity"
NOBODY = 0


def board(company_id: int, now: datetime) -> dict[str, Any]:
    """What everyone in a company does at this moment, before it is narrowed."""
    whole = Acting("system", NOBODY, "live", Role.ADMIN, company_id)
    return {"company_id": company_id, "users": [_told(row) for row in queries.now_board(whole, now=now)]}


def _told(row: NowRow) -> dict[str, Any]:
    since = row.since.isoformat().replace("+00:00", "Z") if row.since else None
    facts = {"state": str(row.state), "since": since, "application": row.application, "online": row.online}
    return {"id": row.user_id, "user": row.email, **facts}


def narrowed(fact: dict[str, Any], listener: Identity) -> dict[str, Any]:
    """The part about those whom this listener may see; an EMPLOYEE sees themselves."""
    if listener.role is Role.ADMIN:
        return fact
    visible = _visible_to(listener)
    return {**fact, "users": [one for one in fact["users"] if one["id"] in visible]}


def _visible_to(listener: Identity) -> set[int]:
    if listener.role is not Role.MANAGER or listener.company_id is None:
        return {listener.user_id}
    acting = Acting("person", listener.user_id, listener.email, listener.role, listener.company_id)
    with acting_for(listener.company_id), transaction.atomic():
        return set(companies.visible_user_ids(acting))


PRESENCE = PassingFact("presence", TOPIC, (RoomName.DASHBOARD,), board, narrowed)
WORK_STATUS = PassingFact("work_status", TOPIC, (RoomName.ADMIN,), board)
