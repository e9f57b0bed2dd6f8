"""Attributes that teams and departments lend, and networks with names, by page and by program."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from sundial import access
from sundial.server.companies import actions, queries
from sundial.server.companies.actions import change_company
from sundial.server.companies.models import Team
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player


def ask(player: Player, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return player.client.generic(method, f"/api/v1{path}", sent.get("data", ""), sent.get("content_type", ""))


@pytest.fixture
def team(cast: Cast) -> int:
    """The employee's team, in a company with three attributes."""
    with acting_for(cast.company.pk), transaction.atomic():
        for name, kind in (("finance", "flag"), ("night", "flag"), ("level", "number")):
            actions.add_attribute(acting=cast.admin.acting, name=name, kind=kind, now=clock.now())
        return Team.objects.get(company_id=cast.company.pk).pk


def lent(cast: Cast, player: Player) -> list[str]:
    with acting_for(cast.company.pk), transaction.atomic():
        found = queries.carried_by([player.id], now=clock.now()).get(player.id, [])
    return [one.text for each in found for one in each.lent]


def test_a_team_lends_by_its_page_and_the_person_s_page_says_so(cast: Cast, team: int) -> None:
    answer = cast.admin.client.post(f"/teams/{team}/lends/", {"attributes": "night, level = 2 ,"})
    assert answer.status_code == 302
    assert lent(cast, cast.employee) == ["level=2", "night"]
    assert 'value="level=2, night"' in cast.admin.client.get(f"/teams/{team}/").content.decode()
    assert "lent by Team" in cast.admin.client.get(f"/employees/{cast.employee.id}/").content.decode()
    shown = cast.manager.client.get(f"/teams/{team}/").content.decode()
    assert "level=2" in shown
    assert "Save what it lends" not in shown


def test_what_is_refused_changes_nothing_and_says_why(cast: Cast, team: int) -> None:
    cast.admin.client.post(f"/teams/{team}/lends/", {"attributes": "night"})
    for wrong in ("nowhere", "level", "night, night", "level=x"):
        answer = cast.admin.client.post(f"/teams/{team}/lends/", {"attributes": wrong})
        assert answer.status_code == 422
        assert re.search(f'name="attributes" value="{wrong}"[^>]* aria-invalid="true"', answer.content.decode())
        assert 'id="lends-error"' in answer.content.decode()
    assert lent(cast, cast.employee) == ["night"]


def test_teams_and_departments_lend_by_program(cast: Cast, team: int) -> None:
    told = ask(cast.admin, "PATCH", f"/teams/{team}", {"attributes": ["night"]}).json()
    assert told["attributes"] == ["night"]
    place = ask(cast.admin, "POST", "/departments", {"name": "Money"}).json()
    assert place["attributes"] == []
    told = ask(cast.admin, "PATCH", f"/departments/{place['id']}", {"attributes": ["level=3"]}).json()
    assert (told["name"], told["attributes"]) == ("Money", ["level=3"])
    ask(cast.admin, "PATCH", f"/users/{cast.employee.id}", {"department_id": place["id"]})
    person = ask(cast.admin, "GET", f"/users/{cast.employee.id}").json()
    assert person["attributes"] == []
    assert person["lent"] == [
        {"attribute": "level=3", "lender": "department", "name": "Money"},
        {"attribute": "night", "lender": "team", "name": "Team"},
    ]
    counted = {one["name"]: one["lenders"] for one in ask(cast.admin, "GET", "/attributes").json()["items"]}
    assert counted == {"finance": 0, "level": 1, "night": 1}
    assert ask(cast.manager, "PATCH", f"/teams/{team}", {"attributes": []}).status_code == 403
    assert ask(cast.admin, "PATCH", f"/teams/{team}", {"attributes": ["x"]}).json()["error"]["fields"]


def test_the_end_of_an_attribute_is_set_and_kept_by_program(cast: Cast, team: int) -> None:
    path, end = f"/users/{cast.employee.id}", (clock.now() + timedelta(days=3)).replace(microsecond=0)
    body = {"attributes": ["finance", "level=1"], "expires": {"finance": end.isoformat()}}
    told = ask(cast.admin, "PATCH", path, body).json()
    assert (told["attributes"], list(told["expires"])) == (["finance", "level=1"], ["finance"])
    told = ask(cast.admin, "PATCH", path, {"attributes": ["finance", "level=2"]}).json()
    assert list(told["expires"]) == ["finance"]
    told = ask(cast.admin, "PATCH", path, {"expires": {"finance": None}}).json()
    assert (told["attributes"], told["expires"]) == (["finance", "level=2"], {})
    assert ask(cast.admin, "PATCH", path, {"expires": {"night": None}}).status_code == 422


def test_networks_are_named_by_page(cast: Cast) -> None:
    page = cast.admin.client
    sent = "office = 203.0.113.7/24, 198.51.100.7\n\noffice = 192.0.2.1\nlab = 2001:db8::/32"
    assert page.post("/settings/networks/", {"networks": sent}).status_code == 302
    assert queries.company(cast.company.pk).networks == {
        "lab": ["2001:db8::/32"],
        "office": ["203.0.113.0/24", "198.51.100.7/32", "192.0.2.1/32"],
    }
    assert "office = 203.0.113.0/24, 198.51.100.7/32, 192.0.2.1/32" in page.get("/settings/networks/").content.decode()
    refused = page.post("/settings/networks/", {"networks": "office = nowhere"})
    assert refused.status_code == 422
    assert "office = nowhere</textarea>" in refused.content.decode()
    assert page.post("/settings/networks/", {"networks": ""}).status_code == 302
    assert queries.company(cast.company.pk).networks == {}


def test_a_last_day_is_set_kept_and_taken_away_by_page(cast: Cast, team: int) -> None:
    path, page = f"/employees/{cast.employee.id}/", cast.admin.client

    def end() -> Any:
        with acting_for(cast.company.pk), transaction.atomic():
            return queries.attributes_of([cast.employee.id], now=clock.now())[cast.employee.id][0].expires_at

    page.post(f"{path}attributes/", {"has": "night", "until-night": "2999-12-31"})
    assert end().isoformat() == "3000-01-01T00:00:00+00:00"
    assert 'value="2999-12-31"' in page.get(path).content.decode()
    for kept in ({}, {"until-night": "2999-12-31"}):
        page.post(f"{path}attributes/", {"has": "night", **kept})
        assert end() is not None
    for wrong in ("nonsense", "2026-02-31", "9999-12-31"):
        page.post(f"{path}attributes/", {"has": "night", "until-night": wrong})
        assert end().isoformat() == "3000-01-01T00:00:00+00:00"
    page.post(f"{path}attributes/", {"has": "night", "until-night": ""})
    assert end() is None


def test_what_is_lent_ends_with_its_last_day_in_the_company_s_zone(cast: Cast, team: int) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        change_company(
            acting=cast.owner.acting, company_id=cast.company.pk, changes={"time_zone": "Asia/Dhaka"}, now=clock.now()
        )
    page, path = cast.admin.client, f"/teams/{team}/"
    page.post(f"{path}lends/", {"attributes": "night, level=2"})
    page.post(f"{path}lends/", {"attributes": "night, level=2", "until-night": "2999-12-31", "until-level": ""})
    assert 'name="until-night" value="2999-12-31"' in page.get(path).content.decode()
    for reader, where in (
        (cast.manager, path),
        (cast.employee, "/me/"),
        (cast.admin, f"/employees/{cast.employee.id}/"),
    ):
        assert "until the end of 31 December 2999" in reader.client.get(where).content.decode()
    midnight = datetime(2999, 12, 31, 18, tzinfo=UTC)  # in Dhaka the day ends then
    assert night_opens(cast, midnight - timedelta(seconds=1))
    assert not night_opens(cast, midnight)
    page.post(f"{path}lends/", {"attributes": "night, level=2", "until-night": "9999-12-31"})
    assert not night_opens(cast, midnight), "a day that is none changes nothing"
    page.post(f"{path}lends/", {"attributes": "night, level=2", "until-night": ""})
    assert night_opens(cast, midnight)


def night_opens(cast: Cast, now: datetime) -> bool:
    """Whether a rule that asks for `night` is true for the employee at this moment."""
    with acting_for(cast.company.pk), transaction.atomic():
        facts = queries.facts_of([cast.employee.id], now=now, address=None)
        return access.opens(access.parse("night"), facts[cast.employee.id])
