"""Applications and websites: from a list of names to people, to a day; for whom may see it."""

from datetime import UTC, datetime, time, timedelta
from html import unescape
from urllib.parse import quote

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.activity import actions, queries
from sundial.server.activity.types import SpanKind
from sundial.server.lib import clock
from tests.cast import Cast, Player
from tests.server.activity.plays import begin, drained, span

DAY = (clock.now() - timedelta(days=1)).date()
NINE = datetime.combine(DAY, time(9), UTC)
HOSTILE = "=cmd|' /C calc'!A0<script>alert(1)</script>"


def page(player: Player, path: str, status: int = 200) -> str:
    answer = player.client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return unescape(answer.content.decode())


def used(player: Player, cast: Cast, names: dict[str, int], day: int = 0, kind: SpanKind = SpanKind.APP) -> None:
    """So many minutes of each, on the day so many days before."""
    start = NINE - timedelta(days=day)
    session = begin(cast, at=start, player=player)
    at = start
    for name, minutes in names.items():
        span(session, at, minutes * 60, name=name, kind=kind)
        at += timedelta(minutes=minutes)
    company_id = player.acting.company_id or 0
    actions.stop_session(company_id=company_id, user_id=player.id, session_id=session.pk, now=at)
    actions.rebuild_usage(company_id=company_id, user_id=player.id, start=start, end=at)
    drained(company_id, player.id, start, at)


def test_what_most_time_went_to_is_told_with_shares_to_whom_may_see_it(cast: Cast) -> None:
    used(cast.employee, cast, {"Editor": 30, "Mail": 10})
    used(cast.employee, cast, {"Editor": 20}, day=2)
    used(cast.admin, cast, {"Mail": 60})
    used(cast.stranger, cast, {"Secret": 60})
    between = {"kind": SpanKind.APP, "since": DAY - timedelta(days=5), "until": DAY}

    def told(player: Player, **more: int) -> list[tuple[str, int]]:
        found = queries.top_of_days(player.acting, **between, **more)
        assert abs(sum(one.share for one in found.items) - 1) < 1e-9
        return [(one.name, one.ms // 60_000) for one in found.items]

    assert told(cast.admin) == [("Mail", 70), ("Editor", 50)]
    assert told(cast.manager) == told(cast.employee) == [("Editor", 50), ("Mail", 10)]
    assert told(cast.admin, user_id=cast.employee.id) == [("Editor", 50), ("Mail", 10)]
    assert told(cast.stranger) == [("Secret", 60)]


def test_a_name_leads_to_people_and_a_person_to_their_days(cast: Cast) -> None:
    used(cast.employee, cast, {"Editor": 30})
    used(cast.employee, cast, {"Editor": 20}, day=2)
    used(cast.admin, cast, {"Editor": 5})
    html = page(cast.admin, "/activity/")
    assert "/activity/name/?name=Editor" in html
    assert "0:55:00" in html
    html = page(cast.admin, "/activity/name/?name=Editor")
    assert "Employee Player" in html
    assert "Ada Admin" in html
    html = page(cast.admin, f"/activity/name/?name=Editor&person={cast.employee.id}")
    assert f"/employees/{cast.employee.id}/day/?date={DAY}#day-line" in html
    assert "On how many days" not in html
    html = page(cast.employee, "/activity/name/?name=Editor")
    assert f"/me/day/?date={DAY}#day-line" in html
    assert "0:50:00" in html
    page(cast.manager, f"/activity/name/?name=Editor&person={cast.admin.id}", 404)
    page(cast.stranger, "/activity/name/?name=Editor", 404)


def test_websites_days_and_words_narrow_the_list(cast: Cast) -> None:
    used(cast.employee, cast, {"docs.example": 10, "news.example": 5}, kind=SpanKind.WEBSITE)
    assert "docs.example" not in page(cast.admin, "/activity/")
    assert "docs.example" in page(cast.admin, "/activity/?kind=sites")
    assert "news.example" not in page(cast.admin, "/activity/?kind=sites&search=docs")
    before = DAY - timedelta(days=1)
    assert "Nothing fits" in page(cast.admin, f"/activity/?kind=sites&to={before}")
    assert "Nothing was recorded in these days" in page(cast.stranger, "/activity/")


def test_hostile_names_are_text_and_no_formulas(cast: Cast) -> None:
    used(cast.employee, cast, {HOSTILE: 10})
    for path in ("/activity/", f"/activity/name/?name={quote(HOSTILE)}"):
        assert b"<script>alert(1)" not in cast.admin.client.get(path).content
    exported = b"".join(cast.admin.client.get("/activity/?format=csv")).decode()
    assert "'=cmd" in exported
    assert ",600," in exported


def test_more_names_take_no_more_queries(cast: Cast) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            page(cast.admin, path)
        return len(caught)

    used(cast.employee, cast, {"Editor": 5})
    paths = ("/activity/", "/activity/name/?name=Editor")
    page(cast.admin, paths[0])
    one = [cost(path) for path in paths]
    used(cast.manager, cast, {f"App {n}": 1 for n in range(25)} | {"Editor": 9})
    assert [cost(path) for path in paths] == one
    assert "App 9" in page(cast.admin, "/activity/?page=2")
