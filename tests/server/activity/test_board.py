"""The board of now: what each person does, as far as facts tell."""

from datetime import timedelta

import pytest
from django.db import transaction

from sundial.server.activity import actions, queries
from sundial.server.activity.models import WorkSession
from sundial.server.activity.types import NowRow, NowState, SpanKind
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.activity.plays import begin, span
from tests.server.devices.plays import report
from tests.server.tracking.plays import save


def row(cast: Cast, later: timedelta = timedelta(0)) -> NowRow:
    """The employee's row, as the admin reads it."""
    (found,) = (
        one for one in queries.now_board(cast.admin.acting, now=cast.now + later) if one.user_id == cast.employee.id
    )
    return found


def test_who_has_not_begun_works_and_stops_is_told_so(cast: Cast) -> None:
    assert row(cast).state is NowState.NOT_STARTED
    session = begin(cast, at=cast.now)
    assert (row(cast).state, row(cast).since, row(cast).session_id) == (NowState.WORKING, cast.now, session.pk)
    actions.stop_session(company_id=cast.company.pk, user_id=cast.employee.id, session_id=session.pk, now=cast.now)
    assert (row(cast).state, row(cast).session_id) == (NowState.STOPPED, None)


@pytest.mark.parametrize(
    ("kind", "name", "state"),
    [
        (SpanKind.APP, "editor", NowState.WORKING),
        (SpanKind.AWAY, "idle", NowState.IDLE),
        (SpanKind.AWAY, "locked", NowState.AWAY),
        (SpanKind.PRIVATE, "", NowState.PRIVATE),
    ],
)
def test_the_freshest_fact_tells_the_state(cast: Cast, kind: SpanKind, name: str, state: NowState) -> None:
    session = begin(cast, at=cast.now)
    span(session, cast.now, 30, name="xterm")
    span(session, cast.now + timedelta(seconds=30), 30, kind=kind, name=name)
    found = row(cast, timedelta(minutes=2))
    assert (found.state, found.application) == (state, name if kind == SpanKind.APP else "")


def test_an_application_is_shown_only_fresh_and_only_where_the_policy_records_it(cast: Cast) -> None:
    session = begin(cast, at=cast.now)
    span(session, cast.now, 30, name="editor")
    assert row(cast, timedelta(minutes=4)).application == "editor"
    assert row(cast, timedelta(minutes=7)).application == ""
    save(cast, {"app_tracking_enabled": False})
    assert row(cast, timedelta(minutes=4)).application == ""


def test_a_pause_and_an_agent_out_of_reach_are_told(cast: Cast) -> None:
    session = begin(cast, at=cast.now)
    with acting_for(cast.company.pk), transaction.atomic():
        WorkSession.objects.filter(id=session.pk).update(paused_at=cast.now)
    assert row(cast).state is NowState.PAUSED
    long_ago = cast.now - timedelta(hours=1)
    report(cast.company.pk, session.device_id, last_agent_sync_at=long_ago, last_seen_at=long_ago)
    assert (row(cast).state, row(cast).online) == (NowState.OFFLINE, False)


def test_everyone_sees_their_own_people_and_the_owner_nobody(cast: Cast) -> None:
    begin(cast, at=cast.now, player=cast.stranger)
    seen = {
        player.email: {one.email for one in queries.now_board(player.acting, now=cast.now)}
        for player in (cast.admin, cast.manager, cast.employee, cast.stranger)
    }
    assert seen == {
        cast.admin.email: {cast.admin.email, cast.manager.email, cast.employee.email},
        cast.manager.email: {cast.manager.email, cast.employee.email},
        cast.employee.email: {cast.employee.email},
        cast.stranger.email: {cast.stranger.email},
    }
    with pytest.raises(NotAllowed):
        queries.now_board(cast.owner.acting, now=cast.now)
