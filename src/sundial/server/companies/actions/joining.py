"""Taking on many people at once: the same as one by one, with a few statements for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sundial.server.accounts.actions import ensure_users
from sundial.server.audit.actions.recording import Line as Entry
from sundial.server.audit.actions.recording import record_each
from sundial.server.companies.actions.checks import checked_email, checked_role, checked_text
from sundial.server.companies.actions.limits import require_seat
from sundial.server.companies.models import Membership
from sundial.server.lib.acting import Acting
from sundial.server.realtime.actions import publish_each


@dataclass(frozen=True)
class Newcomer:
    """Somebody who never belonged to the company; their department is there, as whoever asks has made sure."""

    email: str
    first_name: str
    last_name: str
    role: str
    department_id: int | None


def join_many(*, acting: Acting, company_id: int, newcomers: Sequence[Newcomer], now: datetime) -> list[Membership]:
    """Take these people on, in the company's scope and a transaction; raises Invalid where the last seat is taken.

    Each has an entry in the log and an event of their own.
    """
    if not newcomers:
        return []
    users = ensure_users(emails=[checked_email(one.email) for one in newcomers], now=now)
    rows = [
        Membership(
            company_id=company_id,
            user=users[checked_email(one.email)],
            first_name=checked_text("first_name", one.first_name, 80),
            last_name=checked_text("last_name", one.last_name, 80),
            role=checked_role(one.role),
            department_id=one.department_id,
            created_at=now,
        )
        for one in newcomers
    ]
    made = Membership.objects.bulk_create(rows)
    require_seat(company_id, more=0)
    _note(acting, company_id, made, now)
    return made


def _note(acting: Acting, company_id: int, made: Sequence[Membership], now: datetime) -> None:
    entries = [
        Entry(
            f"{row.user.email} joined as {row.role.lower()}",
            {"user_id": row.user_id, "role": str(row.role)},
            {},
            target_kind="user",
            target_id=row.user_id,
        )
        for row in made
    ]
    record_each(acting=acting, company_id=company_id, action="EMPLOYEE_ADDED", lines=entries, now=now)
    told = [{"user": row.user.email, "attributes": []} for row in made]
    publish_each(company_id=company_id, room="admin", kind="user_added", data=told, actor=acting.label, now=now)
