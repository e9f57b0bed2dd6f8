"""Pages of sessions and of manual time: found, mended, deleted, asked for and decided."""

from datetime import UTC, datetime, time, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sundial.server.activity import actions, queries
from sundial.server.activity.actions import Manual
from sundial.server.activity.models import WorkSession
from sundial.server.activity.types import EndedBy, SpanKind
from sundial.server.lib import clock
from tests.cast import Cast, Player
from tests.server.activity.plays import again, begin, mark, span
from tests.server.devices.plays import audit

DAY = (clock.now() - timedelta(days=1)).date()
NINE = datetime.combine(DAY, time(9), UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def page(player: Player, path: str, status: int = 200) -> str:
    """What this person reads there."""
    answer = player.client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return unescape(answer.content.decode())


def worked(cast: Cast) -> WorkSession:
    """An hour with a pause and an answered break."""
    session = begin(cast, at=NINE)
    mark(session, "paused", at(10))
    mark(session, "resumed", at(20))
    span(session, at(30), 300, kind=SpanKind.AWAY, name="idle")
    span(session, at(30), 300, kind=SpanKind.AWAY, name="idle", answer="break")
    actions.stop_session(company_id=cast.company.pk, user_id=cast.employee.id, session_id=session.pk, now=at(60))
    return session


def send(player: Player, path: str, **body: str) -> int:
    return int(player.client.post(path, body).status_code)


def test_a_session_says_what_it_was_made_of(cast: Cast) -> None:
    session = worked(cast)
    html = page(cast.employee, f"/sessions/{session.pk}/")
    for words in ("Pause", "answered: a break", "0:45:00", "0:15:00", "0:10:00"):
        assert words in html
    assert "breaks:" in page(cast.admin, "/sessions/")


def test_own_sessions_are_named_by_when_they_began_and_others_by_their_person(cast: Cast) -> None:
    session = worked(cast)
    link = f'<th scope="row"><a href="/sessions/{session.pk}/">'
    assert f"{link}<time" in page(cast.employee, "/sessions/")
    assert f"{link}<bdi" in page(cast.admin, "/sessions/")


def test_sessions_are_found_by_person_and_by_computer(cast: Cast) -> None:
    worked(cast)
    found = {
        word: queries.sessions(cast.admin.acting, now=at(60), search=word).count
        for word in ("Employee", "player", "nobody", cast.employee.email.split("@")[0])
    }
    assert found == {"Employee": 1, "player": 1, "nobody": 0, cast.employee.email.split("@")[0]: 1}
    host = queries.sessions(cast.admin.acting, now=at(60)).items[0].device
    assert queries.sessions(cast.employee.acting, now=at(60), search=host).count == 1
    assert queries.sessions(cast.employee.acting, now=at(60), search="Employee").count == 0


def test_a_forgotten_stop_is_mended_and_the_person_reads_by_whom_and_why(cast: Cast) -> None:
    session = worked(cast)
    address = f"/sessions/{session.pk}/mend/"
    for body in ({"ended_at": at(61).isoformat(), "reason": "x"}, {"ended_at": at(40).isoformat(), "reason": " "}, {}):
        assert send(cast.manager, address, **body) == 422
    assert again(session).ended_by == EndedBy.PERSON
    assert send(cast.manager, address, ended_at=f"{DAY}T09:40:00", reason="Forgot to stop") == 302
    mended = again(session)
    assert (mended.ended_at, mended.ended_by, mended.counts_until) == (at(40), EndedBy.ADMIN, at(40))
    html = page(cast.employee, f"/sessions/{session.pk}/")
    assert "Ended by Manager Player" in html
    assert "Forgot to stop" in html
    ((_entry, _personal, details),) = audit(cast.company.pk, "SESSION_CORRECTED")
    assert (details["before"], details["ended"]) == (f"{DAY}T10:00:00.000Z", f"{DAY}T09:40:00.000Z")


def test_a_session_is_deleted_with_a_reason_by_an_administrator(cast: Cast) -> None:
    session = worked(cast)
    address = f"/sessions/{session.pk}/delete/"
    assert send(cast.manager, address, reason="x") == 403
    assert send(cast.admin, address) == 302
    assert again(session).ended_by == EndedBy.PERSON
    assert "say why" in page(cast.admin, f"/sessions/{session.pk}/")
    assert send(cast.admin, address, reason="A test") == 302
    page(cast.employee, f"/sessions/{session.pk}/", 404)
    assert "No sessions yet" in page(cast.employee, "/sessions/")


def test_time_is_asked_for_approved_and_read_on_pages(cast: Cast) -> None:
    assert "No manual time yet" in page(cast.employee, "/manual-time/")
    body = {"day": str(DAY), "start": "09:30", "end": "10:30", "kind": "meeting", "reason": "At the printer's"}
    worked(cast)
    assert send(cast.employee, "/manual-time/new/", **body) == 302
    html = page(cast.employee, "/manual-time/")
    assert "0:25:00 of this time was recorded as work anyway" in html
    assert "Waiting" in html
    assert "Withdraw…" in html
    assert send(cast.employee, "/manual-time/new/", **body) == 422
    html = page(cast.manager, "/manual-time/")
    assert "1 waits for a decision" in html
    (asked,) = queries.manual_times(cast.manager.acting, now=clock.now()).items
    assert send(cast.manager, f"/manual-time/{asked.id}/refuse/") == 302
    assert "say why" in page(cast.manager, "/manual-time/")
    assert send(cast.manager, f"/manual-time/{asked.id}/approve/", reason="Fine") == 302
    html = page(cast.employee, "/manual-time/")
    assert "by Manager Player" in html
    assert "Fine" in html
    assert send(cast.manager, f"/manual-time/{asked.id}/approve/") == 302
    assert "decided or withdrawn already" in page(cast.manager, "/manual-time/")
    assert "Manual time" in page(cast.employee, f"/me/day/?date={DAY}")
    assert send(cast.manager, f"/manual-time/{asked.id}/other/") == 404


def test_night_work_ends_on_the_day_after(cast: Cast) -> None:
    early = DAY - timedelta(days=1)
    body = {"day": str(early), "start": "23:00", "end": "01:00", "kind": "work", "reason": "A release"}
    assert send(cast.admin, "/manual-time/new/", person=str(cast.employee.id), **body) == 302
    (made,) = queries.manual_times(cast.employee.acting, now=clock.now()).items
    assert made.ms == 2 * 3_600_000
    assert "entered by Ada Admin" in page(cast.employee, "/manual-time/")


def test_reasons_are_text_and_no_formulas(cast: Cast) -> None:
    hostile = "=cmd|' /C calc'!A0<script>alert(1)</script>"
    manual = Manual(at(0), at(30), hostile)
    actions.ask_manual(acting=cast.employee.acting, manual=manual, now=clock.now())
    answer = cast.admin.client.get("/manual-time/")
    assert b"<script>alert(1)" not in answer.content
    exported = b"".join(cast.admin.client.get("/manual-time/?format=csv")).decode()
    assert "'=cmd" in exported


@pytest.mark.parametrize("address", ["/sessions/", "/manual-time/"])
def test_more_rows_take_no_more_queries(cast: Cast, address: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            page(cast.admin, address)
        return len(caught)

    def add(n: int) -> None:
        for player in (cast.employee, cast.manager):
            session = begin(cast, at=at(n), player=player)
            now = at(n + 1)
            actions.stop_session(company_id=cast.company.pk, user_id=player.id, session_id=session.pk, now=now)
            manual = Manual(at(n - 600), at(n - 599), "x")
            actions.ask_manual(acting=player.acting, manual=manual, now=clock.now())

    add(0)
    page(cast.admin, address)
    one = cost()
    for n in range(2, 8, 2):
        add(n)
    assert cost() == one
