"""Trials end by themselves: the administrators are written to before, and nothing is deleted."""

from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.companies import queries as companies
from sundial.server.companies.queries.trials import Trial, trials_ending
from sundial.server.lib import jobs
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions.companies import suspend_company
from sundial.server.lifecycle.models import TrialWarning

WARN_DAYS = (7, 1)  # before the end
ENDED = "The trial ended."
WARNING_MAIL = "lifecycle.mail_trial_warning"
_DAY = timedelta(days=1)


def warn_of_ends(*, now: datetime) -> int:
    """Write to the administrators of each company whose trial ends soon, once for each warning; how many mails."""
    soon = trials_ending(now + max(WARN_DAYS) * _DAY)
    return sum(_warn(trial, now) for trial in soon if trial.ends_at > now)


def end_trials(*, now: datetime) -> int:
    """Suspend each company whose trial has ended; how many."""
    return sum(_end(trial, now) for trial in trials_ending(now))


@transaction.atomic
def _warn(trial: Trial, now: datetime) -> int:
    # A company that is warned late, because its trial was made short, gets one mail and not two.
    days = min(days for days in WARN_DAYS if trial.ends_at <= now + days * _DAY)
    with acting_for(trial.company_id):
        _row, new = TrialWarning.objects.get_or_create(
            company_id=trial.company_id, ends_at=trial.ends_at, days=days, defaults={"sent_at": now}
        )
        addresses = [row.user.email for row in companies.active_admins().order_by("id")] if new else []
    for address in addresses:
        jobs.defer(WARNING_MAIL, address=address, company_id=trial.company_id)
    return len(addresses)


def _end(trial: Trial, now: datetime) -> bool:
    try:
        suspend_company(acting=Acting.system(), company_id=trial.company_id, reason=ENDED, now=now)
    except Conflict:  # somebody was quicker
        return False
    return True
