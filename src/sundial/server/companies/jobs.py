"""Mail to people, sent by the worker: a slow mail server is felt by no request, a rollback sends none."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sundial.server.accounts.actions.passwords import RESET_MAIL
from sundial.server.companies.actions.mailing import INVITATION_MAIL, send_invitation, send_reset_link
from sundial.server.lib import clock

_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name=INVITATION_MAIL, retry=_AGAIN)
def mail_invitation(company_id: int, user_id: int) -> None:
    """Tell a newcomer where they belong now, and how to begin."""
    send_invitation(company_id=company_id, user_id=user_id, now=clock.now())


@app.task(name=RESET_MAIL, retry=_AGAIN)
def mail_reset_link(email: str) -> None:
    """Write to whoever has this address, unless that was done just now; nobody has it: nothing to do."""
    send_reset_link(email=email, now=clock.now())
