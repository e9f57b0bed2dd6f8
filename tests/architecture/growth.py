"""More of everything in the company of the route table's stage, as people and their agents make it."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.db import transaction
from PIL import Image

from sundial.server.activity import actions as activity
from sundial.server.activity.types import SpanKind
from sundial.server.alerts.models import Alert
from sundial.server.billing import actions as billing
from sundial.server.billing.types import Line
from sundial.server.companies import actions as companies
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import actions as tasks
from sundial.server.tracking import actions as policies
from tests.cast import Cast, Player, make_company, make_person, unique
from tests.server.activity.plays import begin, drained, span


def grow(cast: Cast, many: int) -> None:
    """So many more people in the manager's team, each with a day of everything; and more of what companies have."""
    for n in range(many):
        person = make_person(cast.admin, Role.EMPLOYEE, f"colleague{n}")
        _placed(cast, person)
        _worked(cast, person, days_ago=many + n + 1)
        _given(cast, person)
    for n in range(many):  # the one who looks at their own pages has more, too
        _worked(cast, cast.employee, days_ago=many + n + 1)
        _given(cast, cast.employee)
    for n in range(many):
        policies.change_policy(
            acting=cast.owner.acting,
            company_id=cast.company.pk,
            changes={"screenshot_quality": 60 + many + n},
            now=clock.now(),
        )
        make_company(cast.owner, "neighbour")
        _billed(cast)


def _placed(cast: Cast, person: Player) -> None:
    """In a department, a team and a list of attributes of their own; all in the manager's team."""
    by, now = cast.admin.acting, clock.now()
    with acting_for(cast.company.pk), transaction.atomic():
        department = companies.add_department(acting=by, name=unique("Props"), parent_id=None, now=now)
        companies.edit_person(acting=by, user_id=person.id, changes={"department_id": department.pk}, now=now)
        companies.add_attribute(acting=by, name=unique("skill"), now=now)
    companies.make_team(
        company_id=cast.company.pk, name=unique("Crew"), members=[person.id], managers=[cast.manager.id]
    )


def _worked(cast: Cast, person: Player, *, days_ago: int) -> None:
    """A session with a program, a site, an absence and a picture; manual time over its end; an alert about it."""
    at, company_id = clock.now() - timedelta(days=days_ago, hours=3), cast.company.pk
    session = begin(cast, at=at, player=person)
    for kind, name in ((SpanKind.APP, unique("app")), (SpanKind.WEBSITE, unique("site")), (SpanKind.AWAY, "idle")):
        span(session, at + timedelta(minutes=int(kind)), 30, kind=kind, name=name)
    taken = activity.Taken(uuid4(), session.uuid, at, "")
    activity.take_screenshot(
        company_id=company_id, user_id=person.id, device_id=session.device_id, taken=taken, image=_png(), now=at
    )
    activity.stop_session(company_id=company_id, user_id=person.id, session_id=session.pk, now=at + timedelta(hours=1))
    activity.rebuild_usage(company_id=company_id, user_id=person.id, start=at, end=at + timedelta(hours=1))
    drained(company_id, person.id, at, at + timedelta(hours=1))
    manual = activity.Manual(at + timedelta(minutes=30), at + timedelta(minutes=90), "At the printer's")
    activity.ask_manual(acting=person.acting, manual=manual, now=clock.now())
    with acting_for(company_id), transaction.atomic():
        Alert.objects.create(
            company_id=company_id,
            rule="silent",
            subject_kind="session",
            subject_id=session.pk,
            user_id=person.id,
            state="OPEN",
            details={"since": at.isoformat()},
            first_seen_at=at,
            raised_at=at,
        )


def _png() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    return picture.getvalue()


def _given(cast: Cast, person: Player) -> None:
    """A task of a project, with words about it."""
    made = tasks.make_project(acting=cast.admin.acting, name=unique("Stage"), now=clock.now())
    task = tasks.create_task(
        acting=cast.admin.acting,
        title=unique("Lights"),
        assigned_to_id=person.id,
        project_id=made.pk,
        now=clock.now(),
    )
    tasks.comment(acting=person.acting, task_id=task.pk, text="Soon.", now=clock.now())


def _billed(cast: Cast) -> None:
    by, now, today = cast.owner.acting, clock.now(), date(2026, 11, 1)
    billing.make_plan(acting=by, values={"name": unique("plan")}, now=now)
    asked: dict[str, Any] = {"company_id": cast.company.pk, "period_start": today, "period_end": today}
    invoice = billing.draft_invoice(acting=by, lines=[Line("Help", 1, 5000)], now=now, **asked)
    billing.send_invoice(acting=by, company_id=cast.company.pk, invoice_id=invoice.id, now=now)
