"""Lists of devices: who sees which, found, filtered, ordered and paged."""

from datetime import timedelta

import pytest

from sundial.server.devices import actions, queries
from sundial.server.devices.types import DeviceKind, Presence
from sundial.server.lib.errors import NotAllowed, NotFound
from tests.cast import Cast, Player
from tests.server.devices.plays import enrol, report


def _names(cast: Cast, player: Player, **asked: object) -> list[str]:
    page = queries.devices(player.acting, now=cast.now, **asked)
    return [row.hostname for row in page.items]


def test_admins_see_the_company_managers_their_teams_and_employees_themselves(cast: Cast) -> None:
    for player, name in ((cast.employee, "hers"), (cast.manager, "his"), (cast.admin, "boss")):
        enrol(cast, player, hostname=name)
    assert sorted(_names(cast, cast.admin)) == ["boss", "hers", "his"]
    assert sorted(_names(cast, cast.manager)) == ["hers", "his"]
    assert _names(cast, cast.employee) == ["hers"]
    assert _names(cast, cast.stranger) == []
    with pytest.raises(NotAllowed):
        _names(cast, cast.owner)


def test_every_word_of_a_search_must_be_found_somewhere(cast: Cast) -> None:
    enrol(cast, hostname="blue-laptop")
    enrol(cast, hostname="red-tower")
    assert _names(cast, cast.admin, search="blue") == ["blue-laptop"]
    assert _names(cast, cast.admin, search=f"RED {cast.employee.email.split('@')[0]}") == ["red-tower"]
    assert _names(cast, cast.admin, search="blue tower") == []
    assert _names(cast, cast.admin, search="%") == []
    assert len(_names(cast, cast.admin, search="debian\x00")) == 2


def test_devices_are_filtered_by_where_they_stand(cast: Cast) -> None:
    online, offline, never = (enrol(cast, hostname=name) for name in ("online", "offline", "never"))
    report(cast.company.pk, online.device_id, last_agent_sync_at=cast.now)
    report(cast.company.pk, offline.device_id, last_agent_sync_at=cast.now - timedelta(hours=1))
    assert _names(cast, cast.admin, state=Presence.ONLINE) == ["online"]
    assert _names(cast, cast.admin, state=Presence.OFFLINE) == ["offline"]
    assert _names(cast, cast.admin, state=Presence.NEVER_SYNCED) == ["never"]
    assert len(_names(cast, cast.admin, state="nonsense")) == 3
    row = queries.device(cast.admin.acting, never.device_id, now=cast.now)
    assert row.presence is Presence.NEVER_SYNCED


def test_lists_are_ordered_and_paged_and_a_page_past_the_end_is_the_last(cast: Cast) -> None:
    for name in "cab":
        enrol(cast, hostname=name)
    assert _names(cast, cast.admin, ordering="hostname") == ["a", "b", "c"]
    assert _names(cast, cast.admin, ordering="-hostname") == ["c", "b", "a"]
    assert len(_names(cast, cast.admin, ordering="; DROP TABLE")) == 3
    page = queries.devices(cast.admin.acting, now=cast.now, ordering="hostname", page=9, page_size=2)
    assert ([row.hostname for row in page.items], page.count, page.page, page.pages) == (["c"], 3, 2, 2)
    empty = queries.devices(cast.stranger.acting, now=cast.now)
    assert (empty.items, empty.count, empty.page, empty.pages) == ((), 0, 1, 1)


def test_a_list_for_one_person_has_their_devices_alone(cast: Cast) -> None:
    enrol(cast, hostname="hers")
    enrol(cast, cast.manager, hostname="his")
    assert _names(cast, cast.admin, user_id=cast.manager.id) == ["his"]


def test_what_a_device_reported_last_is_shown(cast: Cast) -> None:
    device = enrol(cast)
    said = {
        "app_version": "1.1.0",
        "policy_version": 3,
        "policy_etag": "e",
        "state": "waiting",
        "withheld": ["screenshots"],
        "lost": [{"reason": "disk full", "count": 2}],
        "queue_waiting": 7,
        "capabilities": {"screenshots": True},
        "session": {"id": "s", "state": "started", "since": "2026-03-02T12:00:00Z"},
    }
    report(cast.company.pk, device.device_id, **said)
    row = queries.device(cast.admin.acting, device.device_id, now=cast.now, etag="e")
    assert {name: getattr(row, name) for name in said} == said
    assert (row.os, row.kind, row.email) == ("Debian 12", DeviceKind.AGENT, cast.employee.email)
    assert row.standing == "waiting"


def test_a_device_one_may_not_see_is_as_unknown_as_one_that_does_not_exist(cast: Cast) -> None:
    device = enrol(cast, cast.admin)
    for player, device_id in (
        (cast.manager, device.device_id),
        (cast.employee, device.device_id),
        (cast.stranger, device.device_id),
        (cast.owner, device.device_id),
        (cast.admin, 2**40),
    ):
        with pytest.raises(NotFound):
            queries.device(player.acting, device_id, now=cast.now)


def test_a_page_of_devices_costs_the_same_however_many_there_are(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    actions.ready_devices(acting=cast.owner.acting, company_id=cast.company.pk, count=40, now=cast.now)
    with django_assert_max_num_queries(8):
        assert queries.devices(cast.admin.acting, now=cast.now, page=2).count == 40
