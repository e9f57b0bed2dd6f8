"""The pages of plans and invoices, as the owner and an administrator use them."""

import subprocess
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.billing import actions, queries
from sundial.server.billing.types import InvoiceFacts, Line
from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from tests.cast import Cast, unique
from tests.server.billing.test_invoices import deed, draft
from tests.server.billing.test_plans import made, put_on

PLAN = {"name": "", "seats": "12", "storage_gb": "2.5", "retention_days": "", "price": "4.50", "currency": "EUR"}


def sent(cast: Cast) -> InvoiceFacts:
    return deed(cast, "send", draft(cast, Line("Help | with commas", 2, 4950)))


def test_a_plan_is_made_changed_and_deleted_in_forms(cast: Cast) -> None:
    here, name = cast.owner.client, unique("Form")
    assert here.post("/owner/plans/new/", {**PLAN, "name": name, "features": ["pdf"]}).status_code == 302
    plan = queries.plan_named(name)
    assert plan is not None
    told = (plan.seats, plan.storage_mb, plan.retention_days, plan.features, plan.price_cents)
    assert told == (12, 2500, None, ("pdf",), 450)
    assert 'value="2.5"' in here.get(f"/owner/plans/{plan.id}/").content.decode()
    here.post(f"/owner/plans/{plan.id}/", {**PLAN, "name": name, "seats": ""})
    assert queries.plan(plan.id).seats is None
    here.post(f"/owner/plans/{plan.id}/delete/")
    assert queries.plan_named(name) is None


def test_a_plan_that_does_not_fit_is_marked_where_it_does_not(cast: Cast) -> None:
    other = made(cast)
    answer = cast.owner.client.post("/owner/plans/new/", {**PLAN, "name": other.name})
    assert answer.status_code == 422
    assert "There is a plan of this name already." in answer.content.decode()


def test_deleting_a_plan_in_use_says_why_not(cast: Cast) -> None:
    plan = made(cast)
    put_on(cast, plan)
    html = cast.owner.client.post(f"/owner/plans/{plan.id}/delete/", follow=True).content.decode()
    assert "1 company is on this plan" in html


def test_choosing_a_plan_says_first_what_it_means(cast: Cast) -> None:
    plan, path = made(cast, seats=2), f"/owner/company/{cast.company.pk}/plan/"
    html = cast.owner.client.get(f"{path}?plan={plan.id}").content.decode()
    assert "1 person is over the new limit of 2 seats: nobody is removed, nobody can be added." in html
    assert companies.limits_of(cast.company.pk).plan_name == ""
    cast.owner.client.post(path, {"plan": plan.id})
    assert companies.limits_of(cast.company.pk).plan_name == plan.name
    again = cast.owner.client.post(path, {"plan": plan.id}, follow=True).content.decode()
    assert "is on this plan already" in again
    cast.owner.client.post(path, {"plan": "none"})
    assert companies.limits_of(cast.company.pk).plan_name == ""


def test_what_is_no_plan_is_nowhere(cast: Cast) -> None:
    path = f"/owner/company/{cast.company.pk}/plan/"
    for nonsense in ("x", "9" * 30, "-1", "999999999"):
        assert cast.owner.client.get(path, {"plan": nonsense}).status_code == 404
        assert cast.owner.client.post(path, {"plan": nonsense}).status_code == 404


def test_an_invoice_is_drafted_sent_and_printed(cast: Cast, tmp_path: Path) -> None:
    new = f"/owner/company/{cast.company.pk}/invoices/new/"
    form = {"period_start": "2026-11-01", "period_end": "2026-11-30", "lines": "Help, on site | 2 x 49.50"}
    page = cast.owner.client.post(new, form)["Location"]
    assert "Draft of an invoice" in cast.owner.client.get(page).content.decode()
    cast.owner.client.post(f"{page}send/")
    html = cast.owner.client.get(page).content.decode()
    assert "99.00 EUR" in html
    answer = cast.owner.client.get(f"{page}pdf/")
    assert answer["Content-Type"] == "application/pdf"
    file = tmp_path / "invoice.pdf"
    file.write_bytes(answer.content)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    for words in (cast.company.name, "Help, on site", "99.00 EUR", "1 Nov 2026"):
        assert words in text


def test_lines_that_cannot_be_read_are_named(cast: Cast) -> None:
    form = {"period_start": "2026-11-01", "period_end": "2026-11-30", "lines": "Help | 2 x 5\nnonsense"}
    answer = cast.owner.client.post(f"/owner/company/{cast.company.pk}/invoices/new/", form)
    assert answer.status_code == 422
    assert "Line 2 cannot be read." in answer.content.decode()


def test_an_administrator_sees_plan_use_and_what_was_sent(cast: Cast) -> None:
    put_on(cast, made(cast, seats=3))
    invoice = sent(cast)
    html = cast.admin.client.get("/plan/").content.decode()
    assert "3 of 3" in html
    assert "near the limit" in html
    assert invoice.number in html
    page = cast.admin.client.get(f"/plan/invoices/{invoice.id}/").content.decode()
    assert "99.00 EUR" in page
    assert "Mark as paid" not in page
    assert cast.admin.client.get(f"/plan/invoices/{invoice.id}/pdf/").content.startswith(b"%PDF")


def test_lists_ask_as_often_for_many_as_for_one(cast: Cast) -> None:
    counts = []
    for _n in range(2):
        here = []
        for path in ("/owner/plans/", "/owner/invoices/", f"/owner/?search={cast.company.name[:7]}"):
            with CaptureQueriesContext(connection) as asked:
                assert cast.owner.client.get(path).status_code == 200
            here.append(len(asked))
        counts.append(here)
        for _m in range(3):
            made(cast)
            sent(cast)
    assert counts[0] == counts[1]


def test_lists_are_exported(cast: Cast) -> None:
    plan = actions.make_plan(acting=cast.owner.acting, values={"name": "=1+1" + unique("x")}, now=clock.now())
    invoice = sent(cast)
    assert f"'{plan.name}" in cast.owner.client.get("/owner/plans/?format=csv").getvalue().decode()
    assert invoice.number in cast.owner.client.get("/owner/invoices/?format=csv").getvalue().decode()


def test_the_health_of_the_platform_is_told_in_numbers(cast: Cast) -> None:
    html = cast.owner.client.get("/owner/health/").content.decode()
    for words in ("PostgreSQL", "Agents connected", "Largest tables", "not known here"):
        assert words in html
