"""`companies`: the OWNER founds and changes them; everyone else reads their own."""

from datetime import datetime, timedelta
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, ConfigDict, Field, StrictBool

from sundial.server.billing import actions as billing
from sundial.server.billing import queries as plans
from sundial.server.companies import actions as companies
from sundial.server.companies import queries
from sundial.server.companies.actions.appointing import appoint_admin, send_links_to_admins
from sundial.server.companies.actions.keys import LONGEST_GRACE, rotate_key
from sundial.server.companies.actions.trials import set_trial
from sundial.server.companies.queries import CompanyFacts
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["companies"])
_REPEATABLE = {"parameters": [PARAMETER]}
_FOR_THOSE_WHO_RUN_IT = (
    "company_key",
    "previous_key_until",
    "people",
    "seats_limit",
    "storage_limit_mb",
    "retention_limit_days",
)
_FOUNDING_NAMES = {"email": "admin_email", "first_name": "admin_first_name", "last_name": "admin_last_name"}


class CompanyOut(Schema):
    """A company. Its key, its people and its limits are told to the OWNER and its ADMINs only; no number: no limit."""

    id: int
    name: str
    status: CompanyStatus
    suspended_reason: str
    policy_delegated: bool
    classic_clients: bool
    time_zone: str
    created_at: datetime
    trial_ends_at: datetime | None
    closed_at: datetime | None
    plan_name: str
    features: list[str]
    company_key: str | None
    previous_key_until: datetime | None
    people: int | None
    seats_limit: int | None
    storage_limit_mb: int | None
    retention_limit_days: int | None


class CompanyPage(Listing):
    """One page of companies."""

    items: list[CompanyOut]


class Admin(Schema):
    """The first administrator of a new company."""

    id: int
    email: str


class Founded(CompanyOut):
    """A new company; the link is null where the administrator has an account already, and is mailed in any case."""

    admin: Admin
    set_password_link: str | None


class CompanyIn(Schema):
    """A company to found, with its first administrator."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    admin_email: str = Field(max_length=254)
    admin_first_name: str = Field("", max_length=200)
    admin_last_name: str = Field("", max_length=200)
    time_zone: str = Field("UTC", max_length=64, description="As in the time zone database: Asia/Dhaka.")
    status: Literal["TRIAL", "ACTIVE"] = "TRIAL"
    plan: Words = Field("", description="The name of a plan; empty: no plan, no limits.")
    trial_ends_at: AwareDatetime | None = None


class CompanyChanges(Schema):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=200)
    time_zone: str = Field("", max_length=64)
    policy_delegated: StrictBool = False
    classic_clients: StrictBool = False
    plan: Words = Field("", description="The name of a plan; empty: no plan, no limits.")
    trial_ends_at: AwareDatetime | None = Field(None, description="Puts it on trial until then; null: it is active.")


class Rotation(Schema):
    """How long the key until now is still taken."""

    model_config = ConfigDict(extra="forbid")

    grace_hours: int = Field(168, ge=0, le=LONGEST_GRACE.days * 24)


class AdminReset(Schema):
    """Whom to help in: an address makes an administrator; none means all who are administrators already."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field("", max_length=254)


class Reason(Schema):
    """Why a company is suspended, or works again; its log keeps it."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=500)


class CompanySearch(Paging):
    """Which companies to list."""

    status: Literal["", "TRIAL", "ACTIVE", "SUSPENDED", "CLOSED"] = ""
    plan: Words = Field("", description="The name of a plan.")
    ordering: Literal["name", "-name", "created_at", "-created_at", "status", "-status", "id", "-id"] = "name"
    search: Words = Field("", description="Part of the name.")


@router.get("", response=answers(CompanyPage), summary="List companies")
def list_companies(request: HttpRequest, asked: Query[CompanySearch]) -> dict[str, Any]:
    """All for the OWNER; for everyone else, their own."""
    acting = acting_of(request)
    found = queries.companies_of(
        acting, search=asked.search, status=asked.status, plan=asked.plan, ordering=asked.ordering
    )
    return page_of(found, asked, lambda row: _shown(acting, row))


@router.post("", response=creates(Founded, 201), openapi_extra=_REPEATABLE, summary="Found a company")
def found_company(request: HttpRequest, payload: CompanyIn) -> Status[Any]:
    """With its key, its first tracking policy and its first administrator. OWNER only."""
    acting = acting_of(request)
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may found companies.")
    asked = payload.dict()
    asked |= {"status": CompanyStatus(payload.status), "plan_id": _plan_id(asked.pop("plan"))}
    try:
        founded = lifecycle.found_company(acting=acting, now=clock.now(), **asked)
    except Invalid as refusal:
        fields = {_FOUNDING_NAMES.get(name, name): text for name, text in refusal.fields.items()}
        raise Invalid(fields) from refusal
    link = companies.invite(user_id=founded.admin_id, company_id=founded.company_id)
    shown = _shown(acting, queries.company_facts(acting, founded.company_id))
    admin = {"id": founded.admin_id, "email": payload.admin_email.strip().lower()}
    return Status(201, {**shown, "admin": admin, "set_password_link": link or None})


@router.get("/{id:company_id}", response=answers(CompanyOut), summary="Read a company")
def read_company(request: HttpRequest, company_id: int) -> dict[str, Any]:
    """One company."""
    acting = acting_of(request)
    return _shown(acting, queries.company_facts(acting, company_id))


@router.patch("/{id:company_id}", response=changes(CompanyOut), summary="Change a company")
def change_company(request: HttpRequest, company_id: int, payload: CompanyChanges) -> dict[str, Any]:
    """Its name, its time zone, its switches, its plan, its trial. OWNER only."""
    acting, now = acting_of(request), clock.now()
    before = queries.company_for(acting, company_id)
    changes = payload.dict(exclude_unset=True)
    plan, ends_at = changes.pop("plan", None), changes.pop("trial_ends_at", ...)
    companies.change_company(acting=acting, company_id=company_id, changes=changes, now=now)
    if plan is not None and plan.strip().lower() != before.plan_name.lower():
        billing.change_plan(acting=acting, company_id=company_id, plan_id=_plan_id(plan), now=now)
    if ends_at is not ...:
        set_trial(acting=acting, company_id=company_id, ends_at=ends_at, now=now)
    return _shown(acting, queries.company_facts(acting, company_id))


@router.post(
    "/{id:company_id}/rotate-key",
    response=creates(CompanyOut, 200),
    openapi_extra=_REPEATABLE,
    summary="Replace a company's key",
)
def rotate(request: HttpRequest, company_id: int, payload: Rotation | None = None) -> dict[str, Any]:
    """The key until now is taken for the grace that is asked for; agents that are enrolled need none. OWNER only."""
    acting = acting_of(request)
    queries.company_for(acting, company_id)
    grace = timedelta(hours=(payload or Rotation()).grace_hours)  # type: ignore[call-arg] # mypy does not see the default that pydantic gives
    rotate_key(acting=acting, company_id=company_id, grace=grace, now=clock.now())
    return _shown(acting, queries.company_facts(acting, company_id))


@router.post(
    "/{id:company_id}/reset-admin",
    response=creates(CompanyOut, 200),
    openapi_extra=_REPEATABLE,
    summary="Help a company's administrators in",
)
def reset_admin(request: HttpRequest, company_id: int, payload: AdminReset | None = None) -> dict[str, Any]:
    """Mails a link to set a password to every administrator, or to whoever the address makes one. OWNER only.

    The answer is the same whoever it is: an owner is not told who belongs to a company.
    """
    acting, now = acting_of(request), clock.now()
    queries.company_for(acting, company_id)
    if payload is not None and payload.email:
        appoint_admin(acting=acting, company_id=company_id, email=payload.email, now=now)
    else:
        send_links_to_admins(acting=acting, company_id=company_id, now=now)
    return _shown(acting, queries.company_facts(acting, company_id))


@router.post(
    "/{id:company_id}/suspend",
    response=creates(CompanyOut, 200),
    openapi_extra=_REPEATABLE,
    summary="Suspend a company",
)
def suspend_company(request: HttpRequest, company_id: int, payload: Reason | None = None) -> dict[str, Any]:
    """Nobody signs in, agents stop recording. OWNER only; 409 if it is suspended already."""
    acting = acting_of(request)
    queries.company_for(acting, company_id)
    reason = payload.reason if payload else ""
    lifecycle.suspend_company(acting=acting, company_id=company_id, reason=reason, now=clock.now())
    return _shown(acting, queries.company_facts(acting, company_id))


@router.post(
    "/{id:company_id}/reactivate",
    response=creates(CompanyOut, 200),
    openapi_extra=_REPEATABLE,
    summary="Reactivate a company",
)
def reactivate_company(request: HttpRequest, company_id: int, payload: Reason | None = None) -> dict[str, Any]:
    """It works again, in the state it had. OWNER only; 409 if it is not suspended."""
    acting = acting_of(request)
    queries.company_for(acting, company_id)
    reason = payload.reason if payload else ""
    lifecycle.reactivate_company(acting=acting, company_id=company_id, reason=reason, now=clock.now())
    return _shown(acting, queries.company_facts(acting, company_id))


def _shown(acting: Acting, row: CompanyFacts) -> dict[str, Any]:
    runs_it = acting.role in {Role.OWNER, Role.ADMIN}
    return {
        **{name: getattr(row, name) for name in CompanyOut.model_fields},
        **{name: getattr(row, name) if runs_it else None for name in _FOR_THOSE_WHO_RUN_IT},
    }


def _plan_id(name: str) -> int | None:
    """The plan of this name; None for no plan. Raises Invalid."""
    if not name.strip():
        return None
    found = plans.plan_named(name)
    if found is None:
        raise Invalid({"plan": "There is no plan of this name."})
    return found.id
