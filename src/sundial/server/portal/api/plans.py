"""`plans` and `invoices`: the OWNER's; those who run a company read the invoices that were sent to it."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from sundial.server.billing import actions, queries
from sundial.server.billing.types import InvoiceFacts, InvoiceState, Line, PlanFacts
from sundial.server.companies.types import Feature
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from sundial.server.portal.api.answers import answers, changes, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER

plans = Router(tags=["plans"])
invoices = Router(tags=["invoices"])
_REPEATABLE = {"parameters": [PARAMETER]}
_HIGHEST = 2**31 - 1


class PlanOut(Schema):
    """A plan; no number is no limit. The price is in hundredths, per seat and month."""

    id: int
    name: str
    description: str
    seats: int | None
    storage_mb: int | None
    retention_days: int | None
    features: list[str]
    price_cents: int
    currency: str
    companies: int


class PlanPage(Listing):
    """One page of plans."""

    items: list[PlanOut]


class PlanChanges(Schema):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Words = Field("", max_length=40)
    description: Words = Field("", max_length=200)
    seats: int | None = Field(None, ge=1, le=1_000_000)
    storage_mb: int | None = Field(None, ge=1, le=1_000_000_000)
    retention_days: int | None = Field(None, ge=1, le=36_500)
    features: list[Feature] = Field([])
    price_cents: int = Field(0, ge=0, le=100_000_000)
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")


class PlanIn(PlanChanges):
    """A plan to make."""

    name: Words = Field(max_length=40)


class LineOut(Schema):
    """One line of an invoice."""

    model_config = ConfigDict(extra="forbid")

    text: Words = Field(max_length=200)
    quantity: int = Field(ge=0, le=1_000_000)
    unit_cents: int = Field(ge=-_HIGHEST, le=_HIGHEST)


class InvoiceSummary(Schema):
    """An invoice without its lines; it has a number once it was sent."""

    id: int
    company_id: int
    company_name: str
    number: str
    state: InvoiceState
    period_start: date
    period_end: date
    currency: str
    cents: int
    made_at: datetime
    sent_at: datetime | None
    paid_at: datetime | None
    voided_at: datetime | None


class InvoiceOut(InvoiceSummary):
    """An invoice."""

    lines: list[LineOut]
    note: str


class InvoicePage(Listing):
    """One page of invoices."""

    items: list[InvoiceSummary]


class InvoiceIn(Schema):
    """An invoice to draft; without lines it is made from the plan and the seats taken now."""

    model_config = ConfigDict(extra="forbid")

    period_start: date
    period_end: date
    lines: list[LineOut] = Field([], max_length=50)
    note: Words = Field("", max_length=500)


class PlanSearch(Paging):
    """Which plans to list."""

    ordering: Literal["price_cents", "-price_cents", "name", "-name", "id", "-id"] = "price_cents"
    search: Words = Field("", description="Words of names or descriptions.")


class InvoiceSearch(Paging):
    """Which invoices to list."""

    state: Literal["", "DRAFT", "SENT", "PAID", "VOID"] = ""
    ordering: Literal[
        "made_at", "-made_at", "company_name", "-company_name", "period_start", "-period_start", "cents", "-cents",
    ] = "-made_at"  # fmt: skip
    search: Words = Field("", description="Part of the company's name, or an invoice's number.")


def _owner(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    if not acting.is_owner:
        raise NotAllowed("Plans are for the owner of the platform.")
    return acting


@plans.get("", response=answers(PlanPage), summary="List plans")
def list_plans(request: HttpRequest, asked: Query[PlanSearch]) -> dict[str, Any]:
    """All there are. OWNER only."""
    _owner(request)
    return page_of(queries.plans(search=asked.search, ordering=asked.ordering), asked, _plan)


@plans.post("", response=creates(PlanOut, 201), openapi_extra=_REPEATABLE, summary="Make a plan")
def make_plan(request: HttpRequest, payload: PlanIn) -> Status[Any]:
    """OWNER only."""
    values = {**payload.dict(), "features": [str(one) for one in payload.features]}
    return Status(201, _plan(actions.make_plan(acting=_owner(request), values=values, now=clock.now())))


@plans.get("/{id:plan_id}", response=answers(PlanOut), summary="Read a plan")
def read_plan(request: HttpRequest, plan_id: int) -> dict[str, Any]:
    """OWNER only."""
    _owner(request)
    return _plan(queries.plan(plan_id))


@plans.patch("/{id:plan_id}", response=changes(PlanOut), summary="Change a plan")
def change_plan(request: HttpRequest, plan_id: int, payload: PlanChanges) -> dict[str, Any]:
    """Companies on it have its new limits at once; a new price holds for who joins later. OWNER only."""
    values = payload.dict(exclude_unset=True)
    if "features" in values:
        values["features"] = [str(one) for one in payload.features]
    actions.edit_plan(acting=_owner(request), plan_id=plan_id, changes=values, now=clock.now())
    return _plan(queries.plan(plan_id))


@plans.delete("/{id:plan_id}", response=creates(None, 204), summary="Delete a plan")
def delete_plan(request: HttpRequest, plan_id: int) -> Status[None]:
    """409 while a company is on it. OWNER only."""
    actions.delete_plan(acting=_owner(request), plan_id=plan_id, now=clock.now())
    return Status(204, None)


def _plan(plan: PlanFacts) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in PlanOut.model_fields} | {"features": list(plan.features)}


@invoices.get("/invoices", response=answers(InvoicePage), summary="List invoices")
def list_invoices(request: HttpRequest, asked: Query[InvoiceSearch]) -> dict[str, Any]:
    """The OWNER's all; an ADMIN's own company's, once they were sent."""
    found = queries.invoices(acting_of(request), state=asked.state, search=asked.search, ordering=asked.ordering)
    return page_of(found, asked, _summary)


@invoices.post(
    "/companies/{id:company_id}/invoices",
    response=creates(InvoiceOut, 201),
    openapi_extra=_REPEATABLE,
    summary="Draft an invoice",
)
def draft_invoice(request: HttpRequest, company_id: int, payload: InvoiceIn) -> Status[Any]:
    """It is a draft until it is sent. OWNER only."""
    made = actions.draft_invoice(
        acting=acting_of(request),
        company_id=company_id,
        period_start=payload.period_start,
        period_end=payload.period_end,
        lines=[Line(**line.dict()) for line in payload.lines],
        note=payload.note,
        now=clock.now(),
    )
    return Status(201, _invoice(made))


@invoices.get(
    "/companies/{id:company_id}/invoices/{id:invoice_id}", response=answers(InvoiceOut), summary="Read an invoice"
)
def read_invoice(request: HttpRequest, company_id: int, invoice_id: int) -> dict[str, Any]:
    """With its lines."""
    return _invoice(queries.invoice(acting_of(request), company_id, invoice_id))


@invoices.post(
    "/companies/{id:company_id}/invoices/{id:invoice_id}/{what}",
    response=creates(InvoiceOut, 200),
    openapi_extra=_REPEATABLE,
    summary="Send or settle an invoice",
)
def settle_invoice(
    request: HttpRequest, company_id: int, invoice_id: int, what: Literal["send", "paid", "void"]
) -> dict[str, Any]:
    """Give a draft its number, mark it as paid, or make it void. OWNER only; 409 where that does not fit."""
    deeds = {"send": actions.send_invoice, "paid": actions.mark_paid, "void": actions.void_invoice}
    done = deeds[what](acting=acting_of(request), company_id=company_id, invoice_id=invoice_id, now=clock.now())
    return _invoice(done)


def _summary(found: InvoiceFacts) -> dict[str, Any]:
    return {name: getattr(found, name) for name in InvoiceSummary.model_fields}


def _invoice(found: InvoiceFacts) -> dict[str, Any]:
    lines = [{"text": line.text, "quantity": line.quantity, "unit_cents": line.unit_cents} for line in found.lines]
    return {**_summary(found), "lines": lines, "note": found.note}
