"""What an administrator's console is told about people, as part of the change itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sundial.server.audit.actions import record
from sundial.server.companies import queries
from sundial.server.companies.models import Membership
from sundial.server.lib.acting import Acting
from sundial.server.realtime.actions import publish


def tell_console(*, company_id: int, kind: str, data: dict[str, Any], acting: Acting, now: datetime) -> None:
    """Number an event in the admin room of a company."""
    publish(company_id=company_id, room="admin", kind=kind, data=data, actor=acting.label, now=now)


def tell_of_belonging(
    *, company_id: int, users: Sequence[str], lent: Sequence[str], acting: Acting, now: datetime
) -> None:
    """Number one event for all of a team or department when what it lends them, `lent` now, or itself is another."""
    if users:
        data = {"users": list(users), "attributes": list(lent), "how": "lent"}
        tell_console(company_id=company_id, kind="users_bulk_attrs_updated", data=data, acting=acting, now=now)


def tell_of_person(*, kind: str, membership: Membership, acting: Acting, now: datetime) -> None:
    """Number a `user_*` event in the admin room of the membership's company."""
    held = queries.attributes_of([membership.user_id], now=now).get(membership.user_id, [])
    data = {"user": membership.user.email, "attributes": [one.text for one in held]}
    tell_console(company_id=membership.company_id, kind=kind, data=data, acting=acting, now=now)


def note_of_person(
    acting: Acting,
    row: Membership,
    action: str,
    description: str,
    details: dict[str, Any],
    now: datetime,
    personal: dict[str, Any] | None = None,
) -> None:
    """An audit entry about a person, who is its target; `personal` can be erased, `details` stand for ever."""
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=description,
        details={"user_id": row.user_id, **details},
        personal=personal,
        target_kind="user",
        target_id=row.user_id,
        now=now,
    )


def note_of_company(
    acting: Acting, company_id: int, action: str, description: str, details: dict[str, Any], now: datetime
) -> None:
    """An audit entry about how a company is arranged: nothing in it is about a person."""
    record(
        acting=acting,
        company_id=company_id,
        action=action,
        description=description,
        details=details,
        target_kind="company",
        target_id=company_id,
        now=now,
    )
