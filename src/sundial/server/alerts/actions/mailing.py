"""Which digests are due."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from sundial.server.alerts import queries
from sundial.server.alerts.actions.wanting import claim_digest
from sundial.server.alerts.types import DIGEST_MAIL, PLATFORM_ALERTS, Mails
from sundial.server.companies import queries as companies
from sundial.server.lib import jobs
from sundial.server.lib.scope import acting_for

DIGEST_FROM = time(7, 0)  # in the company's zone


@transaction.atomic
def send_digests(*, company_id: int, now: datetime) -> int:
    """Have everyone who wants one be given the day's digest, from seven in the morning on; how many."""
    zone = "UTC" if company_id == PLATFORM_ALERTS else companies.company(company_id).time_zone
    local = now.astimezone(ZoneInfo(zone))
    if local.time() < DIGEST_FROM:
        return 0
    due = [
        one.user_id
        for one in queries.recipients(company_id)
        if one.mails is Mails.DAILY and (one.digest_on is None or one.digest_on < local.date())
    ]
    if not due:
        return 0
    with acting_for(company_id):
        claim_digest(company_id=company_id, user_ids=due, usual=Mails.DAILY, day=local.date())
        for user_id in due:
            jobs.defer(DIGEST_MAIL, company_id=company_id, user_id=user_id)
    return len(due)
