"""The owner's help for a company that lost its way in: a new link for its administrators, or one more of them."""

from datetime import datetime

from django.db import transaction

from sundial.server.accounts import actions as accounts
from sundial.server.companies import queries
from sundial.server.companies.actions.checks import checked_email
from sundial.server.companies.actions.entrance import invite
from sundial.server.companies.actions.limits import require_seat
from sundial.server.companies.actions.people import add_person
from sundial.server.companies.actions.telling import note_of_person, tell_of_person
from sundial.server.companies.models import Membership
from sundial.server.companies.types import MemberStatus
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for


def _require_owner(acting: Acting) -> None:
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may do this.")


@transaction.atomic
def appoint_admin(*, acting: Acting, company_id: int, email: str, now: datetime) -> None:
    """Whoever has this address runs the company from now on, and is mailed a link to set a password.

    Answers nothing: the owner is not told whether somebody with this address was there before.
    """
    _require_owner(acting)
    address = checked_email(email)
    with acting_for(company_id):
        row = Membership.objects.select_related("user").filter(user__email=address).first()
        if row is None or row.status == MemberStatus.LEFT:
            row = add_person(
                acting=acting,
                company_id=company_id,
                email=address,
                first_name=row.first_name if row else "",
                last_name=row.last_name if row else "",
                role=Role.ADMIN,
                now=now,
            )
        elif row.role != Role.ADMIN or row.status != MemberStatus.ACTIVE:
            _raise(acting, row, now)
        _send_link(acting, row, now)


@transaction.atomic
def send_links_to_admins(*, acting: Acting, company_id: int, now: datetime) -> int:
    """Mail every administrator of a company a link to set a new password; how many there are."""
    _require_owner(acting)
    queries.company(company_id)
    with acting_for(company_id):
        admins = list(queries.active_admins().order_by("id"))
        for row in admins:
            _send_link(acting, row, now)
    return len(admins)


def _raise(acting: Acting, row: Membership, now: datetime) -> None:
    """Make somebody of the company an ADMIN who may act."""
    old = {"role": str(row.role), "status": str(row.status)}
    if row.status != MemberStatus.ACTIVE:
        require_seat(row.company_id)
    row.role, row.status, row.ended_at = Role.ADMIN, MemberStatus.ACTIVE, None
    row.save(update_fields=["role", "status", "ended_at"])
    details = {"old_values": old, "new_values": {"role": str(Role.ADMIN), "status": str(MemberStatus.ACTIVE)}}
    words = f"{row.user.email} was made an administrator by the owner of the platform"
    note_of_person(acting, row, "ADMIN_APPOINTED", words, details, now)
    tell_of_person(kind="user_updated", membership=row, acting=acting, now=now)
    hints.send("person", str(row.user_id))


def _send_link(acting: Acting, row: Membership, now: datetime) -> None:
    words = f"A link to set a password was sent to {row.user.email}"
    note_of_person(acting, row, "PASSWORD_LINK_SENT", words, {}, now)
    if row.user.has_usable_password():
        accounts.request_reset(email=row.user.email)
    else:
        invite(user_id=row.user_id, company_id=row.company_id)
