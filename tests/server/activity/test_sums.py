"""Sums are a recount of the spans, whatever happened to sessions since."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from sundial.server.activity import actions, jobs, queries
from sundial.server.activity.models import Span, WorkSession
from sundial.server.activity.types import SpanKind
from sundial.server.lib import clock
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.activity.plays import begin, span, usage

START = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=6)


def rebuild(session: WorkSession, start: datetime = START, hours: int = 6) -> None:
    jobs.rebuild_usage(
        session.company_id, session.user_id, start.isoformat(), (start + timedelta(hours=hours)).isoformat()
    )


def recount(company_id: int, user_id: int) -> int:
    """Milliseconds of all spans, clipped by their sessions, counted here by hand."""
    with acting_for(company_id), transaction.atomic():
        sessions = {row.uuid: row for row in WorkSession.objects.filter(user_id=user_id)}
        total = timedelta(0)
        for one in Span.objects.filter(user_id=user_id):
            low, high = sessions[one.session].started_at, sessions[one.session].counts_until or one.ended
            total += max(min(one.ended, high) - max(one.started, low), timedelta(0))
    return total // timedelta(milliseconds=1)


def total(company_id: int, user_id: int) -> int:
    return sum(row[0] for row in usage(company_id, user_id).values())


def test_a_rebuild_gives_the_spans_shared_out_over_quarters_of_an_hour(cast: Cast) -> None:
    session = begin(cast, at=START)
    span(session, START + timedelta(minutes=10), 600, keys=20)
    rebuild(session)
    found = usage(cast.company.pk, cast.employee.id)
    assert found == {
        (START, SpanKind.APP, "xterm"): (300_000, 10, 0, 0, 0, 1),
        (START + timedelta(minutes=15), SpanKind.APP, "xterm"): (300_000, 10, 0, 0, 0, 0),
    }
    rebuild(session)
    assert usage(cast.company.pk, cast.employee.id) == found


def test_a_rebuild_touches_nobody_else_s_sums(cast: Cast) -> None:
    session, others = begin(cast, at=START), begin(cast, at=START, player=cast.admin)
    foreign = begin(cast, at=START, player=cast.stranger)
    for one in (session, others, foreign):
        span(one, START, 60)
        rebuild(one)
    with acting_for(cast.company.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activity_usage SET ms = 1 WHERE user_id = %s", [cast.admin.id])
    with acting_for(cast.other.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activity_usage SET ms = 2")
    rebuild(session)
    assert total(cast.company.pk, cast.employee.id) == 60_000
    assert total(cast.company.pk, cast.admin.id) == 1
    assert total(cast.other.pk, cast.stranger.id) == 2


def test_of_two_devices_at_once_no_time_counts_twice(cast: Cast) -> None:
    first = begin(cast, at=START)
    for n in range(6):
        span(first, START + timedelta(minutes=5 * n), 300)
    rebuild(first)
    assert total(cast.company.pk, cast.employee.id) == 1_800_000
    second = begin(cast, at=START + timedelta(minutes=12))
    for n in range(3):
        span(second, START + timedelta(minutes=12 + 5 * n), 300, name="editor")
    rebuild(second)
    assert total(cast.company.pk, cast.employee.id) == (12 + 15) * 60_000
    assert total(cast.company.pk, cast.employee.id) == recount(cast.company.pk, cast.employee.id)


def test_taking_over_recounts_at_once(cast: Cast) -> None:
    first = begin(cast, at=START)
    span(first, START, 1800)
    rebuild(first)
    begin(cast, at=START + timedelta(minutes=10))
    assert total(cast.company.pk, cast.employee.id) == 600_000


def test_a_deleted_session_counts_for_nothing_and_its_spans_stay(cast: Cast) -> None:
    session = begin(cast, at=START)
    span(session, START, 600)
    rebuild(session)
    actions.delete_session(acting=cast.admin.acting, session_id=session.pk, reason="a test", now=clock.now())
    assert total(cast.company.pk, cast.employee.id) == 0
    with acting_for(cast.company.pk), transaction.atomic():
        assert Span.objects.filter(session=session.uuid).count() == 1
    span(session, START + timedelta(minutes=20), 60)
    rebuild(session)
    assert total(cast.company.pk, cast.employee.id) == 0, "late facts of it count for nothing either"


def test_top_usage_is_of_whom_one_may_see(cast: Cast) -> None:
    for player, name, seconds in (
        (cast.employee, "editor", 600),
        (cast.admin, "mail", 900),
        (cast.stranger, "secret", 900),
    ):
        session = begin(cast, at=START, player=player)
        span(session, START, seconds, name=name)
        rebuild(session)
    between = {"kind": SpanKind.APP, "since": START, "until": START + timedelta(hours=1)}
    names = {
        player.email: [one.name for one in queries.top_usage(player.acting, **between)]
        for player in (cast.admin, cast.manager, cast.employee, cast.stranger)
    }
    assert names[cast.stranger.email] == ["secret"]
    assert names[cast.manager.email] == names[cast.employee.email]
    assert set(names[cast.employee.email]) == {"editor"}
    assert set(names[cast.admin.email]) == {"mail", "editor"}
    with pytest.raises(NotFound):
        queries.top_usage(cast.manager.acting, user_id=cast.admin.id, **between)
    with pytest.raises(NotAllowed):
        queries.top_usage(cast.owner.acting, **between)


def test_the_owner_reads_numbers_of_companies_and_nothing_else_does(cast: Cast) -> None:
    session = begin(cast, at=START)
    span(session, START, 600)
    rebuild(session)
    until = START + timedelta(hours=1)
    mine, other = queries.sums_for_owner(cast.owner.acting, [cast.company.pk, cast.other.pk], since=START, until=until)
    assert (mine.worked_ms, mine.spans, mine.open_sessions) == (600_000, 1, 1)
    assert (other.worked_ms, other.spans, other.open_sessions) == (0, 0, 0)
    for player in (cast.admin, cast.manager, cast.employee, cast.stranger):
        with pytest.raises(NotAllowed):
            queries.sums_for_owner(player.acting, [cast.company.pk], since=START, until=until)
