"""Mail to whoever is given a task: by a job, after the commit, and only if they want it."""

from datetime import date

from django.core import mail
from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.tasks import actions, jobs
from tests.cast import Cast
from tests.server.devices.plays import audit
from tests.server.tasks.plays import give


def waiting(task_id: int) -> QuerySet[ProcrastinateJob]:
    return ProcrastinateJob.objects.filter(task_name="tasks.mail_assigned", args__task_id=task_id)


def test_a_task_that_somebody_else_gives_is_a_row_for_the_worker(cast: Cast) -> None:
    task_id = give(cast.manager, cast.employee)
    (job,) = waiting(task_id)
    assert (job.args["user_id"], job.args["by"]) == (cast.employee.id, "Manager Player")
    assert mail.outbox == []
    assert not waiting(give(cast.manager, cast.manager)).exists()
    assert not waiting(give(cast.manager)).exists()


def test_a_task_that_is_rolled_back_mails_nothing(cast: Cast) -> None:
    with transaction.atomic():
        task_id = give(cast.manager, cast.employee)
        transaction.set_rollback(True)
    assert not waiting(task_id).exists()


def test_the_mail_says_what_it_is_and_where(cast: Cast) -> None:
    task_id = give(cast.admin, cast.employee, "Proof <b>it</b>", due_date=date(2027, 1, 2))
    jobs.mail_assigned(cast.company.pk, task_id, cast.employee.id, "Ada\nAdmin")
    (sent,) = mail.outbox
    assert sent.to == [cast.employee.email]
    assert sent.subject == "Ada Admin gave you a task: Proof <b>it</b>"
    assert "Proof <b>it</b>" in str(sent.body)
    assert "Saturday 2 January 2027" in str(sent.body)
    assert f"/tasks/{task_id}/" in str(sent.body)


def test_what_is_no_longer_theirs_or_whoever_may_not_sign_in_is_written_to_no_more(cast: Cast) -> None:
    given, deleted, theirs = (give(cast.admin, cast.employee) for _one in range(3))
    now = clock.now()
    actions.edit_task(acting=cast.admin.acting, task_id=given, changes={"assigned_to_id": cast.manager.id}, now=now)
    actions.delete_task(acting=cast.admin.acting, task_id=deleted, now=now)
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=now)
    for task_id in (given, deleted, theirs, 2**62):
        jobs.mail_assigned(cast.company.pk, task_id, cast.employee.id, "Ada")
    jobs.mail_assigned(cast.other.pk, theirs, cast.employee.id, "Ada")
    assert mail.outbox == []


def test_who_wants_no_mail_gets_none_until_they_want_it_again(cast: Cast) -> None:
    actions.wish_mail(acting=cast.employee.acting, wanted=False, now=clock.now())
    actions.wish_mail(acting=cast.employee.acting, wanted=False, now=clock.now())
    assert not waiting(give(cast.admin, cast.employee)).exists()
    assert waiting(give(cast.admin, cast.manager)).exists()
    actions.wish_mail(acting=cast.employee.acting, wanted=True, now=clock.now())
    assert waiting(give(cast.admin, cast.employee)).exists()
    said = [details["wanted"] for _entry, _personal, details in audit(cast.company.pk, "TASK_MAIL_CHANGED")]
    assert said == [False, True]
