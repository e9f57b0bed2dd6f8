"""Making, changing and deleting plans: the platform's own acts, written into its log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from sundial.server.audit.actions import record
from sundial.server.billing import rules
from sundial.server.billing.models import Plan, Subscription
from sundial.server.billing.queries.plans import facts_of
from sundial.server.billing.types import PlanFacts
from sundial.server.companies.actions import set_limits
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import PLATFORM, across_companies, acting_for
from sundial.server.lib.words import is_storable

_MOST = {"seats": 1_000_000, "storage_mb": 1_000_000_000, "retention_days": 36_500, "price_cents": 100_000_000}
FIELDS = ("name", "description", "seats", "storage_mb", "retention_days", "features", "price_cents", "currency")


def require_owner(acting: Acting) -> None:
    """Plans and invoices are the platform's."""
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may do this.")


@transaction.atomic
def make_plan(*, acting: Acting, values: Mapping[str, Any], now: datetime) -> PlanFacts:
    """A new plan; raises Invalid."""
    require_owner(acting)
    row = Plan(made_at=now)
    _apply(row, {"name": "", **values})
    _save(row)
    _audit(acting, row, "PLAN_CREATED", f"The plan {row.name} was made", {"new_values": _values(row)}, now)
    return facts_of(row)


@transaction.atomic
def edit_plan(*, acting: Acting, plan_id: int, changes: Mapping[str, Any], now: datetime) -> PlanFacts:
    """Change a plan: companies on it get its new limits at once, a new price holds for who joins later."""
    require_owner(acting)
    row = locked_plan(plan_id)
    old = _values(row)
    _apply(row, changes)
    changed = {name: value for name, value in _values(row).items() if old[name] != value}
    if not changed:
        return facts_of(row)
    _save(row)
    details = {"old_values": {name: old[name] for name in changed}, "new_values": changed}
    for company_id in _companies_on(plan_id):
        _hand_down(acting, row, company_id, details, now)
    _audit(acting, row, "PLAN_EDITED", f"The plan {row.name} was changed", details, now)
    return facts_of(row)


@transaction.atomic
def delete_plan(*, acting: Acting, plan_id: int, now: datetime) -> None:
    """Take a plan away; raises Conflict while a company is on it."""
    require_owner(acting)
    row = locked_plan(plan_id)
    on_it = len(_companies_on(plan_id))
    if on_it:
        count = "1 company is" if on_it == 1 else f"{on_it} companies are"
        raise Conflict(f"{count} on this plan. Move them to another plan first.")
    _audit(acting, row, "PLAN_DELETED", f"The plan {row.name} was deleted", {"old_values": _values(row)}, now)
    row.delete()


def locked_plan(plan_id: int) -> Plan:
    """This plan, held until the transaction ends, so that nobody joins what is being changed; raises NotFound."""
    row = Plan.objects.select_for_update().filter(id=plan_id).first()
    if row is None:
        raise NotFound
    return row


def _companies_on(plan_id: int) -> list[int]:
    with across_companies():
        running = Subscription.objects.filter(plan_id=plan_id, until__isnull=True)
        return sorted(running.values_list("company_id", flat=True))


def _hand_down(acting: Acting, row: Plan, company_id: int, details: dict[str, Any], now: datetime) -> None:
    set_limits(acting=acting, company_id=company_id, limits=rules.limits_of(facts_of(row)))
    with acting_for(company_id):
        record(
            acting=acting,
            company_id=company_id,
            action="PLAN_CHANGED",
            description=f"What the plan {row.name} allows was changed",
            details={"plan": row.name, **details},
            target_kind="company",
            target_id=company_id,
            now=now,
        )


def _apply(row: Plan, changes: Mapping[str, Any]) -> None:
    faults: dict[str, str] = {}
    for name, value in changes.items():
        fault = _fault(name, value)
        if fault:
            faults[name] = fault
        else:
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    if faults:
        raise Invalid(faults)


def _fault(name: str, value: Any) -> str:
    """What is wrong with a value; empty if nothing is."""
    if name in ("name", "description", "currency"):
        return _fault_in_text(name, value)
    if name == "features":
        return "" if rules.known_features(value) else "No such feature."
    if name not in _MOST:
        return "There is no such setting."
    if value is None and name != "price_cents":
        return ""
    fits = isinstance(value, int) and (name == "price_cents" or value >= 1) and 0 <= value <= _MOST[name]
    return "" if fits else f"A whole number up to {_MOST[name]:,}."


def _fault_in_text(name: str, value: str) -> str:
    text = value.strip()
    if not is_storable(text):
        return "This cannot be stored."
    if name == "currency":
        return "" if len(text) == 3 and text.isascii() and text.isupper() else "Three letters, such as EUR."
    longest = {"name": 40, "description": 200}[name]
    if name == "name" and not text:
        return "Write a name."
    return "" if len(text) <= longest else f"At most {longest} characters."


def _save(row: Plan) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Invalid({"name": "There is a plan of this name already."}) from error


def _values(row: Plan) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def _audit(acting: Acting, row: Plan, action: str, words: str, details: dict[str, Any], now: datetime) -> None:
    with acting_for(PLATFORM):
        record(
            acting=acting,
            company_id=PLATFORM,
            action=action,
            description=words,
            details=details,
            target_kind="plan",
            target_id=row.pk,
            now=now,
        )
