"""The older clients' facts: the switch, sessions, lengths, screenshots, and the figures at sign-in."""

import base64
import itertools
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from sundial.server.activity import actions, jobs, queries
from sundial.server.activity.actions.telling import settle
from sundial.server.activity.models import Screenshot, Span, WorkSession
from sundial.server.activity.types import EndedBy, SpanKind
from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.activity.plays import again, mark, picture, usage
from tests.server.classic.doors import is_refusal, post, token_of
from tests.server.tracking.plays import save

DOORS = [
    "work-session/create",
    "work-session/stop",
    "check-session-active",
    "upload/employee-activity",
    "screenshot/upload",
]
PHOTO = base64.b64encode(picture()).decode()


@pytest.fixture
def opened(cast: Cast) -> Cast:
    """A company that lets older clients record, in a zone that is not UTC."""
    changes = {"classic_clients": True, "time_zone": "Asia/Dhaka"}
    companies.change_company(acting=cast.owner.acting, company_id=cast.company.pk, changes=changes, now=clock.now())
    return cast


def begin(player: Player, minutes: int = 0) -> int:
    """A session that an older client began, so long ago; its id."""
    session_id: int = post("/api/work-session/create", token=token_of(player)).json()["data"]["id"]
    company_id = player.acting.company_id or 0
    with acting_for(company_id), transaction.atomic():
        at = clock.now() - timedelta(minutes=minutes)
        WorkSession.objects.filter(id=session_id).update(started_at=at)
    return session_id


def spans(company_id: int) -> list[Span]:
    with acting_for(company_id), transaction.atomic():
        return list(Span.objects.filter(company_id=company_id).order_by("kind", "started"))


@pytest.mark.parametrize("name", DOORS)
def test_without_the_switch_every_door_of_facts_is_shut(cast: Cast, name: str) -> None:
    for path in (f"/api/{name}", f"/api/{name}/", f"/{name}", f"/{name}/"):
        assert is_refusal(post(path, {"session_id": 1}, token=token_of(cast.employee)), 403)
        assert is_refusal(post(path, {"session_id": 1}), 401)
    assert is_refusal(post(f"/api/{name}", token=token_of(cast.owner)), 403)


@pytest.mark.parametrize("path", ["/api/work-session/create", "/api/work-session/create/", "/work-session/create"])
@pytest.mark.parametrize("form", [False, True])
def test_a_session_is_begun_once_and_given_again(opened: Cast, path: str, form: bool) -> None:
    token = token_of(opened.employee)
    told = [post(path, {"task_note": "sums"}, token=token, form=form).json() for _time in range(2)]
    assert told[0]["status"] is True
    assert told[0]["data"]["id"] == told[1]["data"]["id"]
    (row,) = queries.sessions(opened.employee.acting, now=clock.now()).items
    assert (row.note, row.is_open) == ("sums", True)


def test_a_session_is_stopped_once_and_known_as_over(opened: Cast) -> None:
    token, session_id = token_of(opened.employee), begin(opened.employee)
    assert post("/api/check-session-active", {"session_id": session_id}, token=token).json()["status"] is True
    assert post("/api/work-session/stop", {"session_id": str(session_id)}, token=token).json()["status"] is True
    again = post("/api/work-session/stop", {"session_id": session_id}, token=token)
    assert (again.status_code, again.json()["status"]) == (200, False)
    assert post("/api/check-session-active", {"session_id": session_id}, token=token).json()["status"] is False


def test_a_session_that_an_admin_ended_is_not_active(opened: Cast) -> None:
    session_id = begin(opened.employee)
    actions.end_session(acting=opened.admin.acting, session_id=session_id, now=clock.now())
    told = post("/api/check-session-active", {"session_id": session_id}, token=token_of(opened.employee))
    assert (told.status_code, told.json()["status"]) == (200, False)


def test_somebody_else_s_session_is_as_unknown_as_none(opened: Cast) -> None:
    session_id, token = begin(opened.employee), token_of(opened.admin)
    for name, body in (
        ("work-session/stop", {}),
        ("check-session-active", {}),
        ("upload/employee-activity", {}),
        ("screenshot/upload", {"photo": PHOTO, "capture_time": ""}),
    ):
        answers = [
            post(f"/api/{name}", {"session_id": number, "work_session_id": number, **body}, token=token)
            for number in (session_id, 2**62)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content


def test_lengths_become_spans_laid_end_to_end_up_to_now_and_sums(opened: Cast) -> None:
    session_id, token = begin(opened.employee, minutes=60), token_of(opened.employee)
    body: dict[str, Any] = {
        "work_session_id": session_id,
        "applications": [
            {"app_name": "editor", "window_title": "<script>", "active_seconds": 600},
            {"app_name": "browser", "window_title": "", "active_seconds": 300},
        ],
        "websites": [{"domain": "example.test", "url": "https://example.test/a", "active_seconds": 200}],
        "activities": [
            {"minute_type": "ACTIVE", "duration_seconds": 600},
            {"minute_type": "IDLE", "duration_seconds": 60},
        ],
    }
    assert post("/api/upload/employee-activity", body, token=token).json()["status"] is True
    found = spans(opened.company.pk)
    lengths: dict[tuple[int, str], float] = {}
    for span in found:
        key = (span.kind, span.name)
        lengths[key] = lengths.get(key, 0) + (span.ended - span.started).total_seconds()
    assert lengths == {
        (SpanKind.APP, "editor"): 600,
        (SpanKind.APP, "browser"): 300,
        (SpanKind.WEBSITE, "example.test"): 200,
        (SpanKind.AWAY, "idle"): 60,
    }
    apps = [span for span in found if span.kind == SpanKind.APP]
    assert all(before.ended == after.started for before, after in itertools.pairwise(apps))
    assert clock.now() - apps[-1].ended < timedelta(minutes=5)
    sums: dict[tuple[int, str], int] = {}
    for (_bucket, kind, name), row in usage(opened.company.pk, opened.employee.id).items():
        sums[(kind, name)] = sums.get((kind, name), 0) + row[0]
    assert sums == {key: length * 1000 for key, length in lengths.items()}


def test_nobody_worked_longer_than_since_they_began(opened: Cast) -> None:
    session_id = begin(opened.employee, minutes=10)
    body = {"work_session_id": session_id, "applications": [{"app_name": "a", "active_seconds": 7200}]}
    assert post("/api/upload/employee-activity", body, token=token_of(opened.employee)).json()["status"] is True
    told = sum((span.ended - span.started).total_seconds() for span in spans(opened.company.pk))
    assert 590 < told < 900


def test_facts_of_a_session_that_is_over_are_refused(opened: Cast) -> None:
    session_id, token = begin(opened.employee), token_of(opened.employee)
    post("/api/work-session/stop", {"session_id": session_id}, token=token)
    body = {"work_session_id": session_id, "applications": [{"app_name": "a", "active_seconds": 1}]}
    assert is_refusal(post("/api/upload/employee-activity", body, token=token), 422)


@pytest.mark.parametrize(
    "wrong",
    [
        {"applications": "x"},
        {"applications": [1]},
        {"applications": [{"app_name": 5, "active_seconds": 1}]},
        {"applications": [{"app_name": "a", "active_seconds": -1}]},
        {"applications": [{"app_name": "a", "active_seconds": True}]},
        {"applications": [{"app_name": "a", "active_seconds": "30"}]},
        {"applications": [{"app_name": "a", "active_seconds": 10**9}]},
        {"activities": [{"minute_type": "BUSY", "duration_seconds": 1}]},
        {"websites": [{"domain": "", "active_seconds": 1}]},
        {"applications": [{"app_name": "a", "active_seconds": 1}] * 2001},
    ],
)
def test_lengths_that_are_none_are_refused_and_nothing_is_kept(opened: Cast, wrong: dict[str, Any]) -> None:
    session_id = begin(opened.employee, minutes=10)
    body = {"work_session_id": session_id, **wrong}
    answer = post("/api/upload/employee-activity", body, token=token_of(opened.employee))
    assert is_refusal(answer, 400, 413, 422)
    assert spans(opened.company.pk) == []


def test_hostile_names_are_kept_as_text(opened: Cast) -> None:
    session_id = begin(opened.employee, minutes=10)
    names = ["<script>alert(1)</script>", "\u202egnp.exe", "nul\x00here", "x" * 10_000, "\ud800", "=cmd()"]
    body = {
        "work_session_id": session_id,
        "applications": [{"app_name": name, "window_title": name, "active_seconds": 5} for name in names],
    }
    assert post("/api/upload/employee-activity", body, token=token_of(opened.employee)).status_code == 200
    kept = {span.name for span in spans(opened.company.pk)}
    assert {"<script>alert(1)</script>", "\u202egnp.exe", "nulhere", "x" * 1000, "?", "=cmd()"} == kept


@pytest.mark.parametrize("photo", [PHOTO, f"data:image/png;base64,{PHOTO}"])
@pytest.mark.parametrize("form", [False, True])
def test_a_screenshot_comes_as_text_in_the_company_s_zone(opened: Cast, photo: str, form: bool) -> None:
    session_id, token = begin(opened.employee, minutes=10), token_of(opened.employee)
    local = (clock.now() - timedelta(minutes=5)).astimezone(ZoneInfo("Asia/Dhaka")).replace(tzinfo=None)
    body = {"work_session_id": session_id, "capture_time": local.isoformat(), "photo": photo}
    told = post("/api/screenshot/upload", body, token=token, form=form).json()
    assert told["status"] is True
    jobs.make_picture(opened.company.pk, told["data"]["id"])
    shot = queries.screenshot(opened.employee.acting, told["data"]["id"])
    assert abs(shot.taken_at - (clock.now() - timedelta(minutes=5))) < timedelta(minutes=1)
    assert (shot.state, shot.told_at) == ("ready", "")


def test_a_large_screenshot_is_taken_as_text_too(opened: Cast) -> None:
    image = picture() + b"\0" * (3 << 20)
    body = {"work_session_id": begin(opened.employee), "photo": base64.b64encode(image).decode()}
    for form in (False, True):
        answer = post("/api/screenshot/upload", body, token=token_of(opened.employee), form=form)
        assert answer.status_code in ({200} if not form else {200, 413}), answer.content


def test_an_absurd_time_is_replaced_and_marked(opened: Cast) -> None:
    body = {"work_session_id": begin(opened.employee), "capture_time": "1999-01-01 00:00:00", "photo": PHOTO}
    told = post("/api/screenshot/upload", body, token=token_of(opened.employee)).json()
    with acting_for(opened.company.pk), transaction.atomic():
        row = Screenshot.objects.get(id=told["data"]["id"])
    assert row.told_at == "1999-01-01 00:00:00"
    assert clock.now() - row.taken_at < timedelta(minutes=5)


def test_no_picture_too_large_or_switched_off_is_refused(opened: Cast) -> None:
    session_id, token = begin(opened.employee), token_of(opened.employee)
    body = {"work_session_id": session_id, "capture_time": ""}
    for wrong in ("", "%%%", base64.b64encode(b"hello").decode(), 5, None, "data:image/png;base64,"):
        assert is_refusal(post("/api/screenshot/upload", {**body, "photo": wrong}, token=token), 400, 422)
    save(opened, {"max_screenshot_size_mb": 1})
    large = base64.b64encode(picture() + b"\0" * (1 << 20)).decode()
    assert is_refusal(post("/api/screenshot/upload", {**body, "photo": large}, token=token), 413, 422)
    save(opened, {"screenshots_enabled": False})
    assert is_refusal(post("/api/screenshot/upload", {**body, "photo": PHOTO}, token=token), 403)


def test_signing_in_tells_today_s_figures(opened: Cast) -> None:
    at = clock.now()
    post("/api/work-session/create", {"task_note": "sums"}, token=token_of(opened.employee))
    with acting_for(opened.company.pk), transaction.atomic():
        start = max(queries_today(opened), at - timedelta(minutes=2))
        WorkSession.objects.filter(user_id=opened.employee.id).update(
            started_at=start, last_at=at, ended_at=at, ended_by=EndedBy.PERSON
        )
    told = post("/api/login", {"email": opened.employee.email, "password": opened.employee.password}).json()["data"]
    wanted = int((at - start).total_seconds())
    assert told["toddays_worked_time"] == told["toddays_active_time"] == f"00:{wanted // 60:02}:{wanted % 60:02}"
    assert told["toddays_inactive_time"] == "00:00:00"
    assert told["task_note"] == "sums"


def test_an_emptied_line_is_no_longer_told_and_one_that_nobody_spoke_of_is(opened: Cast) -> None:
    person, start = opened.employee, clock.now()
    post("/api/work-session/create", {"task_note": "sums"}, token=token_of(person))
    with acting_for(opened.company.pk), transaction.atomic():
        session = WorkSession.objects.get(user_id=person.id)

    def told_after(state: str, seconds: int, **more: Any) -> tuple[str, str]:
        """The line on its session and the one that is told who signs in."""
        mark(session, state, start + timedelta(seconds=seconds), **more)
        with acting_for(opened.company.pk), transaction.atomic():
            settle(opened.company.pk, person.id, session.started_at)
        told = post("/api/login", {"email": person.email, "password": person.password}).json()["data"]
        return again(session).note, told["task_note"]

    assert told_after("paused", 1) == ("sums", "sums")
    assert told_after("resumed", 2, emptied=True) == ("", "")
    assert told_after("resumed", 3) == ("", "")
    assert told_after("resumed", 4, reason="letters") == ("letters", "letters")


def queries_today(cast: Cast) -> Any:
    """When today began where the company is."""
    return clock.now().astimezone(ZoneInfo("Asia/Dhaka")).replace(hour=0, minute=0, second=0, microsecond=0)
