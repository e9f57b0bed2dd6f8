"""One person's day, to the second; who may see it; and who is told that it was looked at."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from sundial.server.activity import actions, queries
from sundial.server.activity.models import WorkSession
from sundial.server.activity.types import EndedBy, SpanKind
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.activity.plays import begin, mark, span, usage
from tests.server.devices.plays import audit

DAY = date(2026, 3, 10)
NINE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LATER = NINE + timedelta(hours=12)


def end(session: WorkSession, at: datetime) -> None:
    actions.stop_session(company_id=session.company_id, user_id=session.user_id, session_id=session.pk, now=at)


def pause(session: WorkSession, start: datetime, upto: datetime) -> None:
    mark(session, "paused", start)
    mark(session, "resumed", upto)


def test_a_quarter_of_an_hour_is_told_to_the_second_and_equals_the_spans_and_the_sums(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    at = NINE
    for kind, name, seconds in (
        (SpanKind.APP, "editor", 301),
        (SpanKind.APP, "editor", 60),
        (SpanKind.APP, "xterm", 199),
        (SpanKind.AWAY, "idle", 240),
        (SpanKind.PRIVATE, "", 100),
    ):
        span(session, at, seconds, kind=kind, name=name)
        at += timedelta(seconds=seconds)
    span(session, NINE + timedelta(seconds=10), 50, kind=SpanKind.WEBSITE, name="example.test")
    span(session, NINE, 60, kind=SpanKind.INPUT, name="", keys=12, clicks=3)
    end(session, at)
    actions.rebuild_usage(company_id=cast.company.pk, user_id=cast.employee.id, start=NINE, end=at)
    day = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "UTC", now=LATER)
    assert [(one.name, one.ms) for one in day.apps] == [("editor", 361_000), ("xterm", 199_000)]
    assert [(one.name, one.ms) for one in day.websites] == [("example.test", 50_000)]
    assert [(one.name, one.ms) for one in day.away] == [("idle", 240_000)]
    assert day.by_kind[SpanKind.PRIVATE] == 100_000
    assert (day.worked.worked_ms, day.worked.away_ms, day.worked.active_ms) == (900_000, 240_000, 560_000)
    assert (day.inputs.keys, day.inputs.clicks) == (12, 3)
    assert [(one.name, one.ms) for one in day.stretches if one.kind == SpanKind.APP] == [
        ("editor", 361_000),
        ("xterm", 199_000),
    ]
    sums: dict[int, int] = {}
    for (_bucket, kind_, _name), row in usage(cast.company.pk, cast.employee.id).items():
        sums[kind_] = sums.get(kind_, 0) + row[0]
    assert {kind: day.by_kind[kind] for kind in SpanKind if kind != SpanKind.INPUT} == {
        kind: sums.get(kind, 0) for kind in SpanKind if kind != SpanKind.INPUT
    }


def test_a_pause_is_shown_and_is_no_work(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    pause(session, NINE + timedelta(minutes=10), NINE + timedelta(minutes=25))
    end(session, NINE + timedelta(minutes=60))
    day = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "UTC", now=LATER)
    assert [(one.start, one.end) for one in day.pauses] == [
        (NINE + timedelta(minutes=10), NINE + timedelta(minutes=25))
    ]
    assert (day.worked.worked_ms, day.worked.paused_ms) == (45 * 60_000, 15 * 60_000)
    assert day.sessions[0].worked_ms == 45 * 60_000


def test_a_day_is_the_zone_s(cast: Cast) -> None:
    late = datetime(2026, 3, 9, 18, 30, tzinfo=UTC)  # half past midnight of the tenth in Dhaka
    session = begin(cast, at=late - timedelta(hours=1))
    span(session, late - timedelta(hours=1), 5400)
    end(session, late + timedelta(minutes=30))
    in_dhaka = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "Asia/Dhaka", now=LATER)
    in_utc = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "UTC", now=LATER)
    assert (in_dhaka.worked.worked_ms, in_dhaka.by_kind[SpanKind.APP]) == (3600_000, 3600_000)
    assert (in_utc.worked.worked_ms, in_utc.sessions) == (0, ())


def test_the_day_on_which_clocks_change_has_as_many_hours_as_it_has(cast: Cast) -> None:
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 10), 24)):
        found = queries.day_of(cast.employee.acting, cast.employee.id, day, "Europe/Berlin", now=LATER)
        assert found.end.astimezone(UTC) - found.start.astimezone(UTC) == timedelta(hours=hours)


def test_an_open_session_counts_little_further_than_it_was_heard_of(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    span(session, NINE, 600)
    soon = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "UTC", now=NINE + timedelta(minutes=12))
    later = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "UTC", now=NINE + timedelta(hours=2))
    assert soon.worked.worked_ms == 12 * 60_000
    assert later.worked.worked_ms == 15 * 60_000


def test_what_a_later_session_owns_is_not_shown_twice(cast: Cast) -> None:
    first = begin(cast, at=NINE)
    span(first, NINE, 1200)
    second = begin(cast, at=NINE + timedelta(minutes=10))
    span(second, NINE + timedelta(minutes=10), 600, name="editor")
    end(second, NINE + timedelta(minutes=20))
    day = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "UTC", now=LATER)
    assert {one.name: one.ms for one in day.apps} == {"xterm": 600_000, "editor": 600_000}
    assert day.worked.worked_ms == 1_200_000
    assert [row.ended_by for row in day.sessions] == [EndedBy.OTHER_DEVICE, EndedBy.PERSON]


def test_hostile_titles_stay_the_text_they_are(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    hostile = "<script>alert(1)</script> \u202eevil" + "x" * 10_000
    span(session, NINE, 60, name="<b>", title=hostile)
    day = queries.day_of(cast.employee.acting, cast.employee.id, DAY, "UTC", now=LATER)
    assert (day.stretches[0].name, day.stretches[0].title) == ("<b>", hostile)


def test_a_day_is_visible_to_the_person_their_manager_and_admin_alone(cast: Cast) -> None:
    for player in (cast.employee, cast.manager, cast.admin):
        assert queries.day_of(player.acting, cast.employee.id, DAY, "UTC", now=LATER).email == cast.employee.email
    for player, whose in (
        (cast.owner, cast.employee),
        (cast.stranger, cast.employee),
        (cast.employee, cast.admin),
        (cast.manager, cast.admin),
    ):
        with pytest.raises(NotFound):
            queries.day_of(player.acting, whose.id, DAY, "UTC", now=LATER)


def test_who_looks_at_a_day_is_written_down_once_in_ten_minutes_and_told_to_that_person(cast: Cast) -> None:
    now = cast.now
    look = {"user_id": cast.employee.id, "day": DAY}
    assert not actions.record_view(acting=cast.employee.acting, **look, now=now)
    assert actions.record_view(acting=cast.admin.acting, **look, now=now)
    assert not actions.record_view(acting=cast.admin.acting, **look, now=now + timedelta(minutes=9))
    assert actions.record_view(acting=cast.manager.acting, **look, now=now)
    assert actions.record_view(acting=cast.admin.acting, user_id=cast.employee.id, day=date(2026, 3, 11), now=now)
    assert actions.record_view(acting=cast.admin.acting, **look, now=now + timedelta(minutes=11))
    looks = queries.who_looked(cast.employee.acting, cast.employee.id)
    assert [(one.by, one.day) for one in looks] == [
        (cast.admin.email, "2026-03-10"),
        (cast.admin.email, "2026-03-11"),
        (cast.manager.email, "2026-03-10"),
        (cast.admin.email, "2026-03-10"),
    ]
    assert queries.who_looked(cast.admin.acting, cast.admin.id) == []
    for player in (cast.stranger, cast.manager):
        with pytest.raises(NotFound):
            actions.record_view(acting=player.acting, user_id=cast.admin.id, day=DAY, now=now)
    assert len(audit(cast.company.pk, "DAY_VIEWED")) == 4


def test_a_person_reads_how_much_is_kept_about_them(cast: Cast) -> None:
    session = begin(cast, at=NINE)
    span(session, NINE, 60)
    actions.rebuild_usage(company_id=cast.company.pk, user_id=cast.employee.id, start=NINE, end=LATER)
    kept = queries.recorded_about_me(cast.employee.acting, cast.employee.id)
    assert (kept.sessions, kept.spans, kept.ms) == (1, {SpanKind.APP: 1}, {SpanKind.APP: 60_000})
    assert (kept.since, kept.screenshots) == (NINE, 0)
    with pytest.raises(NotFound):
        queries.recorded_about_me(cast.employee.acting, cast.admin.id)


def test_sessions_are_found_by_person_time_state_and_note(cast: Cast) -> None:
    mine = begin(cast, at=NINE)
    end(mine, NINE + timedelta(hours=1))
    open_one = begin(cast, at=NINE + timedelta(hours=2), player=cast.admin)
    begin(cast, at=NINE, player=cast.stranger)
    with acting_for(cast.company.pk), transaction.atomic():
        WorkSession.objects.filter(id=mine.pk).update(note="Quarterly sums")

    def ids(**filters: object) -> list[int]:
        return [one.id for one in queries.sessions(cast.admin.acting, now=LATER, **filters).items]

    assert ids() == [open_one.pk, mine.pk]
    assert ids(state="open") == [open_one.pk]
    assert ids(state="person") == ids(search="quarterly") == ids(user_id=cast.employee.id) == [mine.pk]
    assert ids(until=NINE + timedelta(hours=1)) == [mine.pk]
    assert ids(since=NINE + timedelta(hours=1, minutes=1)) == [open_one.pk]
    assert ids(search="\x00nothing\ud800") == []
    assert queries.session(cast.employee.acting, mine.pk, now=LATER).worked_ms == 3600_000
    with pytest.raises(NotFound):
        queries.session(cast.employee.acting, open_one.pk, now=LATER)
    with pytest.raises(NotFound):
        queries.sessions(cast.manager.acting, now=LATER, user_id=cast.admin.id)
