"""Writes about the people of one company; what touches several apps at once is `lifecycle`'s."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.accounts.actions import ensure_user
from sundial.server.companies import queries, rules
from sundial.server.companies.actions.checks import checked_department, checked_email, checked_role, checked_text
from sundial.server.companies.actions.holding import checked_held, replace_held
from sundial.server.companies.actions.limits import require_seat
from sundial.server.companies.actions.telling import note_of_person, tell_console, tell_of_person
from sundial.server.companies.models import Company, Membership
from sundial.server.companies.types import Held, MemberStatus
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for

ALREADY_HERE = "This person is already in the company."
RUNS_THE_PLATFORM = "This person runs the platform and belongs to no company."


def _require_manager_of_people(acting: Acting, company_id: int) -> None:
    if not rules.may_manage_people(acting, company_id):
        raise NotAllowed("Only an administrator of the company may change its people.")


def require_another_admin(membership: Membership) -> None:
    """Refuse to take away the last ADMIN of a company."""
    # The company's row is the lock that makes two simultaneous removals see one another.
    Company.objects.select_for_update(no_key=True).get(id=membership.company_id)
    if membership.role != Role.ADMIN or membership.status != MemberStatus.ACTIVE:
        return
    if not queries.active_admins().exclude(id=membership.pk).exists():
        raise Invalid({"role": "A company keeps at least one administrator."}, "The last administrator stays.")


@transaction.atomic
def add_person(
    *,
    acting: Acting,
    company_id: int,
    email: str,
    first_name: str,
    last_name: str,
    role: str,
    department_id: int | None = None,
    held: Sequence[Held] = (),
    now: datetime,
) -> Membership:
    """Take a person on, with these attributes; one who was let go returns. Raises Invalid for who is here already."""
    if not acting.is_owner:
        _require_manager_of_people(acting, company_id)
    address, chosen = checked_email(email), checked_role(role)
    names = {
        "first_name": checked_text("first_name", first_name, 80),
        "last_name": checked_text("last_name", last_name, 80),
    }
    with acting_for(company_id):
        wanted, row = checked_held(held), _place_for(address, company_id, now)
        require_seat(company_id)
        row.first_name, row.last_name, row.role = names["first_name"], names["last_name"], chosen
        row.status, row.created_at, row.ended_at = MemberStatus.ACTIVE, now, None
        row.department_id = checked_department(department_id)
        row.invited_at = row.signed_in_at = None
        row.save()
        note_of_person(
            acting, row, "EMPLOYEE_ADDED", f"{address} joined as {chosen.lower()}", {"role": str(chosen)}, now
        )
        replace_held(acting, row, wanted, now)
        tell_of_person(kind="user_added", membership=row, acting=acting, now=now)
    return row


def _place_for(address: str, company_id: int, now: datetime) -> Membership:
    """The membership of whoever has this address: that of before, or a new one; raises Invalid."""
    user = ensure_user(email=address, now=now)
    if user.is_owner:
        raise Invalid({"email": RUNS_THE_PLATFORM})
    row = Membership.objects.select_related("user").filter(user=user).first()
    if row is not None and row.status != MemberStatus.LEFT:
        raise Invalid({"email": ALREADY_HERE})
    return row or Membership(company_id=company_id, user=user)


@transaction.atomic
def edit_person(*, acting: Acting, user_id: int, changes: Mapping[str, Any], now: datetime) -> Membership:
    """Change names, role or department; people may change their own names. Nothing changed: nothing written."""
    row = locked_person(acting, user_id)
    own_names = acting.id == user_id and set(changes) <= {"first_name", "last_name"}
    if not own_names:
        _require_manager_of_people(acting, row.company_id)
    wanted = _checked_changes(changes)
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return row
    if "role" in changed:
        require_another_admin(row)
    old = {name: getattr(row, name) for name in ("role", "department_id") if name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=[*changed])
    details: dict[str, Any] = {"fields": sorted(changed)}
    if old:  # names are personal, and stay out of what stands for ever
        details |= {"old_values": old, "new_values": {name: changed[name] for name in old}}
    note_of_person(acting, row, "EMPLOYEE_EDITED", f"{row.user.email} was edited", details, now)
    _tell_of_edit(row, set(changed), acting, now)
    return row


def _tell_of_edit(row: Membership, changed: set[str], acting: Acting, now: datetime) -> None:
    if "role" in changed:
        hints.send("person", str(row.user_id))
        data = {"user": row.user.email, "roles": [str(row.role)]}
        tell_console(company_id=row.company_id, kind="user_roles_updated", data=data, acting=acting, now=now)
    if changed - {"role"}:
        tell_of_person(kind="user_updated", membership=row, acting=acting, now=now)


def _checked_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    for name in ("first_name", "last_name"):
        if name in changes:
            wanted[name] = checked_text(name, changes[name], 80)
    if "role" in changes:
        wanted["role"] = checked_role(changes["role"])
    if "department_id" in changes:
        wanted["department_id"] = checked_department(changes["department_id"])
    return wanted


def locked_person(acting: Acting, user_id: int) -> Membership:
    """The membership `acting` may see, locked for a change; raises NotFound."""
    seen = queries.person(acting, user_id)
    return Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(id=seen.pk)


@transaction.atomic
def set_status(
    *, acting: Acting, user_id: int, status: MemberStatus, action: str, kind: str, now: datetime
) -> Membership:
    """Move a person to ACTIVE, INACTIVE or LEFT; `lifecycle` ends what hangs on it in the same transaction.

    `kind` is the event that the consoles are told; empty if the caller tells them of several people at once.
    """
    row = locked_person(acting, user_id)
    _require_manager_of_people(acting, row.company_id)
    if row.status == status:
        return row
    if status is MemberStatus.ACTIVE:
        require_seat(row.company_id)
    else:
        require_another_admin(row)
    row.status = status
    row.ended_at = None if status is MemberStatus.ACTIVE else now
    row.save(update_fields=["status", "ended_at"])
    verb = {"ACTIVE": "was reactivated", "INACTIVE": "was deactivated", "LEFT": "was let go"}[status]
    note_of_person(acting, row, action, f"{row.user.email} {verb}", {"status": str(status)}, now)
    if kind:
        tell_of_person(kind=kind, membership=row, acting=acting, now=now)
    hints.send("person", str(user_id))
    return row
