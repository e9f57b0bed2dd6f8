"""Who is written to about alerts, and when."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from sundial.server.accounts import queries as accounts
from sundial.server.alerts.models import Preference
from sundial.server.alerts.types import PLATFORM_ALERTS, Mails
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for

# Until somebody says otherwise. A lone OWNER should hear of a full disk before the day is over.
USUAL = {Role.OWNER: Mails.AT_ONCE, Role.ADMIN: Mails.DAILY, Role.MANAGER: Mails.NEVER}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who may read alerts, when they want to be written to, and their last digest's day."""

    user_id: int
    role: Role
    mails: Mails
    digest_on: date | None


def recipients(company_id: int) -> list[Recipient]:
    """Everybody who may read the alerts of a company, or of the platform."""
    with acting_for(company_id), transaction.atomic():
        said = {row.user_id: row for row in Preference.objects.filter(company_id=company_id)}
        return [_recipient(user_id, role, said.get(user_id)) for user_id, role in _readers(company_id)]


def mails_of(company_id: int, user_id: int, role: Role) -> Mails:
    """When this person wants to be written to."""
    with acting_for(company_id), transaction.atomic():
        row = Preference.objects.filter(company_id=company_id, user_id=user_id).first()
    return _recipient(user_id, role, row).mails


def _readers(company_id: int) -> list[tuple[int, Role]]:
    if company_id == PLATFORM_ALERTS:
        return [(one.id, Role.OWNER) for one in accounts.owners()]
    rows = companies.active_people(Role.ADMIN, Role.MANAGER).order_by("user_id")
    return [(row.user_id, Role(row.role)) for row in rows]


def _recipient(user_id: int, role: Role, row: Preference | None) -> Recipient:
    if row is None:
        return Recipient(user_id, role, USUAL[role], None)
    return Recipient(user_id, role, Mails(row.mails), row.digest_on)
