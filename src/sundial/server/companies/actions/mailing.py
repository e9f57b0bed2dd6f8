"""Mail in a company's own looks; asked for within a transaction, sent by a job."""

from collections.abc import Sequence
from datetime import datetime
from email.mime.image import MIMEImage
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as users
from sundial.server.companies import queries
from sundial.server.companies.models import Membership
from sundial.server.companies.scoping import open_places, places_of
from sundial.server.companies.types import Looks, MemberStatus
from sundial.server.lib import jobs
from sundial.server.lib.scope import acting_for

INVITATION_MAIL = "companies.mail_invitation"
_OURS, _PLATFORM = "#f4a825", "Sundial"


def request_invitation(*, company_id: int, user_id: int) -> None:
    """Have a newcomer told that they belong to this company now, with a link if they need a password."""
    jobs.defer(INVITATION_MAIL, company_id=company_id, user_id=user_id)


def request_invitations(*, company_id: int, user_ids: Sequence[int]) -> None:
    """Have each of these newcomers told so."""
    jobs.defer_each(INVITATION_MAIL, [{"company_id": company_id, "user_id": user_id} for user_id in user_ids])


def send_invitation(*, company_id: int, user_id: int, now: datetime) -> None:
    """Write to a newcomer, unless they have left again, and remember when that was."""
    with acting_for(company_id), transaction.atomic():
        if not Membership.objects.filter(user_id=user_id, status=MemberStatus.ACTIVE).exists():
            return
        looks, user = queries.looks(company_id), users.user(user_id)
    link = "" if user.has_usable_password() else accounts.one_time_link(user=user, base_url=settings.BASE_URL)
    send_in_looks(
        looks=looks,
        to=user.email,
        subject=f"Welcome to {looks.name}",
        template="companies/mail/invitation.txt",
        context={"link": link, "place": looks.name, "email": user.email},
    )
    with acting_for(company_id), transaction.atomic():
        Membership.objects.filter(user_id=user_id).update(invited_at=now)


def send_reset_link(*, email: str, now: datetime) -> None:
    """Write to whoever has this address, in the looks of their company, or of the platform where they have several.

    Once in two minutes; OSError where it cannot be sent, and then the next attempt may.
    """
    user = users.find_user(email)
    if user is None or not user.is_active or not accounts.claim_reset_mail(user_id=user.pk, now=now):
        return
    link = accounts.one_time_link(user=user, base_url=settings.BASE_URL)
    try:
        send_in_looks(
            looks=_looks_for(user.pk),
            to=user.email,
            subject="Set a new password",
            template="companies/mail/reset.txt",
            context={"link": link, "email": user.email},
        )
    except OSError:  # smtplib's errors are OSErrors, too
        accounts.release_reset_mail(user_id=user.pk)
        raise


def _looks_for(user_id: int) -> Looks:
    places = open_places(places_of(user_id))
    return queries.looks(places[0].company_id) if len(places) == 1 else Looks(_PLATFORM)


def send_in_looks(*, looks: Looks, to: str, subject: str, template: str, context: dict[str, Any]) -> None:
    """Send a mail, written as plain text, under a company's name, colour and logo; raises OSError."""
    text = render_to_string(template, {**context, "base_url": settings.BASE_URL})
    title = " ".join(subject.split())
    mail = EmailMultiAlternatives(title, text, _sender(looks), [to])
    facts = {"subject": title, "text": text, "name": looks.name, "colour": looks.colour or _OURS, "logo": looks.logo}
    mail.attach_alternative(render_to_string("companies/mail/frame.html", facts), "text/html")
    if looks.logo:
        mail.mixed_subtype = "related"  # type: ignore[attr-defined] # Django has it, django-stubs leaves it out
        logo = MIMEImage(looks.logo, "png")
        logo.add_header("Content-ID", "<logo>")
        logo.add_header("Content-Disposition", "inline", filename="logo.png")
        mail.attach(logo)
    mail.send()


def _sender(looks: Looks) -> str:
    """The platform's address under the company's name."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((" ".join(looks.name.split()), address))
