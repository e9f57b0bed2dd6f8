"""Coming in: sign-ins that worked or failed, invitations, new passwords; each in the logs of those it concerns."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction

from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as users
from sundial.server.accounts.types import Account
from sundial.server.audit.actions import record
from sundial.server.companies import queries, rules
from sundial.server.companies.actions.mailing import request_invitation
from sundial.server.companies.models import Membership
from sundial.server.companies.scoping import places_of
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import PLATFORM, acting_for


class SignInWatcher(Protocol):
    """What an upper app does when someone has signed in; `agent` is what their program calls itself."""

    def __call__(self, *, acting: Acting, agent: str, now: datetime) -> None: ...


_watchers: list[SignInWatcher] = []


def watch_sign_ins(watcher: SignInWatcher) -> None:
    """Have this called at each sign-in, in its transaction; said once, by whoever puts the apps together."""
    if watcher not in _watchers:
        _watchers.append(watcher)


@transaction.atomic
def note_sign_in(*, acting: Acting, door: str, agent: str = "", now: datetime) -> None:
    """Someone signed in through this door, into the company they act in (an OWNER: into the platform)."""
    company_id = PLATFORM if acting.company_id is None else acting.company_id
    if acting.company_id is not None and acting.id is not None:
        with acting_for(company_id):
            Membership.objects.filter(user_id=acting.id, signed_in_at=None).update(signed_in_at=now)
    for watcher in _watchers:
        watcher(acting=acting, agent=agent, now=now)
    _record(company_id, acting, "SIGNED_IN", f"{acting.label} signed in", acting.id, {"door": door}, now)


@transaction.atomic
def note_sign_out(*, acting: Acting, door: str, now: datetime) -> None:
    """Someone left by this door."""
    company_id = PLATFORM if acting.company_id is None else acting.company_id
    _record(company_id, acting, "SIGNED_OUT", f"{acting.label} signed out", acting.id, {"door": door}, now)


@transaction.atomic
def note_failed_sign_in(*, email: str, reason: str, door: str, ip: str | None, now: datetime) -> None:
    """Someone did not get in. What was typed is not kept: it may be a password in the wrong field."""
    account = users.account_with_email(email)
    nobody = Acting("person", None, "someone not signed in", Role.SYSTEM, None, ip)
    words = f"A sign-in as {account.email} failed" if account else "A sign-in with an unknown address failed"
    details = {"door": door, "reason": reason}
    for company_id in _logs_of(account):
        _record(company_id, nobody, "SIGN_IN_FAILED", words, account.id if account else None, details, now)


@transaction.atomic
def set_password(*, account: Account, password: str, action: str, ip: str | None, now: datetime) -> None:
    """Set a password (`action` PASSWORD_RESET by link, PASSWORD_CHANGED by its owner), ending tokens and sessions."""
    accounts.set_password(user_id=account.id, password=password)
    for company_id, role in _logs_of(account).items():
        acting = Acting("person", account.id, account.email, role, company_id or None, ip)
        _record(company_id, acting, action, f"{account.email} set a new password", account.id, {}, now)


@transaction.atomic
def invite(*, user_id: int, company_id: int) -> str:
    """Write to a newcomer; answers the link to set a password, where whoever invites may hand it over themselves.

    That is only while the account has no password and belongs to this company alone: it would open other places.
    """
    request_invitation(company_id=company_id, user_id=user_id)
    user = users.user(user_id)
    if (
        user.is_owner
        or user.has_usable_password()
        or {place.company_id for place in places_of(user_id)} != {company_id}
    ):
        return ""
    return accounts.one_time_link(user=user, base_url=settings.BASE_URL)


@transaction.atomic
def invite_again(*, acting: Acting, user_id: int, now: datetime) -> str:
    """A fresh link for someone who lost theirs, by an ADMIN; mailed, and answered under the same rule as `invite`."""
    row = queries.person(acting, user_id)
    if not rules.may_manage_people(acting, row.company_id):
        raise NotAllowed("Only an administrator of the company may do this.")
    words = f"A link to set a password was sent to {row.user.email}"
    _record(row.company_id, acting, "PASSWORD_LINK_SENT", words, user_id, {}, now)
    if row.user.has_usable_password():
        accounts.request_reset(email=row.user.email)
        return ""
    return invite(user_id=user_id, company_id=row.company_id)


def _logs_of(account: Account | None) -> dict[int, Role]:
    """The logs in which this account's comings and goings stand, with its role there, in the order of locking."""
    if account is None or account.is_owner:
        return {PLATFORM: Role.OWNER}
    places = sorted(places_of(account.id), key=lambda place: place.company_id)
    return {place.company_id: place.role for place in places} or {PLATFORM: Role.SYSTEM}


def _record(
    company_id: int,
    acting: Acting,
    action: str,
    description: str,
    target_id: int | None,
    details: Mapping[str, Any],
    now: datetime,
) -> None:
    with acting_for(company_id):
        record(
            acting=acting,
            company_id=company_id,
            action=action,
            description=description,
            details=details,
            target_kind="" if target_id is None else "user",
            target_id=target_id,
            now=now,
        )
