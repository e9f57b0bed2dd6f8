"""What the owner does to a company on its page, and how often the list of companies asks."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.billing import queries as billing
from sundial.server.companies import queries as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import clock
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.lifecycle import queries as exports
from tests.cast import Cast, address, make_company, unique
from tests.server.billing.test_plans import made, put_on


def post(cast: Cast, what: str, **form: str) -> tuple[int, str]:
    answer = cast.owner.client.post(f"/owner/company/{cast.company.pk}/{what}/", form, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_company_is_founded_on_a_plan_with_the_end_of_its_trial(cast: Cast) -> None:
    plan, name = made(cast, seats=9), unique("Harbour")
    last_day = (clock.now() + timedelta(days=10)).date()
    form = {
        "name": name,
        "time_zone": "UTC",
        "status": "TRIAL",
        "plan": str(plan.id),
        "trial_ends": last_day.isoformat(),
        "admin_email": address("first"),
    }
    assert cast.owner.client.post("/owner/company/new/", form).status_code == 201
    (row,) = companies.companies_of(cast.owner.acting, search=name)
    assert (row.plan_name, row.seats_limit) == (plan.name, 9)
    assert row.trial_ends_at is not None
    assert row.trial_ends_at.date() == last_day + timedelta(days=1), "the whole last day is part of it"


def test_a_trial_that_ended_before_it_began_is_marked(cast: Cast) -> None:
    form = {"name": unique("x"), "time_zone": "UTC", "status": "TRIAL", "trial_ends": "2020-01-01"}
    answer = cast.owner.client.post("/owner/company/new/", {**form, "admin_email": address("first")})
    assert answer.status_code == 422
    assert "Choose a day to come" in answer.content.decode()


def test_a_trial_is_set_and_ended_well(cast: Cast) -> None:
    status, html = post(cast, "trial", ends="2090-01-01")
    assert (status, "It ends" in html) == (200, True)
    assert companies.company(cast.company.pk).status == CompanyStatus.TRIAL
    post(cast, "trial", over="1")
    assert companies.company(cast.company.pk).status == CompanyStatus.ACTIVE
    status, html = post(cast, "trial", ends="2020-01-01")
    assert (status, "Choose a day to come." in html) == (422, True)


def test_a_new_key_is_shown_with_how_long_the_old_one_is_taken(cast: Cast) -> None:
    status, html = post(cast, "key", grace_hours="24")
    company = companies.company(cast.company.pk)
    assert (status, company.company_key in html) == (200, True)
    assert "The key before is still taken until" in html
    assert cast.company.company_key not in html
    assert post(cast, "key", grace_hours="99999")[0] == 422


def test_the_owner_is_told_the_same_whoever_the_address_is(cast: Cast) -> None:
    pages = [post(cast, "admins", email=email) for email in (cast.employee.email, address("nobody"))]
    said = "Whoever has this address runs the company now, and is being mailed a link."
    assert [(status, said in html) for status, html in pages] == [(200, True), (200, True)]
    assert post(cast, "admins", email="no address")[0] == 422
    status, html = post(cast, "admins")
    assert (status, "3 administrators are being mailed a link." in html) == (200, True)


def test_a_company_is_exported_and_closed_by_its_name(cast: Cast) -> None:
    _status, html = post(cast, "close", typed=cast.company.name)
    assert "Have it exported first" in html
    _status, html = post(cast, "export")
    assert "Being made" in html
    (export,) = exports.exports(cast.owner.acting, cast.company.pk)
    lifecycle.make_export(company_id=cast.company.pk, export_id=export.id, now=clock.now())
    _status, html = post(cast, "close", typed="something else")
    assert "Type the name of the company" in html
    _status, html = post(cast, "close", typed=cast.company.name)
    assert "Its data is deleted on" in html
    assert companies.company(cast.company.pk).closed_at is not None


def test_an_administrator_asks_for_an_export_and_fetches_it(cast: Cast) -> None:
    here = cast.admin.client
    assert "Nothing was exported yet" in here.get("/settings/export/").content.decode()
    here.post("/settings/export/")
    (export,) = exports.exports(cast.admin.acting, cast.company.pk)
    lifecycle.make_export(company_id=cast.company.pk, export_id=export.id, now=clock.now())
    answer = here.get(f"/settings/export/{export.id}/")
    assert b"".join(answer).startswith(b"PK")
    assert "Download" in here.get("/settings/export/").content.decode()


def test_the_list_of_companies_asks_as_often_for_many_as_for_one(cast: Cast) -> None:
    word, counts = unique("Fleet"), []
    for _n in range(2):
        make_company(cast.owner, f"{word}-ship")
        with CaptureQueriesContext(connection) as asked:
            assert cast.owner.client.get(f"/owner/?search={word}").status_code == 200
        counts.append(len(asked))
        for _m in range(2):
            make_company(cast.owner, f"{word}-boat")
    assert counts[0] == counts[1]


def test_companies_are_found_by_plan_and_by_being_closed(cast: Cast) -> None:
    plan = made(cast)
    put_on(cast, plan)
    html = cast.owner.client.get("/owner/", {"plan": plan.name}).content.decode()
    assert cast.company.name in html
    assert cast.other.name not in html
    assert cast.company.name not in cast.owner.client.get("/owner/?status=CLOSED").content.decode()
    line = cast.owner.client.get("/owner/", {"plan": plan.name, "format": "csv"}).getvalue().decode()
    assert f"{cast.company.pk},{cast.company.name},ACTIVE,{plan.name}" in line
    assert billing.plan(plan.id).companies == 1
