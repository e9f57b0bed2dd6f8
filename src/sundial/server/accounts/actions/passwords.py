"""Passwords: one-time links to set one, the mail that carries them, and setting it."""

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Q
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from sundial.server.accounts.actions.tokens import end_all_tokens
from sundial.server.accounts.models import User
from sundial.server.accounts.queries import weaknesses
from sundial.server.accounts.rules import RESET_MAILS_APART, normal_email
from sundial.server.lib import jobs
from sundial.server.lib.errors import Invalid, NotFound

RESET_MAIL = "accounts.mail_reset_link"


def one_time_link(*, user: User, base_url: str) -> str:
    """A link with which this user sets a password; it dies with its use, with a sign-in, and after three days."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{base_url.rstrip('/')}/password/set/{uid}/{default_token_generator.make_token(user)}/"


def request_reset(*, email: str) -> None:
    """Have a reset link mailed if this address is known; takes as long, and tells as little, if it is not."""
    jobs.defer(RESET_MAIL, email=normal_email(email))


@transaction.atomic
def claim_reset_mail(*, user_id: int, now: datetime) -> bool:
    """Whether this person may be sent a reset link now: one in two minutes, however often it is asked for."""
    idle = Q(reset_mailed_at__isnull=True) | Q(reset_mailed_at__lte=now - RESET_MAILS_APART)
    return User.objects.filter(idle, id=user_id).update(reset_mailed_at=now) == 1


@transaction.atomic
def release_reset_mail(*, user_id: int) -> None:
    """The mail could not be sent: the next attempt may."""
    User.objects.filter(id=user_id).update(reset_mailed_at=None)


@transaction.atomic
def set_password(*, user_id: int, password: str) -> None:
    """Set a new password and end every token and session of this person; raises Invalid for a weak one."""
    user = User.objects.select_for_update(no_key=True).filter(id=user_id).first()
    if user is None:
        raise NotFound
    if weak := weaknesses(user_id, password):
        raise Invalid({"password": " ".join(weak)})
    user.set_password(password)
    user.save(update_fields=["password"])
    end_all_tokens(user_id=user_id)
