"""`devices` of the public API."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, Player
from tests.server.companies.test_signing_in import actions_in
from tests.server.portal.api.knock import NOT_FOUND, ask, problem


def code_for(player: Player, user_id: Any) -> Any:
    return ask(player, "POST", "/devices/enrolment-codes", {"user_id": user_id})


def enrolled(cast: Cast, player: Player) -> dict[str, Any]:
    """A device of this player, let in with a code of their own."""
    code = code_for(player, player.id).json()["code"]
    body = {"code": code, "hostname": "desk", "os": "linux", "app_version": "1.0", "boot_id": "b"}
    made = Client().post("/agent/v1/enrol", body, content_type="application/json")
    assert made.status_code == 201, made.content
    told: dict[str, Any] = made.json()
    return told


def test_a_code_lets_one_device_in_and_it_is_listed(cast: Cast) -> None:
    made = code_for(cast.admin, cast.employee.id)
    assert made.status_code == 201
    assert set(made.json()) == {"code", "expires_at"}
    device = enrolled(cast, cast.employee)
    for player in (cast.admin, cast.manager, cast.employee):
        (row,) = ask(player, "GET", "/devices").json()["items"]
        assert (row["id"], row["user"], row["hostname"]) == (device["device_id"], cast.employee.email, "desk")
        assert (row["presence"], row["revoked_at"]) == ("never_synced", None)
        assert ask(player, "GET", f"/devices/{row['id']}").json() == row
    assert ask(cast.stranger, "GET", "/devices").json()["items"] == []
    assert problem(ask(cast.owner, "GET", "/devices")) == (403, "forbidden")


def test_codes_are_for_oneself_or_by_an_admin(cast: Cast) -> None:
    assert code_for(cast.employee, cast.employee.id).status_code == 201
    assert problem(code_for(cast.manager, cast.employee.id)) == (403, "forbidden")
    assert problem(code_for(cast.owner, cast.employee.id)) == (403, "forbidden")
    for player, user_id in ((cast.employee, cast.admin.id), (cast.admin, cast.stranger.id), (cast.admin, 2**62)):
        assert code_for(player, user_id).content == NOT_FOUND
    for wrong in (0, -1, 2**63, 2**70):
        assert code_for(cast.admin, wrong).content == NOT_FOUND
    for wrong in ("1", None, 1.5, [], True):
        assert problem(code_for(cast.admin, wrong))[0] == 422


def test_a_device_is_revoked_by_an_admin_or_its_person(cast: Cast) -> None:
    first, second = (enrolled(cast, cast.employee)["device_id"] for _ in range(2))
    for player in (cast.stranger, cast.owner):
        assert ask(player, "POST", f"/devices/{first}/revoke").content == NOT_FOUND
    assert problem(ask(cast.manager, "POST", f"/devices/{first}/revoke")) == (403, "forbidden")
    for player, device_id in ((cast.admin, first), (cast.employee, second)):
        for _ in range(2):
            assert ask(player, "POST", f"/devices/{device_id}/revoke").json()["revoked_at"] is not None
    assert actions_in(cast.company.pk).count("DEVICE_REVOKED") == 2
    assert ask(cast.admin, "GET", "/devices?state=revoked").json()["count"] == 2


def test_a_revoked_device_is_told_so(cast: Cast) -> None:
    device = enrolled(cast, cast.employee)
    headers = {"Authorization": f"Bearer {device['token']}"}
    assert Client().get("/agent/v1/notices", headers=headers).status_code == 200
    ask(cast.admin, "POST", f"/devices/{device['device_id']}/revoke")
    assert Client().get("/agent/v1/notices", headers=headers).status_code == 403


@pytest.mark.parametrize("query", ["state=asleep", "user_id=x", "user_id=0", "user_id=99999999999999999999"])
def test_a_filter_that_does_not_fit_is_422(cast: Cast, query: str) -> None:
    assert problem(ask(cast.admin, "GET", f"/devices?{query}"))[0] == 422


def test_pages_filters_and_a_constant_cost(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert ask(cast.admin, "GET", "/devices?page_size=100").status_code == 200
        return len(seen)

    enrolled(cast, cast.employee)
    queries()
    few = queries()
    for player in (cast.employee, cast.manager, cast.admin):
        enrolled(cast, player)
    assert queries() == few
    told = ask(cast.admin, "GET", "/devices?page_size=3&page=2&ordering=id").json()
    assert (len(told["items"]), told["count"], told["pages"]) == (1, 4, 2)
    assert ask(cast.admin, "GET", "/devices?page=9").json()["items"] == []
    assert ask(cast.admin, "GET", f"/devices?user_id={cast.employee.id}").json()["count"] == 2
    assert ask(cast.admin, "GET", "/devices?search=manager").json()["count"] == 1
