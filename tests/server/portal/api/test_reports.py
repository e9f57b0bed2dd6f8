"""`reports` of the public API: the figures of the pages, for those who may see them."""

import pytest

from sundial.server.reports.types import Report
from tests.cast import Cast
from tests.server.portal.api.knock import NOT_FOUND, ask, fields, problem
from tests.server.reports.plays import MONDAY, at, page, table, ways, work

DAYS = "from=2026-11-02&to=2026-11-08"


@pytest.fixture
def week(cast: Cast) -> Cast:
    """The employee and the manager worked on a Monday."""
    ways(cast.company)
    work(cast, cast.employee, at(MONDAY, 9), 3661.7, away=61)
    work(cast, cast.manager, at(MONDAY, 10), 7200)
    return cast


def test_the_list_names_what_one_may_read(cast: Cast) -> None:
    named = [
        [one["name"] for one in ask(player, "GET", "/reports").json()["items"]]
        for player in (cast.admin, cast.employee)
    ]
    assert named == [list(Report), [one for one in Report if one is not Report.COMPARISON]]
    assert problem(ask(cast.owner, "GET", "/reports")) == (403, "forbidden")


def test_a_report_has_the_figures_of_its_page_in_seconds(week: Cast) -> None:
    told = ask(week.admin, "GET", f"/reports/daily?{DAYS}").json()
    assert (told["from"], told["to"], told["count"], told["pages"]) == ("2026-11-02", "2026-11-08", 2, 1)
    first = told["items"][0]
    assert (first["user_id"], first["day"], first["worked"], first["active"], first["away"], first["first"]) == (
        week.employee.id, "2026-11-02", 3661, 3600, 61, 32_400,
    )  # fmt: skip
    assert told["total"]["worked"] == sum(one["worked"] for one in told["items"])
    assert {one["key"]: one["kind"] for one in told["columns"]}["worked"] == "length"
    assert table(page(week.admin, f"/reports/daily/?{DAYS}"))[1][2] == "1:01:01"


@pytest.mark.parametrize("name", list(Report))
def test_every_report_is_read_a_page_at_a_time(week: Cast, name: str) -> None:
    told = ask(week.admin, "GET", f"/reports/{name}?{DAYS}&page_size=1").json()
    assert len(told["items"]) == 1
    keys = {one["key"] for one in told["columns"]}
    assert set(told["items"][0]) - {"user_id"} == keys
    assert set(told["total"]) < keys
    past = ask(week.admin, "GET", f"/reports/{name}?{DAYS}&page=999").json()
    assert (past["items"], past["count"]) == ([], told["count"])


def test_everyone_reads_about_those_whom_they_may_see(week: Cast) -> None:
    def people(player: object, query: str = "") -> list[str]:
        told = ask(player, "GET", f"/reports/daily?{DAYS}{query}").json()
        return [one["person"] for one in told["items"]]

    assert people(week.admin) == people(week.manager) == ["Employee Player", "Manager Player"]
    assert people(week.employee) == ["Employee Player"]
    assert people(week.stranger) == []
    assert people(week.admin, f"&person={week.manager.id}") == ["Manager Player"]
    for player in (week.employee, week.stranger):
        assert ask(player, "GET", f"/reports/daily?person={week.manager.id}").content == NOT_FOUND
    assert ask(week.admin, "GET", "/reports/daily?team=999999").content == NOT_FOUND
    assert ask(week.admin, "GET", "/reports/daily?department=999999").content == NOT_FOUND
    assert ask(week.admin, "GET", "/reports/no-such").content == NOT_FOUND
    assert problem(ask(week.employee, "GET", "/reports/comparison")) == (403, "forbidden")


def test_what_is_no_day_is_said(cast: Cast) -> None:
    assert fields(ask(cast.admin, "GET", "/reports/daily?from=yesterday")) == {"from"}
    assert fields(ask(cast.admin, "GET", "/reports/daily?to=2026-02-31")) == {"to"}
    assert fields(ask(cast.admin, "GET", "/reports/monthly?month=2026-13")) == {"month"}
    assert fields(ask(cast.admin, "GET", "/reports/daily?range=always")) == {"range"}
    assert fields(ask(cast.admin, "GET", "/reports/top?kind=song")) == {"kind"}
