"""Writes about a company itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from sundial.server.audit.actions import record
from sundial.server.companies import rules
from sundial.server.companies.actions.checks import checked_text
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.models import Company
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed
from sundial.server.lib.scope import acting_for


def _require_owner(acting: Acting) -> None:
    if not acting.is_owner and acting.role is not Role.SYSTEM:
        raise NotAllowed("Only the owner of the platform may change a company.")


def _next_id() -> int:
    # Row-level security lets a company be written only in its own scope, so its id has to be known first.
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('companies_company', 'id'))")
        return int(cursor.fetchone()[0])


@transaction.atomic
def create_company(
    *,
    acting: Acting,
    name: str,
    time_zone: str,
    status: CompanyStatus,
    trial_ends_at: datetime | None = None,
    now: datetime,
) -> Company:
    """A new company with a fresh key and nobody in it; a trial may have an end."""
    _require_owner(acting)
    if trial_ends_at is not None and (status is not CompanyStatus.TRIAL or trial_ends_at <= now):
        raise Invalid({"trial_ends_at": "Choose a day to come, for a company that starts on trial."})
    title = checked_text("name", name, 120, required=True)
    if not rules.known_time_zone(time_zone):
        raise Invalid({"time_zone": "No such time zone; write one like Asia/Dhaka."})
    if status is CompanyStatus.SUSPENDED:
        raise Invalid({"status": "A new company starts as TRIAL or ACTIVE."})
    company_id = _next_id()
    with acting_for(company_id):
        row = Company.objects.create(
            id=company_id,
            name=title,
            company_key=rules.new_company_key(),
            status=status,
            time_zone=time_zone,
            created_at=now,
            trial_ends_at=trial_ends_at,
        )
        _audit(acting, row, "COMPANY_CREATED", f"{title} was created", {"name": title, "status": str(status)}, now)
    return row


def _audit(acting: Acting, row: Company, action: str, description: str, details: dict[str, Any], now: datetime) -> None:
    record(
        acting=acting,
        company_id=row.pk,
        action=action,
        description=description,
        details=details,
        target_kind="company",
        target_id=row.pk,
        now=now,
    )


@transaction.atomic
def suspend(*, acting: Acting, company_id: int, reason: str, now: datetime) -> Company:
    """Stop a company: nobody signs in, agents are told and record nothing. Raises Conflict if it already is."""
    _require_owner(acting)
    why = checked_text("reason", reason, 500)
    with acting_for(company_id):
        row = locked_company(company_id)
        if row.status == CompanyStatus.SUSPENDED:
            raise Conflict("This company is already suspended.")
        row.suspended_from, row.status, row.suspended_reason = row.status, CompanyStatus.SUSPENDED, why
        row.save(update_fields=["suspended_from", "status", "suspended_reason"])
        _audit(acting, row, "COMPANY_SUSPENDED", f"{row.name} was suspended", {"reason": why}, now)
        hints.send("company", str(company_id))
    return row


@transaction.atomic
def close(*, acting: Acting, company_id: int, now: datetime) -> Company:
    """Mark a company as closed: suspended, not to come back unless somebody thinks better of it in time.

    Raises Conflict if it is closed already. What else ends with it is `lifecycle`'s.
    """
    _require_owner(acting)
    with acting_for(company_id):
        row = locked_company(company_id)
        if row.closed_at is not None:
            raise Conflict("This company is closed already.")
        row.suspended_from = row.suspended_from or row.status
        row.status, row.suspended_reason, row.closed_at = CompanyStatus.SUSPENDED, "It was closed.", now
        row.save(update_fields=["suspended_from", "status", "suspended_reason", "closed_at"])
        _audit(acting, row, "COMPANY_CLOSED", f"{row.name} was closed", {}, now)
        hints.send("company", str(company_id))
    return row


@transaction.atomic
def reactivate(*, acting: Acting, company_id: int, now: datetime, reason: str = "") -> Company:
    """Let a suspended or closed company work again, in the state it had; after a trial's end it is ACTIVE.

    Raises Conflict if it is not suspended.
    """
    _require_owner(acting)
    why = checked_text("reason", reason, 500)
    with acting_for(company_id):
        row = locked_company(company_id)
        if row.status != CompanyStatus.SUSPENDED:
            raise Conflict("This company is not suspended.")
        row.status = row.suspended_from or CompanyStatus.ACTIVE
        if row.trial_ends_at is not None and row.trial_ends_at <= now:  # or it would end again at once
            row.status, row.trial_ends_at = CompanyStatus.ACTIVE, None
        row.suspended_from, row.suspended_reason, row.closed_at = "", "", None
        row.save(update_fields=["suspended_from", "status", "suspended_reason", "trial_ends_at", "closed_at"])
        details = {"status": str(row.status)} | ({"reason": why} if why else {})
        _audit(acting, row, "COMPANY_REACTIVATED", f"{row.name} was reactivated", details, now)
        hints.send("company", str(company_id))
    return row


@transaction.atomic
def change_company(*, acting: Acting, company_id: int, changes: Mapping[str, Any], now: datetime) -> Company:
    """Change name, time zone or the switches of a company; only what differs is written and audited."""
    _require_owner(acting)
    wanted = _checked_company(changes)
    with acting_for(company_id):
        row = locked_company(company_id)
        changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
        if not changed:
            return row
        old = {name: getattr(row, name) for name in changed}
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=[*changed])
        action = "POLICY_DELEGATED" if "policy_delegated" in changed else "SETTINGS_CHANGED"
        details = {"old_values": old, "new_values": changed}
        _audit(acting, row, action, _company_change_in_words(row, changed), details, now)
        hints.send("company", str(company_id))
    return row


def _company_change_in_words(row: Company, changed: Mapping[str, Any]) -> str:
    if "policy_delegated" in changed:
        given = "may now change" if row.policy_delegated else "may no longer change"
        return f"The company's administrators {given} its tracking policy"
    if "classic_clients" in changed:
        return f"Clients of the first system were {'allowed' if row.classic_clients else 'refused'}"
    return f"Settings changed: {', '.join(sorted(changed)).replace('_', ' ')}"


def _checked_company(changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if "name" in changes:
        wanted["name"] = checked_text("name", changes["name"], 120, required=True)
    if "time_zone" in changes:
        if not rules.known_time_zone(changes["time_zone"]):
            raise Invalid({"time_zone": "No such time zone; write one like Asia/Dhaka."})
        wanted["time_zone"] = changes["time_zone"]
    for switch in ("policy_delegated", "classic_clients"):
        if switch in changes:
            wanted[switch] = bool(changes[switch])
    return wanted
