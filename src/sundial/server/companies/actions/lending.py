"""Lending attributes: what a team, or a department and those beneath it, give to their people while they are in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.companies import queries
from sundial.server.companies.actions.checks import require_admin
from sundial.server.companies.actions.holding import checked_held
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.actions.telling import note_of_company, tell_of_belonging
from sundial.server.companies.models import LentAttribute
from sundial.server.companies.rules import carrying
from sundial.server.companies.types import Held, Lender
from sundial.server.lib.acting import Acting


@transaction.atomic
def lend_attributes(
    *,
    acting: Acting,
    lender: Lender,
    lender_id: int,
    held: Sequence[Held],
    keep_ends: bool = False,
    now: datetime,
) -> bool:
    """Lend exactly these to the people of a team or department; False if it was so. Raises Invalid, NotFound.

    `keep_ends` is for who cannot say until when: what stays the same then ends when it did.
    """
    company_id = require_admin(acting)
    locked_company(company_id)
    name, which = _name_of(acting, lender, lender_id), {f"{lender}_id": lender_id}
    wanted = checked_held(held)
    rows = LentAttribute.objects.filter(**which)
    before = {one.attribute_id: (one.value, one.expires_at) for one in rows}
    if keep_ends:
        wanted = carrying.with_their_ends(wanted, before, now)
    if before == carrying.as_carried(wanted):
        return False
    old = [one.text for one in queries.lent_by(lender, [lender_id], now=now).get(lender_id, [])]
    rows.delete()
    LentAttribute.objects.bulk_create(
        LentAttribute(company_id=company_id, attribute_id=key, value=one.value, expires_at=one.expires_at, **which)
        for key, one in wanted.items()
    )
    new = sorted(one.text for one in wanted.values())
    _tell(acting, company_id, lender, lender_id, name, {"old_values": old, "new_values": new}, now)
    return True


def _name_of(acting: Acting, lender: Lender, lender_id: int) -> str:
    if lender is Lender.TEAM:
        return queries.team(acting, lender_id).name
    return queries.department(lender_id).name


def _tell(
    acting: Acting, company_id: int, lender: Lender, lender_id: int, name: str, values: dict[str, Any], now: datetime
) -> None:
    words = f"What the {lender} {name} lends its people was changed"
    details = {f"{lender}_id": lender_id, **{key: {"attributes": value} for key, value in values.items()}}
    note_of_company(acting, company_id, "ATTRIBUTES_LENT", words, details, now)
    users = queries.borrowers(lender, lender_id)
    tell_of_belonging(company_id=company_id, users=users, lent=values["new_values"], acting=acting, now=now)
