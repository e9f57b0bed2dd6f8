"""The first system's doors of a person's own tasks."""

from datetime import date
from typing import Any

import pytest

from sundial.server.lib import clock
from sundial.server.tasks import actions
from tests.cast import Cast, make_person
from tests.server.classic.doors import is_refusal, post, token_of
from tests.server.tasks.plays import give, stored

KEYS = {"id", "title", "description", "status", "due_date", "assigned_by", "created_at", "completed_at"}


def own(cast: Cast, path: str = "/api/tasks/get", **more: Any) -> list[dict[str, Any]]:
    told = post(path, token=token_of(cast.employee), **more).json()
    assert told["status"] is True
    found: list[dict[str, Any]] = told["data"]
    return found


@pytest.mark.parametrize("path", ["/api/tasks/get", "/api/tasks/get/", "/tasks/get", "/tasks/get/"])
@pytest.mark.parametrize("form", [False, True])
def test_a_person_reads_their_own_tasks_newest_first(cast: Cast, path: str, form: bool) -> None:
    first = give(cast.manager, cast.employee, "First", description="All of it", due_date=date(2027, 3, 1))
    second = give(cast.admin, cast.employee, "Second")
    give(cast.admin, cast.manager, "Another's")
    found = own(cast, path, form=form)
    assert [one["id"] for one in found] == [second, first]
    assert {frozenset(one) for one in found} == {frozenset(KEYS)}
    assert found[1]["assigned_by"] == "Manager Player"
    assert (found[1]["description"], found[1]["due_date"]) == ("All of it", "2027-03-01")
    assert (found[1]["status"], found[1]["completed_at"]) == ("OPEN", None)
    assert found[1]["created_at"].endswith("Z")


def test_the_older_form_of_the_token_is_taken(cast: Cast) -> None:
    task_id = give(cast.admin, cast.employee)
    body = {"employee_id": str(cast.employee.id), "active_token": token_of(cast.employee)}
    assert post("/api/tasks/get", body).json()["data"][0]["id"] == task_id
    moved = post("/api/tasks/update", {**body, "task_id": str(task_id), "status": "IN_PROGRESS"}, form=True)
    assert moved.json()["data"][0]["status"] == "IN_PROGRESS"


@pytest.mark.parametrize("path", ["/api/tasks/update", "/api/tasks/update/", "/tasks/update", "/tasks/update/"])
def test_a_person_moves_their_own_task(cast: Cast, path: str) -> None:
    task_id = give(cast.admin, cast.employee)
    told = post(path, {"task_id": task_id, "status": "DONE"}, token=token_of(cast.employee)).json()
    ((one,), status) = told["data"], told["status"]
    assert (status, one["id"], one["status"]) == (True, task_id, "DONE")
    assert one["completed_at"].endswith("Z")
    assert stored(cast.admin, task_id).progress == 100


def test_nobody_moves_another_s_task_through_this_door(cast: Cast) -> None:
    colleague = make_person(cast.admin, "EMPLOYEE", "colleague")
    deleted = give(cast.admin, cast.employee)
    actions.delete_task(acting=cast.admin.acting, task_id=deleted, now=clock.now())
    tasks = [give(cast.admin, colleague), give(cast.stranger, cast.stranger), deleted, 2**62]
    answers = {
        post("/api/tasks/update", {"task_id": one, "status": "DONE"}, token=token_of(cast.employee)).content
        for one in tasks
    }
    assert len(answers) == 1
    refused = post("/api/tasks/update", {"task_id": tasks[0], "status": "DONE"}, token=token_of(cast.admin))
    assert is_refusal(refused, 404)
    assert stored(cast.admin, tasks[0]).status == "OPEN"


def test_what_is_no_task_or_no_status_is_refused_in_words(cast: Cast) -> None:
    task_id, token = give(cast.admin, cast.employee), token_of(cast.employee)
    for body in ({}, {"task_id": task_id}, {"task_id": "x", "status": "DONE"}, {"task_id": task_id, "status": "LATER"},
                 {"task_id": task_id, "status": 1}, {"task_id": task_id, "status": "\x00"}):  # fmt: skip
        assert is_refusal(post("/api/tasks/update", body, token=token), 422)
    assert is_refusal(post("/api/tasks/get", [1], token=token), 400)


def test_who_may_not_act_reads_no_tasks(cast: Cast) -> None:
    for path in ("/api/tasks/get", "/api/tasks/update"):
        body = {"task_id": 1, "status": "DONE"}
        assert is_refusal(post(path, body), 401)
        assert is_refusal(post(path, body, token=token_of(cast.owner)), 403)
        assert is_refusal(post(path, body, token=token_of(cast.employee), key="sdk_other"), 403)
