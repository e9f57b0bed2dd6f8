"""Invoices, for the OWNER and for those who run the company that owes."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from sundial.server.billing import rules
from sundial.server.billing.models import Invoice
from sundial.server.billing.types import InvoiceFacts, InvoiceState, Line
from sundial.server.companies import queries as companies
from sundial.server.lib import orders
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import across_companies, acting_for
from sundial.server.lib.words import storable

_ACROSS = (
    "id",
    "company_id",
    "company__name",
    "year",
    "number",
    "state",
    "period_start",
    "period_end",
    "currency",
    "cents",
    "made_at",
    "sent_at",
    "paid_at",
    "voided_at",
)


def invoices(
    acting: Acting,
    *,
    company_id: int | None = None,
    state: str = "",
    search: str = "",
    ordering: str = "-made_at",
) -> list[InvoiceFacts]:
    """Invoices without their lines: the OWNER's all, an ADMIN's own company's once they were sent.

    `search` is part of the company's name, or the number of an invoice.
    """
    if acting.role not in {Role.OWNER, Role.ADMIN}:
        raise NotAllowed("Invoices are for whoever runs the company.")
    with transaction.atomic(), across_companies():
        rows = _visible(acting, company_id).order_by(*orders.by(ordering, company_name="company__name"))
        if state:
            rows = rows.filter(state=state)
        if search:
            rows = rows.filter(_of_name(search) | _numbered(search))
        return [_facts(row) for row in rows.values(*_ACROSS)]


def invoice(acting: Acting, company_id: int, invoice_id: int) -> InvoiceFacts:
    """One invoice with its lines; raises NotFound."""
    if acting.role not in {Role.OWNER, Role.ADMIN}:
        raise NotFound
    company = companies.company_for(acting, company_id)
    with acting_for(company_id), transaction.atomic():
        row = _visible(acting, company_id).filter(id=invoice_id).values(*_ACROSS, "lines", "note").first()
    if row is None:
        raise NotFound
    return _facts({**row, "company__name": company.name})


def unpaid(acting: Acting) -> list[tuple[str, int, int]]:
    """What is owed over all companies, for the OWNER: currency, hundredths, how many invoices."""
    found: dict[str, list[int]] = {}
    for row in invoices(acting, state=InvoiceState.SENT):
        found.setdefault(row.currency, []).append(row.cents)
    return [(currency, sum(cents), len(cents)) for currency, cents in sorted(found.items())]


def _of_name(search: str) -> Q:
    return Q(company__name__icontains=storable(search))


def _numbered(search: str) -> Q:
    year, counted = rules.year_and_count(search)
    return Q(year=year, number=counted, number__gt=0)


def _visible(acting: Acting, company_id: int | None) -> QuerySet[Invoice]:
    rows = Invoice.objects.all()
    if not acting.is_owner:
        rows = rows.filter(company_id=acting.company_id or 0).exclude(state=InvoiceState.DRAFT)
    return rows if company_id is None else rows.filter(company_id=company_id)


def _facts(row: dict[str, Any]) -> InvoiceFacts:
    return InvoiceFacts(
        id=row["id"],
        company_id=row["company_id"],
        company_name=row["company__name"],
        number=rules.number(row["year"], row["number"]) if row["number"] else "",
        state=InvoiceState(row["state"]),
        period_start=row["period_start"],
        period_end=row["period_end"],
        currency=row["currency"],
        cents=row["cents"],
        lines=tuple(Line(**line) for line in row.get("lines", ())),
        note=row.get("note", ""),
        made_at=row["made_at"],
        sent_at=row["sent_at"],
        paid_at=row["paid_at"],
        voided_at=row["voided_at"],
    )
