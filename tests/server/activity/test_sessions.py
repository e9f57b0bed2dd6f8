"""Sessions: begun, taken over, stopped, ended by others, deleted, gone silent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from sundial.server.activity import actions, queries
from sundial.server.activity.models import WorkSession
from sundial.server.activity.types import EndedBy, Ending
from sundial.server.devices import queries as devices
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, make_person
from tests.server.activity.plays import again, begin
from tests.server.devices.plays import audit, enrol


def notices(session: WorkSession) -> list[dict[str, str]]:
    """What the session's device was told of sessions."""
    found, _more = devices.notices_after(session.company_id, session.device_id, 0)
    return [one.body for one in found if one.kind == "session_ended"]


def test_the_same_session_told_twice_is_one(cast: Cast) -> None:
    first = begin(cast, at=cast.now)
    same = actions.start_session(
        company_id=cast.company.pk,
        user_id=cast.employee.id,
        device_id=first.device_id,
        uuid=first.uuid,
        at=cast.now,
        now=cast.now,
    )
    assert same.pk == first.pk


def test_without_a_name_an_open_session_goes_on(cast: Cast) -> None:
    first = begin(cast, at=cast.now)
    same = actions.start_session(
        company_id=cast.company.pk, user_id=cast.employee.id, device_id=first.device_id, at=cast.now, now=cast.now
    )
    assert same.pk == first.pk


def test_a_second_device_takes_over_and_the_first_is_told(cast: Cast) -> None:
    first = begin(cast, at=cast.now)
    later = cast.now + timedelta(minutes=5)
    second = begin(cast, at=later)
    first = again(first)
    assert (first.ended_by, first.ended_at, first.counts_until) == (EndedBy.OTHER_DEVICE, later, later)
    assert again(second).ended_at is None
    (told,) = notices(first)
    assert told["session"] == str(first.uuid)
    assert "another computer" in told["text"]


def test_a_session_told_late_ends_where_the_later_one_begins(cast: Cast) -> None:
    later = cast.now + timedelta(hours=1)
    newer = begin(cast, at=later)
    late = begin(cast, at=cast.now)
    assert (again(late).ended_at, again(late).counts_until) == (later, later)
    assert again(newer).ended_at is None


def test_a_session_is_stopped_once_by_the_person_alone(cast: Cast) -> None:
    session = begin(cast, at=cast.now)
    mine = {"company_id": cast.company.pk, "session_id": session.pk, "now": cast.now + timedelta(minutes=1)}
    with pytest.raises(NotFound):
        actions.stop_session(user_id=cast.admin.id, **mine)
    assert actions.stop_session(user_id=cast.employee.id, **mine) is Ending.STOPPED
    assert actions.stop_session(user_id=cast.employee.id, **mine) is Ending.WAS_OVER
    assert again(session).ended_by == EndedBy.PERSON


def test_an_admin_or_the_person_s_manager_ends_a_session_and_the_device_is_told_by_whom(cast: Cast) -> None:
    for hours, player in enumerate((cast.admin, cast.manager)):
        at = cast.now + timedelta(hours=hours)
        session = begin(cast, at=at)
        actions.end_session(acting=player.acting, session_id=session.pk, now=at + timedelta(minutes=1))
        ended = again(session)
        assert ended.ended_by == EndedBy.ADMIN
        assert ended.ended_by_name.endswith("Player") or ended.ended_by_name == "Ada Admin"
        (told,) = notices(session)
        assert (told["session"], told["by"]) == (str(session.uuid), ended.ended_by_name)
        assert ended.ended_by_name in told["text"]
    assert [entry.target_id for entry, _personal, _details in audit(cast.company.pk, "SESSION_ENDED")] == [
        cast.employee.id,
        cast.employee.id,
    ]


def test_ending_twice_is_once(cast: Cast) -> None:
    session = begin(cast, at=cast.now)
    for _time in range(2):
        actions.end_session(acting=cast.admin.acting, session_id=session.pk, now=cast.now)
    assert len(audit(cast.company.pk, "SESSION_ENDED")) == len(notices(session)) == 1


def test_nobody_else_ends_or_deletes_a_session(cast: Cast) -> None:
    session = begin(cast, at=cast.now)
    unknown = 2**62
    for player, wanted in ((cast.stranger, NotFound), (cast.owner, NotFound), (cast.employee, NotAllowed)):
        with pytest.raises(wanted):
            actions.end_session(acting=player.acting, session_id=session.pk, now=cast.now)
        with pytest.raises(wanted):
            actions.delete_session(acting=player.acting, session_id=session.pk, reason="x", now=cast.now)
    with pytest.raises(NotFound):
        actions.end_session(acting=cast.admin.acting, session_id=unknown, now=cast.now)
    with pytest.raises(NotAllowed):
        actions.delete_session(acting=cast.manager.acting, session_id=session.pk, reason="x", now=cast.now)
    assert again(session).ended_at is None


def test_a_manager_ends_nothing_of_other_teams(cast: Cast) -> None:
    session = begin(cast, at=cast.now, player=cast.admin)
    with pytest.raises(NotFound):
        actions.end_session(acting=cast.manager.acting, session_id=session.pk, now=cast.now)


def test_a_deleted_session_is_in_no_list_and_its_deletion_in_the_log_with_its_reason(cast: Cast) -> None:
    session = begin(cast, at=cast.now)
    with pytest.raises(Invalid):
        actions.delete_session(acting=cast.admin.acting, session_id=session.pk, reason=" ", now=cast.now)
    actions.delete_session(acting=cast.admin.acting, session_id=session.pk, reason="a test", now=cast.now)
    assert queries.sessions(cast.admin.acting, now=cast.now).count == 0
    ((_entry, personal, details),) = audit(cast.company.pk, "SESSION_DELETED")
    assert "a test" in str(personal.description)
    assert details == {"session": str(session.uuid)}
    assert notices(session)


def test_who_is_let_go_or_deactivated_works_no_more(cast: Cast) -> None:
    now = cast.now + timedelta(minutes=1)
    other = make_person(cast.admin, Role.EMPLOYEE, "other")
    for player, end in ((cast.employee, lifecycle.let_go), (other, lifecycle.deactivate_person)):
        session = begin(cast, at=cast.now, player=player)
        with acting_for(cast.company.pk), transaction.atomic():
            end(acting=cast.admin.acting, user_id=player.id, now=now)
        assert (again(session).ended_by, again(session).ended_at) == (EndedBy.LEFT, now)


def test_a_device_that_is_let_go_takes_its_own_work_along_and_no_other(cast: Cast) -> None:
    now = cast.now + timedelta(minutes=1)
    session = begin(cast, at=cast.now)
    other = enrol(cast, cast.employee)
    lifecycle.revoke_device(acting=cast.admin.acting, device_id=other.device_id, now=now)
    assert again(session).ended_at is None
    with pytest.raises(NotFound):
        lifecycle.revoke_device(acting=cast.stranger.acting, device_id=session.device_id, now=now)
    assert again(session).ended_at is None, "who may not revoke it ends nothing"
    lifecycle.revoke_device(acting=cast.admin.acting, device_id=session.device_id, now=now)
    assert (again(session).ended_by, again(session).ended_at) == (EndedBy.LEFT, now)


def test_somebody_who_left_begins_nothing(cast: Cast) -> None:
    device = enrol(cast).device_id
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=cast.now)
    with pytest.raises(NotAllowed):
        actions.start_session(
            company_id=cast.company.pk,
            user_id=cast.employee.id,
            device_id=device,
            uuid=uuid4(),
            at=cast.now,
            now=cast.now,
        )


def test_a_session_that_fell_silent_ended_at_its_last_fact(cast: Cast) -> None:
    session = begin(cast, at=cast.now)
    foreign = begin(cast, at=cast.now, player=cast.stranger)
    assert actions.end_silent_sessions(company_id=cast.company.pk, now=cast.now + timedelta(hours=11)) == 0
    assert actions.end_silent_sessions(company_id=cast.company.pk, now=cast.now + timedelta(hours=13)) == 1
    assert (again(session).ended_by, again(session).ended_at) == (EndedBy.SILENCE, cast.now)
    assert again(foreign).ended_at is None
    assert actions.end_silent_sessions(company_id=cast.company.pk, now=cast.now + timedelta(hours=13)) == 0


def test_of_many_that_begin_at_one_moment_exactly_one_is_open(cast: Cast) -> None:
    devices_ = [enrol(cast).device_id for _n in range(6)]

    def start(device_id: int) -> None:
        try:
            actions.start_session(
                company_id=cast.company.pk,
                user_id=cast.employee.id,
                device_id=device_id,
                uuid=uuid4(),
                at=cast.now,
                now=cast.now,
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(start, devices_))
    found = queries.sessions(cast.admin.acting, now=cast.now).items
    assert len(found) == 6
    assert sum(one.is_open for one in found) == 1
