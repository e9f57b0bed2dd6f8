"""The agents' doors: what a person has to do, and where a task stands by their word."""

import json
from datetime import date

import pytest

from sundial.protocol import catalogue
from sundial.server.lib import clock
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.tasks import actions
from sundial.server.tasks.types import Status
from tests.cast import Cast, make_person
from tests.server.devices.plays import Agent, audit, enrol
from tests.server.tasks.plays import give, notices, project, stored


def agent_of(cast: Cast) -> Agent:
    return Agent(enrol(cast).token)


def test_an_agent_reads_what_its_person_has_to_do_soonest_due_first(cast: Cast) -> None:
    catalogue_id = project(cast.admin)
    later = give(cast.manager, cast.employee, "Later", due_date=date(2027, 5, 1))
    some_day = give(cast.manager, cast.employee, "Some day")
    soon = give(cast.admin, cast.employee, "Soon", due_date=date(2027, 1, 2), project_id=catalogue_id)
    done = give(cast.admin, cast.employee, "Done")
    actions.set_status(acting=cast.employee.acting, task_id=done, status="DONE", now=clock.now())
    give(cast.admin, cast.manager, "Another's")
    told = agent_of(cast).get("tasks")
    assert told.status == 200
    assert told.body["tasks"] == [
        {"id": soon, "title": "Soon", "project": "Catalogue", "status": "OPEN", "due_date": "2027-01-02"},
        {"id": later, "title": "Later", "project": "", "status": "OPEN", "due_date": "2027-05-01"},
        {"id": some_day, "title": "Some day", "project": "", "status": "OPEN", "due_date": None},
    ]


def test_whoever_has_this_very_list_is_told_so(cast: Cast) -> None:
    agent = agent_of(cast)
    first = give(cast.admin, cast.employee)
    etag = agent.get("tasks").headers["ETag"]
    headers = {"Authorization": f"Bearer {agent.token}", "If-None-Match": etag}
    again = agent.client.get("/agent/v1/tasks", headers=headers)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    actions.set_status(acting=cast.admin.acting, task_id=first, status="IN_PROGRESS", now=clock.now())
    assert agent.client.get("/agent/v1/tasks", headers=headers).status_code == 200


def test_a_task_is_moved_from_the_agent_and_the_log_says_by_which_device(cast: Cast) -> None:
    device = enrol(cast)
    agent, task_id = Agent(device.token), give(cast.admin, cast.employee)
    told = agent.post(f"tasks/{task_id}", {"status": "IN_PROGRESS"})
    assert (told.status, told.body["status"]) == (200, "IN_PROGRESS")
    assert set(told.body) == set(json.loads(catalogue.example("task")))
    assert stored(cast.admin, task_id).status == Status.IN_PROGRESS
    ((entry, personal, details),) = audit(cast.company.pk, "TASK_STATUS_CHANGED")
    assert (entry.actor_kind, entry.actor_id, personal.actor) == (
        "device", device.device_id, f"device {device.device_id}",
    )  # fmt: skip
    assert details["old_values"] == {"status": "OPEN", "progress": 0}
    assert agent.post(f"tasks/{task_id}", {"status": "DONE"}).body["status"] == "DONE"
    assert agent.get("tasks").body == {"tasks": []}


def test_a_colleague_s_foreign_deleted_and_unknown_task_are_one_answer(cast: Cast) -> None:
    colleague = make_person(cast.admin, "EMPLOYEE", "colleague")
    deleted = give(cast.admin, cast.employee)
    actions.delete_task(acting=cast.admin.acting, task_id=deleted, now=clock.now())
    others = [give(cast.admin, colleague), give(cast.stranger, cast.stranger), deleted, 2**62]
    agent = agent_of(cast)
    answers = {
        (told.status, str(told.body)) for told in (agent.post(f"tasks/{one}", {"status": "DONE"}) for one in others)
    }
    assert [status for status, _body in answers] == [404]
    assert {stored(cast.admin, one).status for one in (others[0], deleted)} == {Status.OPEN}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", {}, {"status": "LATER"}, {"status": 3}, {"status": None}])
def test_what_is_no_status_is_malformed_and_moves_nothing(cast: Cast, body: object) -> None:
    task_id = give(cast.admin, cast.employee)
    told = agent_of(cast).post(f"tasks/{task_id}", body)
    assert (told.status, told.body["error"]["code"]) == (400, "malformed")
    assert stored(cast.admin, task_id).status == Status.OPEN


def test_a_body_larger_than_any_status_is_not_read(cast: Cast) -> None:
    told = agent_of(cast).post(f"tasks/{give(cast.admin, cast.employee)}", b" " * 5000)
    assert (told.status, told.body["error"]["code"]) == (413, "too_large")


def test_without_a_token_and_while_suspended_nothing_is_told(cast: Cast) -> None:
    task_id, agent = give(cast.admin, cast.employee), agent_of(cast)
    assert Agent("nonsense").get("tasks").status == 401
    assert agent.post("tasks", {}).status == 405
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())
    for told in (agent.get("tasks"), agent.post(f"tasks/{task_id}", {"status": "DONE"})):
        assert (told.status, told.body["error"]["code"]) == (403, "suspended")


def test_every_agent_of_the_person_hears_what_changed_and_nobody_else_s(cast: Cast) -> None:
    laptop, desk = enrol(cast), enrol(cast, hostname="desk")
    other = enrol(cast, cast.manager)
    task_id = give(cast.admin, cast.employee, "Sort samples")
    for device in (laptop, desk):
        ((kind, body),) = notices(cast.company.pk, device.device_id)
        assert (kind, body) == ("task_changed", {"task": task_id, "text": "Ada Admin gave you a task: Sort samples"})
    assert notices(cast.company.pk, other.device_id) == []
    actions.edit_task(
        acting=cast.admin.acting, task_id=task_id, changes={"assigned_to_id": cast.manager.id}, now=clock.now()
    )
    assert notices(cast.company.pk, laptop.device_id)[-1] == ("task_changed", {"task": task_id})
    assert len(notices(cast.company.pk, other.device_id)) == 1


def test_a_move_to_where_it_stands_tells_no_agent(cast: Cast) -> None:
    device, task_id = enrol(cast), give(cast.admin, cast.employee)
    before = notices(cast.company.pk, device.device_id)
    actions.set_status(acting=cast.employee.acting, task_id=task_id, status="OPEN", now=clock.now())
    assert notices(cast.company.pk, device.device_id) == before
