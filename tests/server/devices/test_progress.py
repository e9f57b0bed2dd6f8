"""How far a policy has come, by the devices' own words."""

from datetime import timedelta

import pytest

from sundial.server.devices import actions, queries
from sundial.server.devices.types import Standing
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from tests.cast import Cast
from tests.server.devices.plays import enrol, report

HOUR = timedelta(hours=1)


def _play(cast: Cast) -> dict[str, int]:
    """Seven devices, each standing elsewhere towards the policy `new`; device ids by name."""
    made = actions.ready_devices(acting=Acting.system(), company_id=cast.company.pk, count=8, now=cast.now)
    names = ("applied", "applying", "received", "waiting", "rejected", "silent", "stopped", "applied and gone")
    ids = {name: device.device_id for name, device in zip(names, made, strict=True)}
    words = {"applied": "applied", "applying": "applying", "received": "received", "waiting": "waiting",
             "rejected": "rejected", "applied and gone": "applied"}  # fmt: skip
    for name, device_id in ids.items():
        gone = name in {"stopped", "applied and gone"}
        report(
            cast.company.pk,
            device_id,
            policy_etag="new" if name in words else "old",
            policy_version=6 if name in words else 5,
            state=words.get(name, "applied"),
            effective_etag="old",
            last_agent_sync_at=cast.now - HOUR if gone else cast.now,
        )
    return ids


def test_every_count_is_of_reports_that_name_this_policy(cast: Cast) -> None:
    _play(cast)
    found = queries.progress(cast.company.pk, "new", now=cast.now)
    assert (found.applied, found.applying, found.waiting, found.rejected) == (2, 2, 1, 1)
    assert (found.offline, found.unanswered, found.total) == (1, 1, 8)
    assert not found.settled


def test_a_policy_that_nobody_has_named_is_applied_nowhere(cast: Cast) -> None:
    _play(cast)
    found = queries.progress(cast.company.pk, "newest", now=cast.now)
    assert (found.applied, found.unanswered, found.offline) == (0, 6, 2)


def test_behind_each_count_stand_exactly_these_devices(cast: Cast) -> None:
    ids = _play(cast)
    behind = {
        Standing.APPLIED: {"applied", "applied and gone"},
        Standing.APPLYING: {"applying", "received", "silent"},  # who is here and has not spoken is about to
        Standing.WAITING: {"waiting"},
        Standing.REJECTED: {"rejected"},
        Standing.UNANSWERED: {"silent"},
        Standing.OFFLINE: {"stopped"},
    }
    for standing, names in behind.items():
        page = queries.devices(cast.admin.acting, now=cast.now, standing=standing, etag="new")
        assert {row.id for row in page.items} == {ids[name] for name in names}
        counted = {Standing.APPLYING, Standing.UNANSWERED} if standing is Standing.APPLYING else {standing}
        assert {row.standing for row in page.items} == counted


def test_revoked_and_older_clients_are_no_part_of_it(cast: Cast) -> None:
    device = enrol(cast)
    actions.record_heartbeat(company_id=cast.company.pk, user_id=cast.employee.id, now=cast.now)
    assert queries.progress(cast.company.pk, "new", now=cast.now).total == 1
    actions.revoke(acting=cast.admin.acting, device_id=device.device_id, now=cast.now)
    assert queries.progress(cast.company.pk, "new", now=cast.now).total == 0


def test_agents_status_counts_people_and_versions_and_names_nobody(cast: Cast) -> None:
    _play(cast)
    assert queries.agents_status(cast.company.pk, cast.now) == {
        "company_id": cast.company.pk,
        "online": 1,
        "offline": 0,
        "never_synced": 0,
        "by_version": {
            "5": {"applied": 2, "applying": 0, "waiting": 0, "rejected": 0},
            "6": {"applied": 2, "applying": 2, "waiting": 1, "rejected": 1},
        },
    }


def test_agents_status_of_a_company_where_nothing_ever_spoke(cast: Cast) -> None:
    told = queries.agents_status(cast.other.pk, cast.now)
    assert told == {"company_id": cast.other.pk, "online": 0, "offline": 0, "never_synced": 0, "by_version": {}}


def test_the_owner_sees_counts_and_no_list(cast: Cast) -> None:
    _play(cast)
    with pytest.raises(NotAllowed):
        queries.devices(cast.owner.acting, now=cast.now, standing=Standing.APPLIED, etag="new")


def test_a_suspension_is_confirmed_by_those_who_say_that_nothing_is_in_effect(cast: Cast) -> None:
    ids = _play(cast)
    report(cast.company.pk, ids["applied"], effective_etag="", last_agent_sync_at=cast.now)
    report(cast.company.pk, ids["stopped"], effective_etag="", last_agent_sync_at=cast.now - HOUR)
    found = queries.halted(cast.company.pk, now=cast.now)
    assert (found.confirmed, found.online) == (1, 6)
