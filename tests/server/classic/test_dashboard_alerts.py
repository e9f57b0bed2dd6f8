"""Who is offline and who was never heard of, at the first system's door."""

from datetime import timedelta

import pytest

from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from tests.cast import Cast, make_person
from tests.server.alerts.plays import is_here, laptop, was_seen
from tests.server.classic.doors import get, is_refusal, token_of

pytestmark = pytest.mark.usefixtures("own_database")

DOOR = "/api/dashboard-alerts/"
NAMES = {
    "status",
    "offline_agents_count",
    "offline_agents",
    "never_synced_count",
    "never_synced_agents",
    "recent_audit_logs",
}


def test_an_administrator_is_told_who_is_not_there(cast: Cast) -> None:
    now = clock.now()
    gone, here = (make_person(cast.admin, Role.EMPLOYEE, name) for name in ("gone", "here"))
    was_seen(cast, laptop(cast, gone), now - timedelta(hours=3))
    is_here(cast, laptop(cast, here), now)
    told = get(DOOR, token=token_of(cast.admin)).json()
    assert set(told) == NAMES
    assert told["status"] == "success"
    assert (told["offline_agents_count"], told["never_synced_count"]) == (1, 1)
    (one,) = told["offline_agents"]
    assert one == {
        "id": gone.id,
        "username": "Gone Player",
        "email": gone.email,
        "last_agent_sync_at": clock.iso(now - timedelta(hours=3)),
    }
    assert [one["email"] for one in told["never_synced_agents"]] == [cast.employee.email]
    newest = told["recent_audit_logs"][0]
    assert set(newest) == {"id", "action_type", "description", "timestamp", "user__username"}
    assert newest["timestamp"].endswith("Z")


def test_a_manager_is_told_of_their_own_people_and_of_no_log(cast: Cast) -> None:
    make_person(cast.admin, Role.EMPLOYEE, "elsewhere")
    told = get(DOOR, token=token_of(cast.manager)).json()
    assert [one["email"] for one in told["never_synced_agents"]] == [cast.employee.email]
    assert told["recent_audit_logs"] == []


def test_an_owner_is_told_how_many_and_nobody(cast: Cast) -> None:
    answer = get(DOOR, token=token_of(cast.owner))
    told = answer.json()
    assert told["never_synced_count"] >= 1
    assert told["offline_agents"] == told["never_synced_agents"] == told["recent_audit_logs"] == []
    assert cast.employee.email.encode() not in answer.content


def test_others_are_refused(cast: Cast) -> None:
    assert is_refusal(get(DOOR, token=token_of(cast.employee)), 403)
    assert is_refusal(get(DOOR), 401)
    assert get(DOOR.rstrip("/"), token=token_of(cast.admin)).status_code == 200
