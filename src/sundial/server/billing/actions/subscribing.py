"""Putting a company on a plan, and what that would mean."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from sundial.server.audit.actions import record
from sundial.server.billing import queries, rules
from sundial.server.billing.actions.plans import locked_plan, require_owner
from sundial.server.billing.models import Plan, Subscription
from sundial.server.billing.queries.plans import facts_of
from sundial.server.billing.types import Consequence
from sundial.server.companies import queries as companies
from sundial.server.companies.actions import set_limits
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict
from sundial.server.lib.scope import acting_for


@transaction.atomic
def change_plan(*, acting: Acting, company_id: int, plan_id: int | None, now: datetime) -> None:
    """Put a company on this plan, or on none (no limits); raises Conflict if that is where it is.

    Nobody is removed and nothing deleted at once: what is over a limit stays, and nothing can be added.
    """
    require_owner(acting)
    plan = None if plan_id is None else locked_plan(plan_id)
    limits = rules.limits_of(None if plan is None else facts_of(plan))
    before = companies.limits_of(company_id)
    company = set_limits(acting=acting, company_id=company_id, limits=limits)
    with acting_for(company_id):
        running = Subscription.objects.filter(company_id=company_id, until__isnull=True).first()
        if (running.plan_id if running else None) == plan_id:
            raise Conflict(f"{company.name} is on this plan already.")
        if running is not None:
            running.until = now
            running.save(update_fields=["until"])
        if plan is not None:
            _subscribe(company_id, plan, now)
        words = f"The plan is {limits.plan_name} now" if plan else "The company is on no plan now, without limits"
        record(
            acting=acting,
            company_id=company_id,
            action="PLAN_CHANGED",
            description=words,
            details={"old_values": {"plan": before.plan_name}, "new_values": {"plan": limits.plan_name}},
            target_kind="company",
            target_id=company_id,
            now=now,
        )


def preview(*, acting: Acting, company_id: int, plan_id: int | None) -> list[Consequence]:
    """What putting a company on this plan would mean; changes nothing."""
    require_owner(acting)
    plan = None if plan_id is None else queries.plan(plan_id)
    before = companies.limits_of(company_id)
    after = replace(rules.limits_of(plan), trial=before.trial)
    return rules.consequences(before, after, queries.use_of(company_id))


def _subscribe(company_id: int, plan: Plan, now: datetime) -> None:
    Subscription.objects.create(
        company_id=company_id,
        plan_id=plan.pk,
        plan_name=plan.name,
        price_cents=plan.price_cents,
        currency=plan.currency,
        since=now,
    )
