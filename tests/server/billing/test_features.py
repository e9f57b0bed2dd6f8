"""What a plan brings beyond room: refused without it, in words that name the plan, and shown before anybody clicks."""

import pytest
from django.db import transaction

from sundial.server.billing import actions, queries
from sundial.server.companies import queries as companies
from sundial.server.companies.models import Company
from sundial.server.companies.types import CompanyStatus, Feature
from sundial.server.lib import clock
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.billing.test_plans import made, put_on
from tests.server.companies.pictures import png

REPORT = "/reports/daily/?from=2026-11-02&to=2026-11-08"


def small(cast: Cast) -> str:
    """The company is on a plan that brings nothing beside room; its name."""
    plan = made(cast)
    put_on(cast, plan)
    return plan.name


def look(cast: Cast, **asked: object) -> None:
    values = {"name": "Maps", "colour": "#b35900", **asked}
    actions.change_looks(acting=cast.admin.acting, now=clock.now(), **values)


def test_a_company_without_a_plan_and_one_in_its_trial_have_every_feature(cast: Cast) -> None:
    assert [queries.why_not(cast.company.pk, one) for one in Feature] == ["", ""]
    small(cast)
    assert all(queries.why_not(cast.company.pk, one) for one in Feature)
    with acting_for(cast.company.pk), transaction.atomic():
        Company.objects.filter(id=cast.company.pk).update(status=CompanyStatus.TRIAL)
    assert [queries.why_not(cast.company.pk, one) for one in Feature] == ["", ""]


def test_the_refusal_names_the_plans_that_bring_it(cast: Cast) -> None:
    name = small(cast)
    other = made(cast, features=["pdf"], price_cents=1)
    with pytest.raises(NotAllowed) as refused:
        actions.require_feature(cast.company.pk, Feature.PDF)
    assert all(word in refused.value.message for word in (name, other.name, "Pro", " or ", "Reports as PDF"))
    assert other.name not in queries.why_not(cast.company.pk, Feature.BRANDING)


def test_a_report_as_pdf_needs_a_plan_that_brings_it_and_its_page_says_so(cast: Cast) -> None:
    assert "format=pdf" in cast.admin.client.get(REPORT).content.decode()
    name = small(cast)
    page = cast.admin.client.get(REPORT).content.decode()
    assert "format=pdf" not in page
    assert "format=xlsx" in page
    assert f"Your company is on {name}" in page
    answer = cast.admin.client.get(f"{REPORT}&format=pdf")
    assert (answer.status_code, b"Reports as PDF come with" in answer.content) == (403, True)
    prepared = cast.admin.client.post("/reports/exports/?format=pdf", {"report": "daily"})
    assert prepared.status_code == 403
    assert cast.admin.client.get(f"{REPORT}&format=csv").status_code == 200
    put_on(cast, made(cast, features=["pdf"]))
    assert cast.admin.client.get(f"{REPORT}&format=pdf")["Content-Type"] == "application/pdf"


def test_without_the_plan_colour_and_logo_rest_and_the_name_can_be_changed(cast: Cast) -> None:
    look(cast, logo=png(90, 30))
    assert companies.face(cast.company.pk).has_logo
    small(cast)
    plain = companies.looks(cast.company.pk)
    assert (plain.name, plain.colour, plain.logo) == ("Maps", "", b"")
    face = companies.face(cast.company.pk)
    assert (face.name, face.has_colour, face.has_logo) == ("Maps", False, False)
    for asked in ({}, {"colour": None, "logo": png(9, 9)}, {"colour": None, "drop_logo": True}):
        with pytest.raises(NotAllowed, match="A colour and a logo of your own come with"):
            look(cast, **asked)
    look(cast, name="Charts", colour=None)
    put_on(cast, made(cast, features=["branding"]))
    again = companies.looks(cast.company.pk)
    assert (again.name, again.colour, bool(again.logo)) == ("Charts", "#b35900", True)


def test_the_page_of_looks_says_which_plan_brings_them_and_still_saves_the_name(cast: Cast) -> None:
    look(cast)
    name = small(cast)
    page = cast.admin.client.get("/settings/branding/").content.decode()
    assert f"Your company is on {name}" in page
    assert page.count(" disabled") >= 2
    sent = cast.admin.client.post("/settings/branding/", {"display_name": "Atlas", "colour": "#004488"})
    assert sent.status_code == 302
    assert companies.looks(cast.company.pk).name == "Atlas"
    put_on(cast, None)
    assert companies.looks(cast.company.pk).colour == "#b35900"


def test_what_another_plan_means_for_a_trial_says_nothing_of_features(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        Company.objects.filter(id=cast.company.pk).update(status=CompanyStatus.TRIAL)
    meant = actions.preview(acting=cast.owner.acting, company_id=cast.company.pk, plan_id=made(cast).id)
    assert not any("loses" in one.words for one in meant)
