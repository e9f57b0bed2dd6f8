"""Invoices by hand: drafted from the plan, sent with a number, at last paid or void."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from sundial.server.audit.actions import record
from sundial.server.billing import queries, rules
from sundial.server.billing.actions.plans import require_owner
from sundial.server.billing.models import Invoice, Subscription
from sundial.server.billing.types import CURRENCY, InvoiceFacts, InvoiceState, Line
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import is_storable

MOST_LINES, MOST_CENTS = 50, 100_000_000_00
_NEXT = """
INSERT INTO billing_invoicecounter (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = billing_invoicecounter.last + 1 RETURNING last
"""
_FROM = {InvoiceState.PAID: (InvoiceState.SENT,), InvoiceState.VOID: (InvoiceState.SENT, InvoiceState.PAID)}
_WORDS = {InvoiceState.PAID: "was paid", InvoiceState.VOID: "is void"}


@transaction.atomic
def draft_invoice(
    *,
    acting: Acting,
    company_id: int,
    period_start: date,
    period_end: date,
    lines: Sequence[Line] = (),
    note: str = "",
    now: datetime,
) -> InvoiceFacts:
    """A draft; without lines, one for the seats taken now at the price of the running plan."""
    require_owner(acting)
    companies.company_for(acting, company_id)
    with acting_for(company_id):
        running = Subscription.objects.filter(company_id=company_id, until__isnull=True).first()
        chosen = tuple(lines) or _lines_of(company_id, running, period_start)
        _check(period_start, period_end, chosen, note)
        row = Invoice.objects.create(
            company_id=company_id,
            period_start=period_start,
            period_end=period_end,
            currency=running.currency if running else CURRENCY,
            cents=sum(line.cents for line in chosen),
            lines=[
                {"text": line.text.strip(), "quantity": line.quantity, "unit_cents": line.unit_cents} for line in chosen
            ],
            note=note.strip(),
            made_at=now,
        )
        _audit(acting, row, "INVOICE_DRAFTED", "An invoice was drafted", now)
    return queries.invoice(acting, company_id, row.pk)


@transaction.atomic
def send_invoice(*, acting: Acting, company_id: int, invoice_id: int, now: datetime) -> InvoiceFacts:
    """Give a draft its number; from then on nothing in it changes, and the company's administrators see it."""
    row = _locked(acting, company_id, invoice_id)
    if row.state != InvoiceState.DRAFT:
        raise Conflict("Only a draft can be sent.")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [now.year])
        row.year, row.number = now.year, int(cursor.fetchone()[0])
    row.state, row.sent_at = InvoiceState.SENT, now
    with acting_for(company_id):
        row.save(update_fields=["year", "number", "state", "sent_at"])
        words = f"Invoice {rules.number(row.year, row.number)} was sent"
        _audit(acting, row, "INVOICE_SENT", words, now)
    return queries.invoice(acting, company_id, invoice_id)


def mark_paid(*, acting: Acting, company_id: int, invoice_id: int, now: datetime) -> InvoiceFacts:
    """It was paid; raises Conflict for what was not sent."""
    return _end(acting, company_id, invoice_id, InvoiceState.PAID, "paid_at", now)


def void_invoice(*, acting: Acting, company_id: int, invoice_id: int, now: datetime) -> InvoiceFacts:
    """It does not hold; its number stays taken."""
    return _end(acting, company_id, invoice_id, InvoiceState.VOID, "voided_at", now)


@transaction.atomic
def discard_invoice(*, acting: Acting, company_id: int, invoice_id: int, now: datetime) -> None:
    """Throw a draft away; raises Conflict for what was sent."""
    row = _locked(acting, company_id, invoice_id)
    if row.state != InvoiceState.DRAFT:
        raise Conflict("What was sent stays. It can be made void.")
    with acting_for(company_id):
        _audit(acting, row, "INVOICE_DISCARDED", "The draft of an invoice was thrown away", now)
        row.delete()


@transaction.atomic
def _end(
    acting: Acting, company_id: int, invoice_id: int, state: InvoiceState, moment: str, now: datetime
) -> InvoiceFacts:
    row = _locked(acting, company_id, invoice_id)
    if row.state not in _FROM[state]:
        raise Conflict("Send it first." if row.state == InvoiceState.DRAFT else "This invoice is settled already.")
    row.state = state
    setattr(row, moment, now)
    with acting_for(company_id):
        row.save(update_fields=["state", moment])
        words = f"Invoice {rules.number(row.year or 0, row.number or 0)} {_WORDS[state]}"
        _audit(acting, row, f"INVOICE_{state}", words, now)
    return queries.invoice(acting, company_id, invoice_id)


def _locked(acting: Acting, company_id: int, invoice_id: int) -> Invoice:
    require_owner(acting)
    companies.company_for(acting, company_id)
    with acting_for(company_id):
        row = Invoice.objects.select_for_update(no_key=True).filter(company_id=company_id, id=invoice_id).first()
    if row is None:
        raise NotFound
    return row


def _lines_of(company_id: int, running: Subscription | None, start: date) -> tuple[Line, ...]:
    if running is None:
        raise Invalid({"lines": "The company is on no plan: write at least one line."})
    seats = companies.seats_used(company_id)
    return (Line(f"{running.plan_name}, seats in {start:%B %Y}", seats, running.price_cents),)


def _check(start: date, end: date, lines: Sequence[Line], note: str) -> None:
    faults: dict[str, str] = {}
    if end < start:
        faults["period_end"] = "It ends before it begins."
    if len(lines) > MOST_LINES or not all(_fits(line) for line in lines):
        faults["lines"] = f"At most {MOST_LINES} lines, each with a text, a quantity and a price."
    elif not 0 <= sum(line.cents for line in lines) <= MOST_CENTS:
        faults["lines"] = "The sum is out of range."
    if len(note.strip()) > 500 or not is_storable(note):
        faults["note"] = "At most 500 characters."
    if faults:
        raise Invalid(faults)


def _fits(line: Line) -> bool:
    words = bool(line.text.strip()) and len(line.text) <= 200 and is_storable(line.text)
    return words and 0 <= line.quantity <= 1_000_000 and abs(line.unit_cents) <= MOST_CENTS


def _audit(acting: Acting, row: Invoice, action: str, words: str, now: datetime) -> None:
    details: dict[str, Any] = {"invoice_id": row.pk, "cents": row.cents, "currency": row.currency}
    if row.number:
        details["number"] = rules.number(row.year or 0, row.number)
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=words,
        details=details,
        target_kind="company",
        target_id=row.company_id,
        now=now,
    )
