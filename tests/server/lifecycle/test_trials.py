"""Trials: their administrators are warned, they end by themselves, and nothing is deleted."""

from datetime import timedelta

from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from sundial.server.companies import queries as companies
from sundial.server.companies.actions.trials import set_trial
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib.acting import Role
from sundial.server.lifecycle import actions, jobs
from sundial.server.lifecycle.actions.trials import WARNING_MAIL
from tests.cast import Cast, make_person
from tests.server.companies.test_signing_in import actions_in

DAY = timedelta(days=1)


def on_trial(cast: Cast, days: float) -> None:
    set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=cast.now + days * DAY, now=cast.now)


def warned(cast: Cast) -> list[str]:
    """Who is to be written to, in order."""
    found = ProcrastinateJob.objects.filter(task_name=WARNING_MAIL, args__company_id=cast.company.pk)
    return [job.args["address"] for job in found.order_by("id")]


def test_administrators_are_written_to_a_week_and_a_day_before_once_each(cast: Cast) -> None:
    second = make_person(cast.admin, Role.ADMIN, "second")
    on_trial(cast, 30)
    actions.warn_of_ends(now=cast.now + 20 * DAY)
    assert warned(cast) == []
    for hours in (0, 1):
        actions.warn_of_ends(now=cast.now + 23 * DAY + timedelta(hours=hours))
    assert warned(cast) == [cast.admin.email, second.email]
    for hours in (0, 1):
        actions.warn_of_ends(now=cast.now + 29 * DAY + timedelta(hours=hours))
    assert warned(cast) == [cast.admin.email, second.email] * 2


def test_a_short_trial_is_announced_by_one_mail(cast: Cast) -> None:
    on_trial(cast, 0.5)
    actions.warn_of_ends(now=cast.now)
    actions.warn_of_ends(now=cast.now + timedelta(hours=1))
    assert warned(cast) == [cast.admin.email]


def test_another_end_is_another_warning(cast: Cast) -> None:
    on_trial(cast, 5)
    actions.warn_of_ends(now=cast.now)
    on_trial(cast, 6)
    actions.warn_of_ends(now=cast.now)
    assert len(warned(cast)) == 2


def test_the_mail_says_when_in_the_company_s_zone_and_what_to_do(cast: Cast) -> None:
    on_trial(cast, 5)
    jobs.mail_trial_warning(cast.admin.email, cast.company.pk)
    (sent,) = mail.outbox
    assert sent.to == [cast.admin.email]
    assert cast.company.name in sent.subject
    ends_at = cast.now + 5 * DAY
    assert f"ends on {ends_at.day} {ends_at:%B %Y, %H:%M} (UTC)" in " ".join(sent.body.split())


def test_a_trial_that_was_ended_well_meanwhile_is_not_written_about(cast: Cast) -> None:
    jobs.mail_trial_warning(cast.admin.email, cast.company.pk)
    assert mail.outbox == []


def test_an_ended_trial_suspends_with_its_reason_and_deletes_nothing(cast: Cast) -> None:
    on_trial(cast, 3)
    actions.end_trials(now=cast.now + 2 * DAY)
    assert companies.company(cast.company.pk).status == CompanyStatus.TRIAL
    assert actions.end_trials(now=cast.now + 4 * DAY) >= 1
    row = companies.company(cast.company.pk)
    assert (row.status, row.suspended_reason) == (CompanyStatus.SUSPENDED, "The trial ended.")
    assert actions_in(cast.company.pk)[-1] == "COMPANY_SUSPENDED"
    assert companies.seats_used(cast.company.pk) == 3
    before = actions_in(cast.company.pk)
    actions.end_trials(now=cast.now + 4 * DAY)
    assert actions_in(cast.company.pk) == before, "once is enough"


def test_after_a_reactivation_the_trial_does_not_end_again(cast: Cast) -> None:
    on_trial(cast, 3)
    later = cast.now + 4 * DAY
    actions.end_trials(now=later)
    actions.reactivate_company(acting=cast.owner.acting, company_id=cast.company.pk, now=later)
    actions.end_trials(now=later + DAY)
    assert companies.company(cast.company.pk).status == CompanyStatus.ACTIVE


def test_the_job_does_both(cast: Cast) -> None:
    assert jobs.watch_trials(timestamp=0) >= 0
