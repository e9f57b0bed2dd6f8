"""What the plays of this folder share: a log of one's own, entries in it, and the way of its owner."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from sundial.server.audit import actions
from sundial.server.audit.models import Entry
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for

NOW = datetime(2026, 11, 21, 8, 30, 0, 123456, tzinfo=UTC)
ADMIN = Acting(kind="person", id=7, label="asha@acme.test", role=Role.ADMIN, ip="198.51.100.7")
OWNER = Acting(kind="person", id=1, label="root@platform.test", role=Role.OWNER, ip="198.51.100.1")

_logs = itertools.count(900_001)


def fresh_log() -> int:
    """The number of a company that no other test uses; the log knows no companies, so none is founded."""
    return next(_logs)


def note(log: int, number: int = 1, **changes: Any) -> Entry:
    """Record one believable entry in a transaction of its own."""
    said: dict[str, Any] = {
        "acting": ADMIN,
        "company_id": log,
        "action": "POLICY_CHANGED",
        "description": f"Screenshots every {number} seconds",
        "details": {"old_values": {"idle": number}, "new_values": {"idle": number + 1}, "config_version": number},
        "target_kind": "company",
        "target_id": log,
        "now": NOW + timedelta(seconds=number),
    }
    with acting_for(log), transaction.atomic():
        return actions.record(**(said | changes))


def fill(log: int, count: int) -> None:
    """Record this many entries, about people and about nobody."""
    with acting_for(log), transaction.atomic():
        for number in range(1, count + 1):
            about_someone = number % 3 == 0
            actions.record(
                acting=ADMIN,
                company_id=log,
                action="EMPLOYEE_ADDED" if about_someone else "SETTINGS_CHANGED",
                description=f"Entry {number}",
                details={"number": number},
                personal={"target": f"person{number}@acme.test", "first_name": "Ünal"} if about_someone else None,
                target_kind="person" if about_someone else "company",
                target_id=number if about_someone else log,
                now=NOW + timedelta(seconds=number),
            )
