"""The demo's month: through the gateway's own writer into a real PostgreSQL, as pages show it."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction

from sundial.run.demo_history import PICTURES_A_DAY, ZONE, Member, write_history
from sundial.run.postgres import Cluster
from sundial.server.activity import actions, queries
from sundial.server.activity.models import Mark, Screenshot, Span, WorkSession
from sundial.server.activity.types import EndedBy, SpanKind
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.activity.plays import usage
from tests.server.devices.plays import enrol

DAYS = 8
NOW = datetime.combine(clock.now().astimezone(ZONE).date(), time(12, 30), ZONE).astimezone(UTC) - timedelta(days=1)


@pytest.fixture
def member(cast: Cast) -> Member:
    return Member(cast.company.pk, cast.employee.id, enrol(cast, cast.employee).device_id)


def counts(member: Member) -> tuple[int, int, int, int]:
    with acting_for(member.company_id), transaction.atomic():
        tables = (WorkSession, Mark, Span, Screenshot)
        sessions, marks, spans, pictures = (one.objects.filter(user_id=member.user_id).count() for one in tables)
    return sessions, marks, spans, pictures


def write(cluster: Cluster, member: Member, now: datetime = NOW) -> int:
    return write_history(dsn=cluster.app_dsn("sundial"), members=[member], seed=1, days=DAYS, now=now)


def test_its_sums_are_those_of_a_rebuild_and_writing_it_twice_is_writing_it_once(
    cluster: Cluster, member: Member
) -> None:
    written = write(cluster, member)
    sessions, marks, spans, pictures = before = counts(member)
    assert 2 <= sessions <= DAYS
    assert marks + spans == written
    assert pictures == 2 * PICTURES_A_DAY
    sums = usage(member.company_id, member.user_id)
    start = NOW - timedelta(days=DAYS + 1)
    actions.rebuild_usage(company_id=member.company_id, user_id=member.user_id, start=start, end=NOW)
    assert usage(member.company_id, member.user_id) == sums
    write(cluster, member)
    assert counts(member) == before
    assert usage(member.company_id, member.user_id) == sums


def test_every_day_is_a_session_that_its_person_ended_and_today_goes_as_far_as_now(
    cluster: Cluster, cast: Cast, member: Member
) -> None:
    write(cluster, member)
    with acting_for(member.company_id), transaction.atomic():
        rows = list(WorkSession.objects.filter(user_id=member.user_id).order_by("started_at"))
        last = Span.objects.filter(user_id=member.user_id).order_by("-ended").first()
    assert {row.ended_by for row in rows} == {EndedBy.PERSON}
    assert all(row.ended_at is not None and row.ended_at <= NOW for row in rows)
    assert last is not None
    assert last.ended <= NOW


def test_a_days_page_shows_what_was_done_and_where(cluster: Cluster, cast: Cast, member: Member) -> None:
    write(cluster, member)
    with acting_for(member.company_id), transaction.atomic():
        first = WorkSession.objects.filter(user_id=member.user_id).order_by("started_at").first()
    assert first is not None
    day = first.started_at.astimezone(ZONE).date()
    shown = queries.day_of(cast.employee.acting, member.user_id, day, "Asia/Dhaka", now=NOW)
    assert shown.worked.worked_ms > timedelta(hours=5) / timedelta(milliseconds=1)
    assert len(shown.pauses) == 1
    assert {one.kind for one in shown.apps} == {SpanKind.APP}
    assert len(shown.apps) >= 3
    assert shown.websites
    assert shown.inputs.keys == 0  # the demo's policy counts none


def test_before_the_morning_today_is_empty(cluster: Cluster, member: Member) -> None:
    dawn = NOW.astimezone(ZONE).replace(hour=5, minute=0)
    write(cluster, member, dawn.astimezone(UTC))
    with acting_for(member.company_id), transaction.atomic():
        assert not WorkSession.objects.filter(
            user_id=member.user_id, started_at__gte=dawn - timedelta(hours=5)
        ).exists()
