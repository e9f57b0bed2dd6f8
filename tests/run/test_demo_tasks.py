"""The demo's projects and tasks: what a month leaves, and sessions that were for them."""

from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from sundial.run.demo_history import ZONE, Member, write_history
from sundial.run.demo_story import Story
from sundial.run.demo_tasks import ALONE, PROJECTS, Staff, choose_tasks, write_tasks
from sundial.run.postgres import Cluster
from sundial.server.activity.models import Mark
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import queries
from sundial.server.tasks.models import Task
from sundial.server.tasks.types import Status, TaskView, Wanted
from tests.cast import Cast
from tests.server.devices.plays import enrol

DAYS = 12
NOW = datetime.combine(clock.now().astimezone(ZONE).date(), time(12, 30), ZONE).astimezone(UTC) - timedelta(days=1)


def made(cast: Cast) -> list[TaskView]:
    """The demo's tasks, given to the cast's employee and manager."""
    staff = Staff(cast.company.pk, cast.admin.acting, [cast.employee.acting, cast.manager.acting])
    story = Story(cast.company.pk)
    count = write_tasks(story, staff, seed=1, days=DAYS, now=NOW)
    story.tell()
    found = list(queries.tasks(cast.admin.acting, Wanted(NOW.date()), page_size=100).items)
    assert len(found) == count == sum(len(titles) for _name, _hue, titles in PROJECTS) + len(ALONE)
    return found


def test_a_month_leaves_tasks_of_every_kind_and_writes_to_nobody(cast: Cast) -> None:
    tasks = made(cast)
    assert {one.status for one in tasks} == set(Status)
    assert any(one.is_overdue(NOW.date()) for one in tasks)
    assert {one.project for one in tasks} == {"", *(name for name, _hue, _titles in PROJECTS)}
    assert {one.title for one in tasks if one.assigned_to_id is None} == set(ALONE)
    assert all(one.created_at <= (one.completed_at or NOW) <= NOW for one in tasks)
    ids = [one.id for one in tasks]
    assert not ProcrastinateJob.objects.filter(task_name="tasks.mail_assigned", args__task_id__in=ids).exists()


def test_some_sessions_of_the_past_were_for_tasks_that_their_person_had_then(cluster: Cluster, cast: Cast) -> None:
    made(cast)
    member = Member(cast.company.pk, cast.employee.id, enrol(cast).device_id)
    write_history(dsn=cluster.app_dsn("sundial"), members=[member], seed=1, days=DAYS, now=NOW)
    choose_tasks(cast.company.pk)
    with acting_for(cast.company.pk), transaction.atomic():
        marks = list(Mark.objects.filter(kind="session").values_list("state", "task_id", "at"))
        tasks = Task.objects.in_bulk([task_id for _state, task_id, _at in marks if task_id])
    chosen = [(state, tasks[task_id], at) for state, task_id, at in marks if task_id]
    assert 0 < len(chosen) < len(marks)
    for state, task, at in chosen:
        assert state in {"started", "resumed"}
        assert task.assigned_to_id == cast.employee.id
        assert task.created_at <= at < (task.completed_at or at + timedelta(1))
