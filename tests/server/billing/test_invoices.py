"""Invoices by hand: drafted from the plan, numbered when sent, at last paid or void; for those who owe, to read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from sundial.server.billing import actions, queries, rules
from sundial.server.billing.types import InvoiceFacts, InvoiceState, Line
from sundial.server.companies.models import Company
from sundial.server.lib import clock
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.cast import Cast, make_company, unique
from tests.server.companies.test_signing_in import actions_in

START, END = date(2026, 11, 1), date(2026, 11, 30)


def draft(cast: Cast, *lines: Line, company: Company | None = None) -> InvoiceFacts:
    return actions.draft_invoice(
        acting=cast.owner.acting,
        company_id=(company or cast.company).pk,
        period_start=START,
        period_end=END,
        lines=lines,
        now=clock.now(),
    )


def deed(cast: Cast, what: str, invoice: InvoiceFacts) -> InvoiceFacts:
    deeds = {"send": actions.send_invoice, "paid": actions.mark_paid, "void": actions.void_invoice}
    return deeds[what](acting=cast.owner.acting, company_id=invoice.company_id, invoice_id=invoice.id, now=clock.now())


def test_a_draft_is_made_from_the_seats_taken_and_the_price_of_the_plan(cast: Cast) -> None:
    values = {"name": unique("plan"), "price_cents": 450, "currency": "USD"}
    plan = actions.make_plan(acting=cast.owner.acting, values=values, now=clock.now())
    actions.change_plan(acting=cast.owner.acting, company_id=cast.company.pk, plan_id=plan.id, now=clock.now())
    made = draft(cast)
    assert made.lines == (Line(f"{plan.name}, seats in November 2026", 3, 450),)
    assert (made.cents, made.currency, made.state, made.number) == (1350, "USD", InvoiceState.DRAFT, "")


def test_a_company_without_a_plan_needs_lines(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        draft(cast)
    assert "lines" in refused.value.fields
    assert draft(cast, Line("Help", 2, 5000), Line("Thanks", 1, -1000)).cents == 9000


def test_numbers_are_dense_over_all_companies_however_many_send_at_once(cast: Cast) -> None:
    drafts = [draft(cast, Line("x", 1, 1), company=company) for company in (cast.company, cast.other) * 4]

    def send(one: InvoiceFacts) -> str:
        try:
            return deed(cast, "send", one).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(send, drafts))
    counted = [int(number.split("-")[1]) for number in numbers]
    assert counted == list(range(counted[0], counted[0] + len(drafts)))


def test_an_invoice_goes_its_way_and_no_other(cast: Cast) -> None:
    made = draft(cast, Line("Help", 1, 100))
    for what in ("paid", "void"):
        with pytest.raises(Conflict):
            deed(cast, what, made)
    sent = deed(cast, "send", made)
    assert sent.number.startswith(f"{clock.now().year}-")
    with pytest.raises(Conflict):
        deed(cast, "send", made)
    assert deed(cast, "paid", made).state is InvoiceState.PAID
    with pytest.raises(Conflict):
        deed(cast, "paid", made)
    void = deed(cast, "void", made)
    assert (void.state, void.number) == (InvoiceState.VOID, sent.number)
    expected = ["INVOICE_DRAFTED", "INVOICE_SENT", "INVOICE_PAID", "INVOICE_VOID"]
    assert actions_in(cast.company.pk)[-4:] == expected


def test_a_draft_is_thrown_away_and_what_was_sent_is_not(cast: Cast) -> None:
    first, second = draft(cast, Line("a", 1, 1)), draft(cast, Line("b", 1, 1))
    deed(cast, "send", second)
    asked = {"acting": cast.owner.acting, "company_id": cast.company.pk, "now": clock.now()}
    actions.discard_invoice(invoice_id=first.id, **asked)
    with pytest.raises(NotFound):
        queries.invoice(cast.owner.acting, cast.company.pk, first.id)
    with pytest.raises(Conflict):
        actions.discard_invoice(invoice_id=second.id, **asked)


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("period_end", {"period_end": date(2026, 10, 1)}),
        ("lines", {"lines": [Line(" ", 1, 1)]}),
        ("lines", {"lines": [Line("x", -1, 1)]}),
        ("lines", {"lines": [Line("x", 1, -1)]}),
        ("lines", {"lines": [Line("x", 1, 1)] * 51}),
        ("note", {"note": "x" * 501}),
    ],
)
def test_what_does_not_fit_is_refused_by_field(cast: Cast, field: str, more: dict[str, object]) -> None:
    asked = {"period_start": START, "period_end": END, "lines": [Line("x", 1, 1)], **more}
    with pytest.raises(Invalid) as refused:
        actions.draft_invoice(acting=cast.owner.acting, company_id=cast.company.pk, now=clock.now(), **asked)
    assert set(refused.value.fields) == {field}


def test_those_who_run_the_company_read_what_was_sent_and_nobody_else_anything(cast: Cast) -> None:
    hidden, shown = draft(cast, Line("a", 1, 1)), draft(cast, Line("b", 1, 1))
    deed(cast, "send", shown)
    assert [one.id for one in queries.invoices(cast.admin.acting)] == [shown.id]
    with pytest.raises(NotFound):
        queries.invoice(cast.admin.acting, cast.company.pk, hidden.id)
    with pytest.raises(NotFound):
        queries.invoice(cast.stranger.acting, cast.company.pk, shown.id)
    assert queries.invoices(cast.stranger.acting) == []
    for player in (cast.manager, cast.employee):
        with pytest.raises(NotAllowed):
            queries.invoices(player.acting)
        with pytest.raises(NotFound):
            queries.invoice(player.acting, cast.company.pk, shown.id)


def test_the_owner_finds_invoices_by_company_and_state(cast: Cast) -> None:
    company, _admin = make_company(cast.owner, "debtor")
    sent = deed(cast, "send", draft(cast, Line("x", 1, 700), company=company))
    draft(cast, Line("y", 1, 1), company=company)
    found = queries.invoices(cast.owner.acting, state="SENT", search=company.name.upper())
    assert [one.id for one in found] == [sent.id]
    assert ("EUR", True) in [(currency, cents >= 700) for currency, cents, _n in queries.unpaid(cast.owner.acting)]


def test_an_invoice_is_found_by_its_number(cast: Cast) -> None:
    first, second = (deed(cast, "send", draft(cast, Line(name, 1, 1))) for name in ("a", "b"))
    draft(cast, Line("has none yet", 1, 1))
    assert [one.id for one in queries.invoices(cast.admin.acting, search=f" {second.number} ")] == [second.id]
    assert [one.id for one in queries.invoices(cast.admin.acting, search=first.number)] == [first.id]
    for wrong in (second.number[:-1], "0-0", f"{second.number}-1", "99999-0001"):
        assert queries.invoices(cast.admin.acting, search=wrong) == [], wrong


def test_money_and_months_are_written_as_people_read_them() -> None:
    assert rules.money(123456789, "EUR") == "1,234,567.89 EUR"
    assert rules.month_of(date(2028, 2, 17)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert rules.month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert rules.number(2026, 7) == "2026-0007"
    assert (rules.near(4, 5), rules.near(3, 5), rules.near(9, None)) == (True, False, False)
