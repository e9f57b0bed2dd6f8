"""Invoices: the owner drafts, sends and settles them; those who run the company read them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.billing import actions, queries, rules
from sundial.server.billing.forms import InvoiceForm
from sundial.server.billing.rules import month_of
from sundial.server.billing.types import InvoiceFacts, InvoiceState, Line
from sundial.server.billing.views.paper import invoice_pdf
from sundial.server.billing.views.plans import show_refusal
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, Invalid, NotFound
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.ui.types import Filter

_CSV_HEAD = ("number", "company", "state", "from", "to", "amount", "currency", "made", "sent", "paid", "void")
STATE_WORDS = {
    InvoiceState.DRAFT: gettext_lazy("Draft"),
    InvoiceState.SENT: gettext_lazy("Sent"),
    InvoiceState.PAID: gettext_lazy("Paid"),
    InvoiceState.VOID: gettext_lazy("Void"),
}
_DEEDS: dict[str, tuple[Callable[..., InvoiceFacts], Promise]] = {
    "send": (actions.send_invoice, gettext_lazy("The invoice is sent; the company's administrators see it now.")),
    "paid": (actions.mark_paid, gettext_lazy("The invoice is marked as paid.")),
    "void": (actions.void_invoice, gettext_lazy("The invoice is void.")),
}


@allow(Role.OWNER)
@require_GET
def invoices(request: HttpRequest) -> HttpResponseBase:
    """All invoices, the newest first."""
    acting, state = acting_of_page(request), request.GET.get("state", "")
    found = queries.invoices(
        acting, state=state if state in set(InvoiceState) else "", search=request.GET.get("search", "")
    )
    if request.GET.get("format") == "csv":
        return as_csv("invoices", _CSV_HEAD, [_line(one) for one in found])
    page = paged(request, found)
    context = {
        "page": page,
        "rows": [(one, rules.money(one.cents, one.currency)) for one in page.object_list],
        "filters": (Filter("state", _("State"), tuple((str(s), str(word)) for s, word in STATE_WORDS.items())),),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "unpaid": [(rules.money(cents, currency), count) for currency, cents, count in queries.unpaid(acting)],
    }
    return render(request, "billing/invoices.html", context)


def _line(one: InvoiceFacts) -> tuple[object, ...]:
    return (
        one.number, one.company_name, one.state, one.period_start, one.period_end, one.cents / 100, one.currency,
        one.made_at, one.sent_at, one.paid_at, one.voided_at,
    )  # fmt: skip


@allow(Role.OWNER)
@require_http_methods(["GET", "POST"])
def new_invoice(request: HttpRequest, company_id: int) -> HttpResponse:
    """Draft an invoice for a company."""
    acting, now = acting_of_page(request), clock.now()
    company = companies.company_facts(acting, company_id)
    start, end = month_of(now.date())
    form = InvoiceForm(request.POST or None, initial={"period_start": start, "period_end": end})
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        lines = [Line(**line) for line in sent.pop("lines")]
        try:
            made = actions.draft_invoice(acting=acting, company_id=company_id, lines=lines, now=now, **sent)
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("owner-invoice", company_id, made.id)
    context = {"company": company, "form": form}
    return render(request, "billing/invoice_new.html", context, status=422 if form.errors else 200)


@allow(Role.OWNER)
@require_GET
def invoice(request: HttpRequest, company_id: int, invoice_id: int) -> HttpResponse:
    """One invoice, as it is printed, with what may be done."""
    return _page(request, acting_of_page(request), company_id, invoice_id)


def _page(request: HttpRequest, acting: Acting, company_id: int, invoice_id: int) -> HttpResponse:
    found = queries.invoice(acting, company_id, invoice_id)
    context: dict[str, Any] = {
        "invoice": found,
        "lines": [
            (line, rules.money(line.unit_cents, found.currency), rules.money(line.cents, found.currency))
            for line in found.lines
        ],
        "sum": rules.money(found.cents, found.currency),
    }
    return render(request, "billing/invoice.html", context)


@allow(Role.OWNER)
@require_GET
def pdf(request: HttpRequest, company_id: int, invoice_id: int) -> HttpResponse:
    """The same as a file."""
    return _file(queries.invoice(acting_of_page(request), company_id, invoice_id))


def _file(found: InvoiceFacts) -> HttpResponse:
    answer = HttpResponse(invoice_pdf(found), content_type="application/pdf")
    name = found.number or f"draft-{found.id}"
    answer["Content-Disposition"] = f'attachment; filename="invoice-{name}.pdf"'
    return answer


@allow(Role.OWNER)
@require_POST
def settle(request: HttpRequest, company_id: int, invoice_id: int, what: str) -> HttpResponse:
    """Send a draft, mark it as paid, make it void, or throw a draft away."""
    acting, now = acting_of_page(request), clock.now()
    try:
        if what == "discard":
            actions.discard_invoice(acting=acting, company_id=company_id, invoice_id=invoice_id, now=now)
            messages.success(request, _("The draft was thrown away."))
            return redirect("invoices")
        if what not in _DEEDS:
            raise NotFound
        deed, done = _DEEDS[what]
        deed(acting=acting, company_id=company_id, invoice_id=invoice_id, now=now)
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, str(done))
    return redirect("owner-invoice", company_id, invoice_id)


@allow(Role.ADMIN)
@require_GET
def my_invoice(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """An invoice of the reader's own company, once it was sent."""
    acting = acting_of_page(request)
    return _page(request, acting, acting.company_id or 0, invoice_id)


@allow(Role.ADMIN)
@require_GET
def my_pdf(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The same as a file."""
    acting = acting_of_page(request)
    return _file(queries.invoice(acting, acting.company_id or 0, invoice_id))
