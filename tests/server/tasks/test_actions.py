"""What every change leaves: the log, the row, the mark that live pages wait for; and what at once means."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import actions, queries
from sundial.server.tasks.models import Project
from sundial.server.tasks.sockets import TASKS_CHANGED
from tests.cast import Cast
from tests.server.devices.plays import audit
from tests.server.tasks.plays import give, project, stored

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def mark(cast: Cast) -> Any:
    return TASKS_CHANGED.compute(cast.company.pk, clock.now())["mark"]


def test_every_change_is_in_the_log_and_names_people_by_number_alone(cast: Cast) -> None:
    task_id = give(cast.admin, cast.employee, "Secret plan")
    acting, now = cast.admin.acting, clock.now()
    actions.edit_task(acting=acting, task_id=task_id, changes={"assigned_to_id": cast.manager.id}, now=now)
    actions.edit_task(acting=acting, task_id=task_id, changes={"estimate_minutes": 5, "title": "Plan"}, now=now)
    actions.set_progress(acting=acting, task_id=task_id, progress=10, now=now)
    actions.set_status(acting=acting, task_id=task_id, status="DONE", now=now)
    actions.delete_task(acting=acting, task_id=task_id, now=now)
    actions.restore_task(acting=acting, task_id=task_id, now=now)
    seen = {
        "TASK_CREATED": {"assigned_to": cast.employee.id},
        "TASK_ASSIGNED": {
            "old_values": {"assigned_to": cast.employee.id}, "new_values": {"assigned_to": cast.manager.id},
        },
        "TASK_CHANGED": {
            "fields": ["estimate_minutes", "title"],
            "old_values": {"estimate_minutes": None}, "new_values": {"estimate_minutes": 5},
        },
        "TASK_STATUS_CHANGED": {
            "old_values": {"status": "OPEN", "progress": 0}, "new_values": {"status": "IN_PROGRESS", "progress": 10},
        },
        "TASK_DONE": {
            "old_values": {"status": "IN_PROGRESS", "progress": 10}, "new_values": {"status": "DONE", "progress": 100},
        },
        "TASK_DELETED": {},
        "TASK_RESTORED": {},
    }  # fmt: skip
    for action, expected in seen.items():
        ((entry, personal, details),) = audit(cast.company.pk, action)
        assert details == {"task": task_id, **expected}, action
        assert (entry.target_kind, entry.target_id) == ("task", task_id)
        assert "Secret" not in entry.details
        assert cast.employee.email not in f"{personal.description}{personal.target}{personal.more}"


def test_what_changes_nothing_is_not_written(cast: Cast) -> None:
    task_id, group = give(cast.admin, cast.employee), project(cast.admin, "Autumn")
    before, at = stored(cast.admin, task_id), mark(cast)
    acting, now = cast.admin.acting, clock.now()
    changes = {"title": before.title, "assigned_to_id": cast.employee.id, "due_date": None}
    actions.edit_task(acting=acting, task_id=task_id, changes=changes, now=now)
    actions.set_status(acting=acting, task_id=task_id, status="OPEN", now=now)
    actions.set_progress(acting=acting, task_id=task_id, progress=0, now=now)
    actions.restore_task(acting=acting, task_id=task_id, now=now)
    actions.edit_project(acting=acting, project_id=group, name="Autumn", now=now)
    actions.archive_project(acting=acting, project_id=group, archived=False, now=now)
    assert stored(cast.admin, task_id).changed_at == before.changed_at
    assert mark(cast) == at
    for action in ("TASK_CHANGED", "TASK_ASSIGNED", "TASK_STATUS_CHANGED", "TASK_RESTORED", "PROJECT_CHANGED"):
        assert audit(cast.company.pk, action) == []


def test_live_pages_are_told_of_every_change_and_of_nothing_else(cast: Cast) -> None:
    steps: list[Callable[[], object]] = [
        lambda: give(cast.admin, cast.employee, "Second"),
        lambda: actions.comment(acting=cast.admin.acting, task_id=task_id, text="Hm", now=clock.now()),
        lambda: actions.set_progress(acting=cast.admin.acting, task_id=task_id, progress=5, now=clock.now()),
        lambda: actions.delete_task(acting=cast.admin.acting, task_id=task_id, now=clock.now()),
        lambda: project(cast.admin),
    ]
    task_id = give(cast.admin, cast.employee, now=NOON)
    for step in steps:
        before = mark(cast)
        step()
        assert mark(cast) != before
    assert set(TASKS_CHANGED.compute(cast.company.pk, clock.now())) == {"company_id", "mark"}


def test_done_is_done_at_a_moment_and_opened_again_it_is_not(cast: Cast) -> None:
    task_id = give(cast.admin, cast.employee)
    actions.set_status(acting=cast.employee.acting, task_id=task_id, status="DONE", now=NOON)
    assert stored(cast.admin, task_id).completed_at == NOON
    actions.set_progress(acting=cast.employee.acting, task_id=task_id, progress=80, now=clock.now())
    assert stored(cast.admin, task_id).completed_at is None


def test_a_device_or_the_platform_is_no_person_who_lists_tasks(cast: Cast) -> None:
    task_id = give(cast.admin, cast.employee)
    for acting in (Acting.system(), Acting("device", 1, "device 1", Role.DEVICE, cast.company.pk), cast.owner.acting):
        with pytest.raises(NotFound):
            actions.set_status(acting=acting, task_id=task_id, status="DONE", now=clock.now())
        with pytest.raises(NotAllowed):
            actions.create_task(acting=acting, title="Mine", now=clock.now())
        with pytest.raises(NotAllowed):
            actions.wish_mail(acting=acting, wanted=False, now=clock.now())


def test_a_task_cannot_be_of_another_company_s_project(cast: Cast) -> None:
    foreign = project(cast.stranger)
    with pytest.raises(Invalid):
        give(cast.admin, project_id=foreign)
    task_id = give(cast.admin)
    with pytest.raises(IntegrityError, match="same_company"):
        smuggle(cast.company.pk, task_id, foreign)


def smuggle(company_id: int, task_id: int, project_id: int) -> None:
    """What no action does."""
    with acting_for(company_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("UPDATE tasks_task SET project_id = %s WHERE id = %s", [project_id, task_id])


def at_once(*deeds: Callable[[], object]) -> list[Exception | None]:
    """Each in a thread of its own, begun together; what each raised."""
    ready = threading.Barrier(len(deeds))
    came: list[Exception | None] = [None] * len(deeds)

    def run(number: int) -> None:
        try:
            ready.wait(30)
            deeds[number]()
        except Exception as error:
            came[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return came


def test_two_who_make_one_project_at_once_make_one(cast: Cast) -> None:
    came = at_once(*[lambda: project(cast.admin, "Autumn")] * 4)
    assert sorted(type(one).__name__ for one in came) == ["Invalid", "Invalid", "Invalid", "NoneType"]
    with acting_for(cast.company.pk), transaction.atomic():
        assert Project.objects.filter(name="Autumn").count() == 1


def test_changes_to_the_same_tasks_at_once_all_come_about(cast: Cast) -> None:
    ids = [give(cast.admin, cast.employee) for _one in range(6)]

    def change(order: list[int], status: str) -> Callable[[], object]:
        acting = cast.admin.acting
        return lambda: actions.change_several(acting=acting, task_ids=order, status=status, now=clock.now())

    came = at_once(*(change(ids if turn % 2 else ids[::-1], ("DONE", "IN_PROGRESS")[turn % 2]) for turn in range(4)))
    assert came == [None] * 4
    assert len({stored(cast.admin, one).status for one in ids}) == 1, "the last one moved all of them"


def test_one_s_own_open_tasks_are_few_and_soonest_first(cast: Cast) -> None:
    for number in range(4):
        give(cast.admin, cast.employee, f"Task {number}")
    found = queries.open_tasks_of(cast.company.pk, cast.employee.id, 3)
    assert [one.title for one in found] == ["Task 3", "Task 2", "Task 1"]
