"""Where people stand, over all their devices, for those who may know."""

from datetime import timedelta

import pytest

from sundial.server.devices import actions, queries
from sundial.server.devices.types import Presence, PresenceCounts
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import let_go
from tests.cast import Cast, make_person
from tests.server.devices.plays import enrol, report

MINUTE = timedelta(minutes=1)


def test_an_employee_without_a_device_has_never_synced_and_an_admin_is_not_expected_to(cast: Cast) -> None:
    assert queries.presence_counts(cast.company.pk, now=cast.now) == PresenceCounts(0, 0, 1)
    assert [one.person.id for one in queries.never_synced_people(cast.admin.acting, now=cast.now)] == [cast.employee.id]


def test_an_enrolled_device_that_never_spoke_has_never_synced(cast: Cast) -> None:
    enrol(cast)
    assert queries.presence_counts(cast.company.pk, now=cast.now) == PresenceCounts(0, 0, 1)


def test_a_person_is_online_by_the_best_of_two_devices(cast: Cast) -> None:
    first, second = enrol(cast), enrol(cast)
    report(cast.company.pk, first.device_id, last_agent_sync_at=cast.now - 60 * MINUTE)
    report(cast.company.pk, second.device_id, last_agent_sync_at=cast.now - MINUTE)
    assert queries.presence_counts(cast.company.pk, now=cast.now) == PresenceCounts(1, 0, 0)
    found = queries.presence_of_people(cast.company.pk, [cast.employee.id, cast.admin.id], now=cast.now)
    assert found[cast.employee.id].presence is Presence.ONLINE
    assert found[cast.employee.id].last_agent_sync_at == cast.now - MINUTE
    assert found[cast.admin.id].presence is Presence.NEVER_SYNCED


def test_whoever_has_a_device_counts_whatever_their_role(cast: Cast) -> None:
    device = enrol(cast, cast.manager)
    report(cast.company.pk, device.device_id, last_agent_sync_at=cast.now - 20 * MINUTE)
    assert queries.presence_counts(cast.company.pk, now=cast.now) == PresenceCounts(0, 1, 1)
    [absent] = queries.offline_people(cast.admin.acting, now=cast.now)
    assert (absent.person.id, absent.last_agent_sync_at) == (cast.manager.id, cast.now - 20 * MINUTE)


def test_a_person_whose_only_device_was_revoked_is_offline_and_not_never_synced(cast: Cast) -> None:
    device = enrol(cast)
    report(cast.company.pk, device.device_id, last_agent_sync_at=cast.now)
    actions.revoke(acting=cast.admin.acting, device_id=device.device_id, now=cast.now)
    assert queries.presence_counts(cast.company.pk, now=cast.now) == PresenceCounts(0, 1, 0)


def test_people_who_left_are_not_counted(cast: Cast) -> None:
    device = enrol(cast)
    report(cast.company.pk, device.device_id, last_agent_sync_at=cast.now)
    with acting_for(cast.company.pk):
        let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=cast.now)
    assert queries.presence_counts(cast.company.pk, now=cast.now) == PresenceCounts(0, 0, 0)
    assert queries.offline_people(cast.admin.acting, now=cast.now) == []


def test_a_manager_hears_of_the_own_teams_only(cast: Cast) -> None:
    make_person(cast.admin, Role.EMPLOYEE, "elsewhere")
    assert len(queries.never_synced_people(cast.admin.acting, now=cast.now)) == 2
    assert [one.person.id for one in queries.never_synced_people(cast.manager.acting, now=cast.now)] == [
        cast.employee.id
    ]


def test_the_longest_absent_come_first(cast: Cast) -> None:
    late = enrol(cast)
    early = enrol(cast, cast.manager)
    report(cast.company.pk, late.device_id, last_agent_sync_at=cast.now - 20 * MINUTE)
    report(cast.company.pk, early.device_id, last_agent_sync_at=cast.now - 40 * MINUTE)
    found = queries.offline_people(cast.admin.acting, now=cast.now)
    assert [one.person.id for one in found] == [cast.manager.id, cast.employee.id]


def test_the_owner_and_employees_get_no_lists_of_people(cast: Cast) -> None:
    for player in (cast.owner, cast.employee):
        for ask in (queries.offline_people, queries.never_synced_people):
            with pytest.raises(NotAllowed):
                ask(player.acting, now=cast.now)


def test_an_older_clients_heartbeat_makes_one_device_and_counts_for_a_quarter_of_an_hour(cast: Cast) -> None:
    for minutes in (1, 0):
        at = actions.record_heartbeat(
            company_id=cast.company.pk, user_id=cast.employee.id, now=cast.now - minutes * MINUTE
        )
    assert at == cast.now
    assert queries.presence_counts(cast.company.pk, now=cast.now) == PresenceCounts(1, 0, 0)
    later = cast.now + 16 * MINUTE
    assert queries.presence_counts(cast.company.pk, now=later) == PresenceCounts(0, 1, 0)
    assert queries.devices(cast.admin.acting, now=cast.now).count == 1


def test_companies_do_not_count_each_others_people(cast: Cast) -> None:
    enrol(cast)
    assert queries.presence_counts(cast.other.pk, now=cast.now) == PresenceCounts(0, 0, 0)
