"""Writes about the people of one company; what touches several apps at once is `lifecycle`'s."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.accounts.actions import ensure_user
from sundial.server.audit.actions import record
from sundial.server.companies import queries, rules
from sundial.server.companies.actions.checks import checked_email, checked_role, checked_text
from sundial.server.companies.actions.limits import require_seat
from sundial.server.companies.models import Company, Membership, Team, TeamMember
from sundial.server.companies.types import MemberStatus
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.actions import publish


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


def tell_consoles(*, kind: str, membership: Membership, acting: Acting, now: datetime) -> None:
    """Number a `user_*` event in the admin room of the membership's company."""
    publish(
        company_id=membership.company_id,
        room="admin",
        kind=kind,
        data={"user": membership.user.email, "attributes": []},
        actor=acting.label,
        now=now,
    )


@transaction.atomic
def add_person(
    *, acting: Acting, company_id: int, email: str, first_name: str, last_name: str, role: str, now: datetime
) -> Membership:
    """Take a person on; one who was let go returns. Raises Invalid for someone who is already here."""
    if not acting.is_owner:
        _require_manager_of_people(acting, company_id)
    address, chosen = checked_email(email), checked_role(role)
    names = {
        "first_name": checked_text("first_name", first_name, 80),
        "last_name": checked_text("last_name", last_name, 80),
    }
    with acting_for(company_id):
        user = ensure_user(email=address, now=now)
        if user.is_owner:
            raise Invalid({"email": "This person runs the platform and belongs to no company."})
        row = Membership.objects.filter(user=user).first()
        if row is not None and row.status != MemberStatus.LEFT:
            raise Invalid({"email": "This person is already in the company."})
        require_seat(company_id)
        row = row or Membership(company_id=company_id, user=user)
        row.first_name, row.last_name, row.role = names["first_name"], names["last_name"], chosen
        row.status, row.created_at, row.ended_at = MemberStatus.ACTIVE, now, None
        row.save()
        _audit(acting, row, "EMPLOYEE_ADDED", f"{address} joined as {chosen}", {"role": str(chosen)}, now)
        tell_consoles(kind="user_added", membership=row, acting=acting, now=now)
    return row


def _audit(
    acting: Acting, row: Membership, action: str, description: str, details: dict[str, Any], now: datetime
) -> None:
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=description,
        details={"user_id": row.user_id, **details},
        target_kind="user",
        target_id=row.user_id,
        now=now,
    )


@transaction.atomic
def edit_person(*, acting: Acting, user_id: int, changes: Mapping[str, str], now: datetime) -> Membership:
    """Change names or role of a person; people may change their own names. Nothing changed: nothing written."""
    row = _locked(acting, user_id)
    own_names = acting.id == user_id and set(changes) <= {"first_name", "last_name"}
    if not own_names:
        _require_manager_of_people(acting, row.company_id)
    wanted = _checked_changes(changes)
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return row
    if "role" in changed:
        require_another_admin(row)
    old_role = row.role
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=[*changed])
    details: dict[str, Any] = {"fields": sorted(changed)}
    if "role" in changed:
        details |= {"old_values": {"role": old_role}, "new_values": {"role": str(row.role)}}
        hints.send("person", str(user_id))
    _audit(acting, row, "EMPLOYEE_EDITED", f"{row.user.email} was edited", details, now)
    kind = "user_roles_updated" if "role" in changed else "user_updated"
    publish(
        company_id=row.company_id,
        room="admin",
        kind=kind,
        data={"user": row.user.email, "attributes": [], "roles": [str(row.role)]},
        actor=acting.label,
        now=now,
    )
    return row


def _checked_changes(changes: Mapping[str, str]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for name in ("first_name", "last_name"):
        if name in changes:
            wanted[name] = checked_text(name, changes[name], 80)
    if "role" in changes:
        wanted["role"] = checked_role(changes["role"])
    return wanted


def _locked(acting: Acting, user_id: int) -> Membership:
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
    row = _locked(acting, user_id)
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
    _audit(acting, row, action, f"{row.user.email} {verb}", {"status": str(status)}, now)
    if kind:
        tell_consoles(kind=kind, membership=row, acting=acting, now=now)
    hints.send("person", str(user_id))
    return row


@transaction.atomic
def make_team(*, company_id: int, name: str, members: list[int], managers: list[int]) -> Team:
    """A team of these users, seen by these managers; its pages come with the company's."""
    with acting_for(company_id):
        team = Team.objects.create(company_id=company_id, name=checked_text("name", name, 80, required=True))
        rows = {row.user_id: row for row in Membership.objects.filter(user_id__in=[*members, *managers])}
        for user_id in dict.fromkeys([*members, *managers]):
            if user_id not in rows:
                raise NotFound
            TeamMember.objects.create(
                company_id=company_id, team=team, membership=rows[user_id], manages=user_id in managers
            )
    return team
