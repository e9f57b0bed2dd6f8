"""Mail to the people of a company, sent by the worker."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sundial.server.companies.actions.mailing import INVITATION_MAIL, send_invitation
from sundial.server.lib import clock


@app.task(name=INVITATION_MAIL, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def mail_invitation(company_id: int, user_id: int) -> None:
    """Tell a newcomer where they belong now, and how to begin."""
    send_invitation(company_id=company_id, user_id=user_id, now=clock.now())
