"""The large demo, made small: its sums equal a recount, its audit log verifies, and nothing is made twice."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from sundial.run import demo_large, demo_large_tasks
from sundial.run.demo import FIRST, LAST
from sundial.run.demo_large import Large, Size
from sundial.server.activity import actions as activity
from sundial.server.activity.models import (
    CompanyDay,
    CompanyHour,
    Day,
    DayHour,
    DayTask,
    DayTop,
    DayUsage,
    Month,
    MonthHour,
    MonthUsage,
    Screenshot,
    Usage,
)
from sundial.server.activity.types import SpanKind
from sundial.server.audit import queries as entries
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.tasks.models import Comment, Task
from tests.cast import make_owner

SIZE = Size(people=4, days=70, entries=1200, screenshots=500)
SUMS = (Day, DayHour, DayUsage, DayTask, CompanyDay, CompanyHour, DayTop, Month, MonthUsage, MonthHour)


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Large:
    with django_db_blocker.unblock():
        names = demo_large.believable_names(FIRST, LAST)
        return demo_large.seed(
            owner=make_owner().acting, names=names, size=SIZE, now=clock.now(), say=lambda _text: None
        )


@pytest.mark.usefixtures("committed_db")
def test_the_year_has_its_days_sums_and_pictures(large: Large) -> None:
    with acting_for(large.company_id), transaction.atomic():
        days = list(Day.objects.filter(company_id=large.company_id))
        pictures = Screenshot.objects.filter(company_id=large.company_id).count()
    assert len(days) > 4 * 45
    assert all(day.worked_ms > 6 * 3600_000 and day.paused_ms == 1800_000 and day.away_ms == 720_000 for day in days)
    assert sum(day.screenshots for day in days) == pictures
    assert 400 < pictures < 600


@pytest.mark.usefixtures("committed_db")
def test_what_lies_in_the_sums_is_the_time_that_was_worked(large: Large) -> None:
    with acting_for(large.company_id), transaction.atomic():
        usage = {(row.user_id, row.day): 0 for row in DayUsage.objects.all()}
        for row in DayUsage.objects.filter(kind__in=(SpanKind.APP, SpanKind.AWAY)):
            usage[row.user_id, row.day] += row.ms
        worked = {(row.user_id, row.day): row.worked_ms for row in Day.objects.all()}
        spans = sum(Usage.objects.values_list("spans", flat=True))
    assert usage == worked
    assert spans > len(worked) * 340, "a year of 1,000 people comes to 100 million spans"


@pytest.mark.usefixtures("committed_db")
def test_made_anew_by_the_worker_the_sums_are_the_same(large: Large) -> None:
    def sums() -> dict[str, list[tuple[object, ...]]]:
        with acting_for(large.company_id), transaction.atomic():
            return {one.__name__: sorted(one._default_manager.values_list()) for one in SUMS}

    before, today = sums(), clock.now().date()
    assert all(before.values())
    activity.rebuild_days(
        company_id=large.company_id, first=today - timedelta(days=SIZE.days), last=today, now=clock.now()
    )
    after = sums()
    assert {name: after[name] for name in before if after[name] != before[name]} == {}


@pytest.mark.usefixtures("committed_db")
def test_everybody_has_tasks_and_worked_on_one_of_them_each_day(large: Large) -> None:
    with acting_for(large.company_id), transaction.atomic():
        tasks = list(Task.objects.values_list("assigned_to_id", "status"))
        assert Comment.objects.exists()
        days = Day.objects.count()
        on_tasks = DayTask.objects.count()
    assert len(tasks) == SIZE.people * demo_large_tasks.EACH
    assert {status for _who, status in tasks} >= {"IN_PROGRESS", "DONE"}
    assert days / 2 < on_tasks <= days


@pytest.mark.usefixtures("committed_db")
def test_its_audit_log_is_as_long_as_promised_and_verifies(large: Large) -> None:
    page = entries.entries(large.admin)
    assert page.count >= SIZE.entries
    assert page.items[0].description.split(" (")[0] in {one[3] for one in demo_large.demo_large_audit.KINDS}
    with acting_for(large.company_id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(seq) FROM audit_entry WHERE company_id = %s", [large.company_id])
        assert cursor.fetchone() == (page.count, page.count)
