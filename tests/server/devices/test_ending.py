"""Revoking: at once, for good, by those who may."""

import time

import psycopg
import pytest

from sundial.protocol.tokens import digest
from sundial.run.postgres import Cluster
from sundial.server.devices import actions, queries
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import let_go
from tests.cast import Cast
from tests.server.devices.plays import audit, enrol


def _ended(token: str) -> bool:
    holder = queries.holder_of(token)
    assert holder is not None
    return holder.ended


def test_an_admin_revokes_a_device_of_the_company_and_a_person_their_own(cast: Cast) -> None:
    for player in (cast.admin, cast.employee):
        device = enrol(cast)
        actions.revoke(acting=player.acting, device_id=device.device_id, now=cast.now)
        assert _ended(device.token)


def test_a_manager_may_not_and_for_strangers_there_is_no_such_device(cast: Cast) -> None:
    device, own = enrol(cast), enrol(cast, cast.admin)
    with pytest.raises(NotAllowed):
        actions.revoke(acting=cast.manager.acting, device_id=device.device_id, now=cast.now)
    for player, device_id in (
        (cast.stranger, device.device_id),
        (cast.owner, device.device_id),
        (cast.employee, own.device_id),
        (cast.admin, 2**40),
    ):
        with pytest.raises(NotFound):
            actions.revoke(acting=player.acting, device_id=device_id, now=cast.now)
    assert not _ended(device.token)


def test_revoking_twice_is_revoking_once(cast: Cast) -> None:
    device = enrol(cast)
    for _ in range(2):
        actions.revoke(acting=cast.admin.acting, device_id=device.device_id, now=cast.now)
    [(entry, personal, details)] = audit(cast.company.pk, "DEVICE_REVOKED")
    assert (entry.target_id, details) == (cast.employee.id, {"device_id": device.device_id})
    assert personal.target == cast.employee.email


def test_gateways_in_other_processes_hear_of_it_within_a_second(cast: Cast, cluster: Cluster) -> None:
    device = enrol(cast)
    with psycopg.connect(cluster.app_dsn(), autocommit=True) as other:
        other.execute("LISTEN sundial")
        begun = time.monotonic()
        actions.revoke(acting=cast.admin.acting, device_id=device.device_id, now=cast.now)
        wanted = f"token {digest(device.token).hex()}"
        heard = any(hint.payload == wanted for hint in other.notifies(timeout=5, stop_after=20))
        assert heard
        assert time.monotonic() - begun < 1


def test_a_person_let_go_loses_every_device_and_nobody_else_loses_one(cast: Cast) -> None:
    mine, other = [enrol(cast), enrol(cast)], enrol(cast, cast.manager)
    with acting_for(cast.company.pk):
        let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=cast.now)
    assert all(_ended(device.token) for device in mine)
    assert not _ended(other.token)
    assert len(audit(cast.company.pk, "DEVICE_REVOKED")) == 2


def test_revoked_devices_leave_the_list_and_are_found_when_asked_for(cast: Cast) -> None:
    device = enrol(cast)
    actions.revoke(acting=cast.admin.acting, device_id=device.device_id, now=cast.now)
    assert queries.devices(cast.admin.acting, now=cast.now).count == 0
    [row] = queries.devices(cast.admin.acting, now=cast.now, state=queries.REVOKED).items
    assert (row.id, row.revoked_at) == (device.device_id, cast.now)


def test_a_token_that_is_not_one_is_not_looked_up(cast: Cast) -> None:
    for token in ("", "sdd_", "sdu_" + "a" * 42, "x" * 10_000, "\x00", enrol(cast).token[:-1] + "!"):
        assert queries.holder_of(token) is None
