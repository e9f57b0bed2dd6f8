"""Single kinds of entries about somebody, for apps that show them to that person."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sundial.server.audit import rules
from sundial.server.audit.models import Entry, Personal
from sundial.server.audit.types import Subject
from sundial.server.lib.acting import Acting


@dataclass(frozen=True, slots=True)
class Told:
    """One entry, without what is in it about anybody else."""

    seq: int
    at: datetime
    action: str
    by: str
    details: dict[str, Any]


def told_since(acting: Acting, action: str, about: Subject, details: Mapping[str, Any], *, since: datetime) -> bool:
    """Whether this very thing by this very actor stands in the log already, since then; in the log's scope."""
    return Entry.objects.filter(
        actor_kind=acting.kind,
        actor_id=acting.id,
        action=action,
        target_kind=about.kind,
        target_id=about.id,
        details=rules.to_json(details),
        at__gte=since,
    ).exists()


def told_by(acting: Acting, action: str, *, since: datetime) -> list[Told]:
    """What this very actor did of this kind since then, newest first; in the log's scope."""
    rows = Entry.objects.filter(actor_kind=acting.kind, actor_id=acting.id, action=action, at__gte=since)
    found = rows.order_by("-seq").values_list("seq", "at", "details")
    return [Told(seq, at, action, acting.label, json.loads(details)) for seq, at, details in found]


def told_about(log: int, about: Subject, *, actions: Sequence[str], limit: int) -> list[Told]:
    """The latest entries of these kinds about someone, newest first; in the log's scope, for whom the caller lets."""
    rows = Entry.objects.filter(company_id=log, target_kind=about.kind, target_id=about.id, action__in=actions)
    found = list(rows.order_by("-seq")[:limit])
    actors = Personal.objects.filter(company_id=log, seq__in=[row.seq for row in found]).values_list("seq", "actor")
    names = dict(actors)
    return [Told(row.seq, row.at, row.action, names.get(row.seq) or "", json.loads(row.details)) for row in found]
