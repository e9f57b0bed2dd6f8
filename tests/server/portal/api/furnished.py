"""A company with at least two of everything that a list of the public API can hold, and no two of them alike."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction

from sundial.server.activity import actions as activity
from sundial.server.alerts.models import Alert
from sundial.server.alerts.types import State
from sundial.server.billing import actions as billing
from sundial.server.billing.types import Line
from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.lifecycle import jobs as lifecycle_jobs
from sundial.server.tasks import actions as tasks
from sundial.server.tracking import actions as policies
from sundial.server.vault import actions as vault
from tests.cast import Cast, make_cast, make_company, make_person, unique
from tests.server.activity.plays import begin, drained, picture, span
from tests.server.audit.archives import JANUARY, archive_company, live_through
from tests.server.devices.plays import enrol, report
from tests.server.portal.api.knock import ask
from tests.server.portal.test_activity import DAY, NINE, at, shown, worked
from tests.server.tasks.plays import give, project
from tests.server.vault.plays import put


@dataclass(frozen=True)
class Furnished:
    """The cast in that company, a word in the names of two more of the owner's, a task that was talked about."""

    cast: Cast
    word: str
    task: int


def furnish() -> Furnished:
    """A company founded long ago, with archives, and everything else of these days."""
    cast = make_cast(JANUARY)
    live_through(cast.company.pk, 60)
    archive_company(cast.company.pk)
    word = unique("listed")
    _platform(cast, word)
    _arranged(cast)
    _recorded(cast)
    _filed(cast)
    return Furnished(cast, word, _given(cast))


def _platform(cast: Cast, word: str) -> None:
    first, second = (make_company(cast.owner, f"{name}-{word}")[0] for name in ("first", "second"))
    for n, company in enumerate((second, first), 1):
        billing.draft_invoice(
            acting=cast.owner.acting,
            company_id=company.pk,
            period_start=date(2026, n, 1),
            period_end=date(2026, n, 28),
            lines=[Line("seats", n, 100)],
            now=clock.now(),
        )
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=second.pk, reason="unpaid", now=clock.now())
    company_id = cast.company.pk
    for seconds, by in ((60, cast.admin), (120, cast.owner)):
        changes = {"screenshot_interval_seconds": seconds}
        policies.change_policy(acting=cast.owner.acting, company_id=company_id, changes=changes, now=clock.now())
        export = lifecycle.ask_export(acting=by.acting, company_id=company_id, now=clock.now())
        lifecycle_jobs.make_company_export(company_id, export)


def _arranged(cast: Cast) -> None:
    admin = cast.admin.acting
    gone = make_person(cast.admin, Role.EMPLOYEE, "gone", clock.now())
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.deactivate_person(acting=admin, user_id=gone.id, now=clock.now())
        for name, kind in (("finance", "flag"), ("clearance", "number")):
            companies.add_attribute(acting=admin, name=name, kind=kind, now=clock.now())
        north = companies.add_department(acting=admin, name="North", parent_id=None, now=clock.now()).pk
        companies.add_department(acting=admin, name="Design", parent_id=north, now=clock.now())
        companies.add_team(acting=admin, name="Night", now=clock.now())
    assert ask(cast.admin, "PATCH", f"/users/{cast.employee.id}", {"department_id": north}).status_code == 200


def _recorded(cast: Cast) -> None:
    session = worked(cast)
    for seconds in (100, 400):
        shown(cast, session, seconds)
    later = replace(cast, now=cast.now + timedelta(seconds=1))
    tower = enrol(later, cast.manager, hostname="tower").device_id
    other = begin(cast, at=at(30), player=cast.manager, device_id=tower)
    span(other, at(30), 120, name="Terminal")
    report(other.company_id, other.device_id, policy_version=3, app_version="1.1.0")
    report(session.company_id, session.device_id, policy_version=2)
    activity.stop_session(company_id=other.company_id, user_id=other.user_id, session_id=other.pk, now=at(200))
    shown(cast, other, 150)
    for one in (session, other):
        activity.rebuild_usage(company_id=one.company_id, user_id=one.user_id, start=NINE, end=at(967))
        drained(one.company_id, one.user_id, NINE, at(967), clock.now())
    for n, reason in enumerate(("At the printer's", "On the train"), 1):
        manual = activity.Manual(NINE - n * timedelta(hours=3), NINE - n * timedelta(hours=2), reason)
        activity.ask_manual(acting=cast.employee.acting, manual=manual, now=clock.now())
    with acting_for(cast.company.pk), transaction.atomic():
        for n, person in enumerate((cast.employee, cast.manager)):
            Alert.objects.create(
                company_id=cast.company.pk,
                rule="never_synced",
                subject_kind="person",
                subject_id=person.id,
                user_id=person.id,
                state=State.OPEN,
                details={"since": NINE.isoformat(), "computer": ""},
                first_seen_at=at(n),
                raised_at=at(n),
            )


def _filed(cast: Cast) -> None:
    for by, name, parent in ((cast.admin, "Plans", None), (cast.employee, "Invoices", None)):
        vault.make_folder(acting=by.acting, name=name, parent_id=parent, now=clock.now())
    put(cast.admin, "Plan.txt")
    put(cast.employee, "Invoice.png", picture())


def _given(cast: Cast) -> int:
    """Two tasks of two projects; the one that was talked about."""
    first, second = (project(cast.admin, name) for name in ("Catalogue", "Brochure"))
    done = give(cast.admin, cast.employee, "Proof it", project_id=first, due_date=DAY)
    tasks.set_progress(acting=cast.employee.acting, task_id=done, progress=100, now=clock.now())
    task = give(cast.admin, cast.manager, "Print it", project_id=second, due_date=DAY + timedelta(days=1))
    for text in ("Page nine is upside down.", "No more."):
        tasks.comment(acting=cast.manager.acting, task_id=task, text=text, now=clock.now())
    return task
