"""What the plays of this folder share: saving a policy, and reading what was written down about it."""

import json
from typing import Any

from django.db import transaction

from sundial.protocol import codec
from sundial.protocol.messages import PolicyDocument
from sundial.server.audit.models import Entry, Personal
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.models import Event
from sundial.server.tracking import actions, queries
from sundial.server.tracking.types import Saved
from tests.cast import Cast, Player


def save(cast: Cast, changes: dict[str, Any], *, by: Player | None = None, **more: Any) -> Saved:
    """The owner, or whoever is named, saves these changes in the cast's company."""
    who = by or cast.owner
    return actions.change_policy(acting=who.acting, company_id=cast.company.pk, changes=changes, now=cast.now, **more)


def audit(company_id: int, action: str = "POLICY_CHANGED") -> list[tuple[Entry, Personal]]:
    """The entries of this kind in a log, eldest first, each with what it says of persons."""
    with acting_for(company_id), transaction.atomic():
        entries = list(Entry.objects.filter(company_id=company_id, action=action).order_by("seq"))
        return [(entry, Personal.objects.get(company_id=company_id, seq=entry.seq)) for entry in entries]


def events(company_id: int, room: str) -> list[Event]:
    """What a room was told of policies."""
    with acting_for(company_id), transaction.atomic():
        rows = Event.objects.filter(company_id=company_id, room=room, kind="tracking_policy_changed")
        return list(rows.order_by("offset"))


def document(company_id: int) -> PolicyDocument:
    """The document that agents of this company are given, read as they read it."""
    return codec.decode(PolicyDocument, queries.head(company_id).document)


def details(entry: Entry) -> dict[str, Any]:
    """The details as written."""
    read: dict[str, Any] = json.loads(entry.details)
    return read
