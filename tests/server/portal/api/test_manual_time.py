"""`manual-time` of the public API."""

from datetime import timedelta

from sundial.server.lib import clock
from tests.cast import Cast, Player
from tests.server.portal.api.knock import NOT_FOUND, ask, fields, problem

DAY = (clock.now() - timedelta(days=2)).date().isoformat()


def body(start: str = "09:00", end: str = "10:00", **more: object) -> dict[str, object]:
    return {
        "started_at": f"{DAY}T{start}:00Z", "ended_at": f"{DAY}T{end}:00Z", "reason": "At the printer's", **more,
    }  # fmt: skip


def reasons(player: Player, query: str = "") -> list[str]:
    return [one["reason"] for one in ask(player, "GET", f"/manual-time{query}").json()["items"]]


def test_time_is_asked_for_decided_and_read(cast: Cast) -> None:
    asked = ask(cast.employee, "POST", "/manual-time", body())
    assert asked.status_code == 201
    found = asked.json()
    assert (found["state"], found["seconds"], found["recorded_seconds"], found["decided_at"]) == (
        "ASKED",
        3600,
        0,
        None,
    )
    path = f"/manual-time/{found['id']}"
    assert ask(cast.manager, "GET", path).json() == found
    assert problem(ask(cast.employee, "POST", f"{path}/approve")) == (403, "forbidden")
    assert fields(ask(cast.manager, "POST", f"{path}/refuse")) == {"answer"}
    approved = ask(cast.manager, "POST", f"{path}/approve", {"answer": "Fine"}).json()
    assert (approved["state"], approved["decided_by"], approved["answer"]) == ("APPROVED", "Manager Player", "Fine")
    assert problem(ask(cast.manager, "POST", f"{path}/refuse", {"answer": "again"})) == (409, "conflict")
    assert problem(ask(cast.employee, "POST", f"{path}/withdraw")) == (409, "conflict")
    assert ask(cast.admin, "POST", f"{path}/refuse", {"answer": "a slip"}).json()["state"] == "REFUSED"


def test_an_administrator_enters_time_for_somebody(cast: Cast) -> None:
    wanted = body(user_id=cast.employee.id)
    assert problem(ask(cast.manager, "POST", "/manual-time", wanted)) == (403, "forbidden")
    made = ask(cast.admin, "POST", "/manual-time", wanted).json()
    assert (made["state"], made["user"], made["asked_by"]) == ("APPROVED", cast.employee.email, "Ada Admin")


def test_what_does_not_fit_is_said_by_field(cast: Cast) -> None:
    assert fields(ask(cast.employee, "POST", "/manual-time", body("10:00", "09:00"))) == {"ended_at"}
    assert fields(ask(cast.employee, "POST", "/manual-time", body() | {"started_at": "soon"})) == {"started_at"}
    assert fields(ask(cast.employee, "POST", "/manual-time", body() | {"ended_at": ""})) == {"ended_at"}
    assert fields(ask(cast.employee, "POST", "/manual-time", body() | {"started_at": "0001-01-01T00:00:00+14:00"})) == {
        "started_at"
    }
    assert ask(cast.employee, "POST", "/manual-time", body(task_id=2**60)).content == NOT_FOUND


def test_everyone_lists_what_they_may_see_and_the_foreign_is_unknown(cast: Cast) -> None:
    made = ask(cast.employee, "POST", "/manual-time", body()).json()
    assert reasons(cast.admin) == reasons(cast.manager) == reasons(cast.employee) == ["At the printer's"]
    assert reasons(cast.stranger) == reasons(cast.admin, "?state=APPROVED") == reasons(cast.admin, "?search=x") == []
    assert reasons(cast.admin, f"?from={DAY}&to={DAY}") == ["At the printer's"]
    assert problem(ask(cast.owner, "GET", "/manual-time")) == (403, "forbidden")
    for path in (f"/manual-time/{made['id']}", f"/manual-time/{2**60}"):
        assert ask(cast.stranger, "GET", path).content == NOT_FOUND
