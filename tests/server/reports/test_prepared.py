"""Large files: made by the worker by the rights of whoever asked, theirs alone, gone after a day."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from sundial.server.audit.models import Entry
from sundial.server.companies.models import Membership
from sundial.server.companies.types import MemberStatus
from sundial.server.lib import clock
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from sundial.server.lib.scope import acting_for
from sundial.server.reports import actions, jobs, queries
from sundial.server.reports.actions import exporting
from sundial.server.reports.models import Export
from sundial.server.reports.types import Asked, ExportState, Form, Report
from tests.cast import Cast, Player
from tests.server.reports.plays import MONDAY, at, page, ways, work

TOLD = {"from": "2026-11-02", "to": "2026-11-08"}


def asked(player: Player) -> Asked:
    """The week's daily report, asked for by this person."""
    with acting_for(player.acting.company_id or 0), transaction.atomic():
        return queries.ask(player.acting, Report.DAILY, TOLD, now=clock.now())


def prepared(player: Player, now: datetime | None = None) -> Export:
    """A file that this person had prepared, not made yet."""
    return actions.prepare(acting=player.acting, asked=asked(player), form=Form.CSV, now=now or clock.now())


def again(row: Export) -> Export:
    """The row as it stands now."""
    with acting_for(row.company_id), transaction.atomic():
        return Export.objects.get(id=row.pk)


def file_of(row: Export) -> Path:
    """Where its bytes lie."""
    return Path(settings.EXPORTS_DIR) / str(row.company_id) / str(row.pk)


@pytest.fixture
def week(cast: Cast) -> Cast:
    """A cast of which the employee worked on a Monday."""
    ways(cast.company)
    work(cast, cast.employee, at(MONDAY, 9), 3661)
    return cast


def test_a_file_is_made_by_its_job_and_fetched_by_whoever_asked(week: Cast) -> None:
    row = prepared(week.manager)
    job = ProcrastinateJob.objects.filter(task_name=actions.MAKE_EXPORT, args__export_id=row.pk).get()
    jobs.make_export(**job.args)
    made = again(row)
    assert (made.state, made.lines, made.lines_done) == (ExportState.READY, 1, 1)
    answer = week.manager.client.get(f"/reports/exports/{row.pk}/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="daily-2026-11-02-2026-11-08.csv"'
    assert "Employee Player,1:01:01" in answer.content.decode()
    assert "Ready" in page(week.manager, "/reports/exports/")


def test_it_lies_sealed_and_nobody_else_may_fetch_it(week: Cast) -> None:
    row = prepared(week.manager)
    actions.make_export(company_id=row.company_id, export_id=row.pk, now=clock.now())
    assert b"Employee" not in file_of(row).read_bytes()
    for player in (week.admin, week.employee, week.stranger):
        assert player.client.get(f"/reports/exports/{row.pk}/").status_code == 404
        with pytest.raises(NotFound):
            actions.fetch(acting=player.acting, export_id=row.pk, now=clock.now())


def test_a_file_that_was_changed_is_not_handed_over(week: Cast) -> None:
    row = prepared(week.admin)
    actions.make_export(company_id=row.company_id, export_id=row.pk, now=clock.now())
    file_of(row).write_bytes(b"x" * 100)
    with pytest.raises(Conflict, match="no longer be read"):
        actions.fetch(acting=week.admin.acting, export_id=row.pk, now=clock.now())
    assert week.admin.client.get(f"/reports/exports/{row.pk}/").status_code == 302


def test_one_that_is_not_ready_says_so(week: Cast) -> None:
    row = prepared(week.admin)
    with pytest.raises(Conflict, match="not ready"):
        actions.fetch(acting=week.admin.acting, export_id=row.pk, now=clock.now())
    assert "Waits" in page(week.admin, "/reports/exports/")


def test_it_is_made_by_the_rights_of_the_moment_in_which_it_is_made(week: Cast) -> None:
    row = prepared(week.manager)
    with acting_for(week.company.pk), transaction.atomic():
        Membership.objects.filter(user_id=week.manager.id).update(status=MemberStatus.INACTIVE)
    actions.make_export(company_id=row.company_id, export_id=row.pk, now=clock.now())
    assert again(row).state == ExportState.FAILED
    assert not file_of(row).exists()


def test_a_job_that_runs_twice_makes_one_file(week: Cast) -> None:
    row = prepared(week.admin)
    actions.make_export(company_id=row.company_id, export_id=row.pk, now=clock.now())
    first = file_of(row).read_bytes()
    actions.make_export(company_id=row.company_id, export_id=row.pk, now=clock.now())
    assert file_of(row).read_bytes() == first


def test_a_failure_is_said_to_whoever_asked(week: Cast) -> None:
    row = prepared(week.admin)
    with acting_for(week.company.pk), transaction.atomic():
        Export.objects.filter(id=row.pk).update(asked={**row.asked, "team": "999999999"})
    with pytest.raises(NotFound):
        jobs.make_export(company_id=row.company_id, export_id=row.pk)
    assert again(row).state == ExportState.FAILED
    assert "could not be made" in page(week.admin, "/reports/exports/")


def test_after_a_day_it_is_gone_and_others_stay(week: Cast) -> None:
    now = clock.now()
    old, young = prepared(week.admin, now - timedelta(hours=25)), prepared(week.admin, now)
    for row in (old, young):
        actions.make_export(company_id=row.company_id, export_id=row.pk, now=row.made_at)
    with pytest.raises(NotFound):
        actions.fetch(acting=week.admin.acting, export_id=old.pk, now=now)
    assert actions.sweep_exports(now=now) >= 1
    assert (file_of(old).exists(), file_of(young).exists()) == (False, True)
    with acting_for(week.company.pk), transaction.atomic():
        assert list(Export.objects.values_list("id", flat=True)) == [young.pk]


def test_one_that_was_left_halfway_is_given_up(week: Cast) -> None:
    row = prepared(week.admin, clock.now() - timedelta(hours=2))
    actions.sweep_exports(now=clock.now())
    assert again(row).state == ExportState.FAILED


def test_asking_is_written_down_and_too_many_at_once_are_refused(week: Cast) -> None:
    for _count in range(exporting.MOST_WAITING):
        prepared(week.admin)
    with pytest.raises(TooMany):
        prepared(week.admin)
    with acting_for(week.company.pk), transaction.atomic():
        assert Entry.objects.filter(action="REPORT_EXPORTED").count() == exporting.MOST_WAITING


def test_a_file_that_nobody_could_open_is_refused_with_a_way_out(week: Cast) -> None:
    problem = exporting.too_large(exporting.MOST_LINES + 1)
    assert problem is not None
    assert isinstance(problem, Invalid)
    assert "choose fewer days" in problem.message
    assert exporting.too_large(exporting.MOST_LINES) is None


def test_lines_are_many_for_one_form_before_they_are_for_another() -> None:
    assert [actions.is_large(form, 1_000) for form in Form] == [False, False, True]
    assert [actions.is_large(form, 10_000) for form in Form] == [True, True, True]


def test_the_owner_and_whoever_may_not_read_a_report_cannot_have_it_prepared(week: Cast) -> None:
    with pytest.raises(NotAllowed), transaction.atomic():
        queries.ask(week.owner.acting, Report.DAILY, TOLD, now=clock.now())
    with pytest.raises(NotAllowed), acting_for(week.company.pk), transaction.atomic():
        queries.ask(week.employee.acting, Report.COMPARISON, TOLD, now=clock.now())
    for form, report in (("exe", "daily"), ("csv", "no-such")):
        assert week.admin.client.post(f"/reports/exports/?format={form}", {"report": report}).status_code == 404
