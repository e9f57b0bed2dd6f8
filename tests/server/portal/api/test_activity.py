"""`sessions`, `usage` and `screenshots` of the public API."""

from datetime import timedelta

from sundial.server.activity import actions
from sundial.server.lib import clock
from tests.cast import Cast
from tests.server.activity.plays import begin
from tests.server.portal.api.knock import NOT_FOUND, ask, fields, problem
from tests.server.portal.test_activity import DAY, NINE, shown, worked


def test_sessions_are_listed_to_the_second(cast: Cast) -> None:
    session = worked(cast)
    told = ask(cast.manager, "GET", f"/sessions?user_id={cast.employee.id}&from={DAY}&to={DAY}").json()
    assert (told["count"], told["page"], told["pages"]) == (1, 1, 1)
    one = told["items"][0]
    assert (one["id"], one["user"], one["worked_seconds"], one["ended_by"]) == (
        session.pk, cast.employee.email, 907, "person",
    )  # fmt: skip
    assert ask(cast.employee, "GET", f"/sessions/{session.pk}").json() == one


def test_a_session_is_ended_with_a_reason_and_only_by_those_who_may(cast: Cast) -> None:
    session = begin(cast, at=clock.now() - timedelta(minutes=3))
    path = f"/sessions/{session.pk}/end"
    assert problem(ask(cast.employee, "POST", path, {"reason": "x"})) == (403, "forbidden")
    assert ask(cast.stranger, "POST", path, {"reason": "x"}).content == NOT_FOUND
    ended = ask(cast.admin, "POST", path, {"reason": "It was forgotten"})
    assert (ended.status_code, ended.json()["reason"], ended.json()["ended_by"]) == (200, "It was forgotten", "admin")
    assert ask(cast.admin, "POST", path).json()["ended_at"] == ended.json()["ended_at"]


def test_usage_wants_a_time_that_is_one(cast: Cast) -> None:
    assert fields(ask(cast.admin, "GET", "/usage?from=2026-02-02&to=2026-01-01")) == {"to"}
    assert fields(ask(cast.admin, "GET", "/usage?from=2020-01-01&to=2026-01-01")) == {"from"}
    assert fields(ask(cast.admin, "GET", "/usage?from=yesterday")) == {"from"}
    assert ask(cast.admin, "GET", f"/usage?user_id={cast.stranger.id}").content == NOT_FOUND
    assert problem(ask(cast.owner, "GET", "/usage")) == (403, "forbidden")


def test_usage_is_summed_by_name_and_by_quarter_of_an_hour(cast: Cast) -> None:
    session = worked(cast)
    actions.rebuild_usage(
        company_id=session.company_id, user_id=session.user_id, start=NINE, end=NINE + timedelta(hours=1)
    )
    asked = f"/usage?from={DAY}&to={DAY}&user_id={cast.employee.id}"
    named = ask(cast.manager, "GET", asked).json()["items"]
    assert [(one["name"], one["seconds"]) for one in named] == [("Browser", 546.0), ("Editor", 301.0)]
    assert abs(sum(one["share"] for one in named) - 1) < 1e-5
    buckets = ask(cast.manager, "GET", f"{asked}&group=bucket").json()["items"]
    assert sum(one["seconds"] for one in buckets if one["kind"] == "app") == 847.0
    assert {one["bucket"][11:16] for one in buckets} == {"09:00", "09:15"}


def test_a_screenshot_is_read_audited_and_erased(cast: Cast) -> None:
    shot = shown(cast, worked(cast))
    listed = ask(cast.manager, "GET", "/screenshots").json()["items"]
    assert [(one["id"], one["state"], one["user"]) for one in listed] == [(shot, "ready", cast.employee.email)]
    image = ask(cast.manager, "GET", f"/screenshots/{shot}/image")
    assert (image.content, image["Content-Type"], image["X-Content-Type-Options"]) == (
        b"whole",
        "image/webp",
        "nosniff",
    )
    assert ask(cast.employee, "GET", f"/screenshots/{shot}/image?size=thumb").content == b"small"
    told = ask(cast.employee, "GET", "/audit?action_type=SCREENSHOT_VIEWED").json()["items"]
    assert [(one["user"], one["details"]["screenshot_id"]) for one in told] == [(cast.manager.email, shot)]
    assert ask(cast.employee, "DELETE", f"/screenshots/{shot}").status_code == 204
    assert ask(cast.employee, "GET", f"/screenshots/{shot}").content == NOT_FOUND
