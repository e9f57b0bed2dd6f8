"""Mail, sent by the worker: a slow mail server is felt by no request, a rollback sends none; and a nightly broom."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from sundial.server.accounts import actions, queries
from sundial.server.accounts.actions.passwords import RESET_MAIL
from sundial.server.accounts.models import User
from sundial.server.lib import clock

_AGAIN = RetryStrategy(max_attempts=8, exponential_wait=3)


@app.task(name=RESET_MAIL, retry=_AGAIN)
def mail_reset_link(email: str) -> None:
    """Write to whoever has this address, unless that was done just now; nobody has it: nothing to do."""
    user = queries.find_user(email)
    if user is None or not user.is_active or not actions.claim_reset_mail(user_id=user.pk, now=clock.now()):
        return
    link = actions.one_time_link(user=user, base_url=settings.BASE_URL)
    try:
        _send("reset", user, "Set a new password", {"link": link})
    except OSError:  # smtplib's errors are OSErrors, too
        actions.release_reset_mail(user_id=user.pk)
        raise


@app.periodic(cron="37 3 * * *")
@app.task(name="accounts.forget_what_ended", queueing_lock="accounts.forget_what_ended")
def forget_what_ended(timestamp: int) -> None:
    """Once a night."""
    actions.forget_what_ended(now=clock.now())


def _send(name: str, user: User, subject: str, context: dict[str, str]) -> None:
    text = render_to_string(
        f"accounts/mail/{name}.txt", {**context, "email": user.email, "base_url": settings.BASE_URL}
    )
    send_mail(" ".join(subject.split()), text, None, [user.email])
