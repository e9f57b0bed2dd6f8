"""Timed work that needs several apps: checkpoints go to people, trials end, exports are made."""

import io
import zipfile
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sundial.server.accounts import queries as accounts
from sundial.server.audit import actions as audit
from sundial.server.companies import queries as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import clock, jobs
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lib.sealing import SealBroken
from sundial.server.lifecycle import actions
from sundial.server.lifecycle.actions.exporting import EXPORT_MAIL, MAKE_EXPORT
from sundial.server.lifecycle.actions.trials import WARNING_MAIL

MAIL_ONE = "lifecycle.mail_checkpoints_to"
_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.periodic(cron="11 5 * * *")
@app.task(name="lifecycle.mail_checkpoints", queueing_lock="lifecycle.mail_checkpoints")
def mail_checkpoints(timestamp: int) -> int:
    """Once a day, have the checkpoints mailed: to each OWNER all, to each ADMIN the company's; how many mails.

    Whoever keeps these mails can tell later whether the log was rewritten, even if all else was taken over.
    """
    notes = audit.last_notes()
    with transaction.atomic():
        to = [(address, PLATFORM) for address in accounts.owner_emails()]
    for log in notes:
        if log != PLATFORM:
            to += [(address, log) for address in _admins(log)]
    for address, log in to:
        jobs.defer(MAIL_ONE, address=address, log=log)
    return len(to)


@app.task(name=MAIL_ONE, retry=_AGAIN)
def mail_checkpoints_to(address: str, log: int) -> None:
    """Mail one person the last checkpoint of a company's log; for the platform's, of all logs."""
    notes = audit.last_notes()
    chosen = notes if log == PLATFORM else {number: note for number, note in notes.items() if number == log}
    if not chosen:
        return
    text = render_to_string("lifecycle/mail/checkpoints.txt", {"base_url": settings.BASE_URL})
    mail = EmailMessage("Checkpoint of the audit log: please keep this mail", text, None, [address])
    mail.attach(*_attachment(chosen))
    mail.send()


@app.periodic(cron="*/15 * * * *")
@app.task(name="lifecycle.watch_trials", queueing_lock="lifecycle.watch_trials")
def watch_trials(timestamp: int) -> int:
    """Every quarter of an hour, warn of the trials that end soon and suspend those that ended; how many did."""
    now = clock.now()
    actions.warn_of_ends(now=now)
    return actions.end_trials(now=now)


@app.task(name=WARNING_MAIL, retry=_AGAIN)
def mail_trial_warning(address: str, company_id: int) -> None:
    """Write to one administrator, unless the trial has been changed meanwhile."""
    company = companies.company(company_id)
    if company.trial_ends_at is None or company.status != CompanyStatus.TRIAL:
        return
    context = {
        "company": company.name,
        "ends_at": company.trial_ends_at.astimezone(ZoneInfo(company.time_zone)),
        "zone": company.time_zone,
        "base_url": settings.BASE_URL,
    }
    with timezone.override(ZoneInfo(company.time_zone)):
        text = render_to_string("lifecycle/mail/trial_ends.txt", context)
    EmailMessage(f"The trial of {company.name} ends soon", text, None, [address]).send()


@app.task(name=MAKE_EXPORT, lock="lifecycle.make_company_export", retry=RetryStrategy(max_attempts=2, wait=10))
def make_company_export(company_id: int, export_id: int) -> None:
    """Make the file of an export; one at a time, for it reads all of a company."""
    try:
        actions.make_export(company_id=company_id, export_id=export_id, now=clock.now())
    except (OSError, SealBroken) as failure:
        problem = "It could not be written. Is the disk full?" if isinstance(failure, OSError) else str(failure)
        actions.fail_export(company_id=company_id, export_id=export_id, problem=problem)


@app.task(name=EXPORT_MAIL, retry=_AGAIN)
def mail_company_export(address: str, company_id: int) -> None:
    """Tell an administrator that the company's export can be fetched."""
    context = {"company": companies.company(company_id).name, "base_url": settings.BASE_URL}
    text = render_to_string("lifecycle/mail/export_ready.txt", context)
    EmailMessage("The export of your company is ready", text, None, [address]).send()


@app.periodic(cron="23 4 * * *")
@app.task(name="lifecycle.delete_closed", queueing_lock="lifecycle.delete_closed")
def delete_closed(timestamp: int) -> int:
    """Once a night, delete what was announced: old exports, and the data of companies closed long enough ago."""
    now = clock.now()
    actions.forget_exports(now=now)
    return actions.delete_closed(now=now)


def _attachment(notes: dict[int, str]) -> tuple[str, bytes, str]:
    """The notes as a file of their own: a mail program may wrap the lines of a letter."""
    if len(notes) == 1:
        ((log, note),) = notes.items()
        return f"log-{log}.checkpoint", note.encode(), "application/octet-stream"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for log in sorted(notes):
            archive.writestr(f"log-{log}.checkpoint", notes[log])
    return "checkpoints.zip", packed.getvalue(), "application/zip"


def _admins(company_id: int) -> list[str]:
    with acting_for(company_id), transaction.atomic():
        return sorted(admin.user.email for admin in companies.active_admins())
