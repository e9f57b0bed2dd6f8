"""Giving a person exactly the attributes that were named, whoever asks for it."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime

from sundial.server.companies import queries
from sundial.server.companies.actions.telling import note_of_person
from sundial.server.companies.models import Attribute, Membership, MembershipAttribute
from sundial.server.companies.rules import carrying
from sundial.server.companies.types import Held
from sundial.server.lib.acting import Acting
from sundial.server.lib.clock import iso
from sundial.server.lib.errors import Invalid
from sundial.server.lib.words import is_storable, storable


def checked_held(held: Sequence[Held]) -> dict[int, Held]:
    """The attributes that are meant, by id; raises Invalid for one that is not there or does not fit its kind."""
    known = {row.name: row for row in Attribute.objects.filter(name__in=[storable(one.name) for one in held])}
    wanted: dict[int, Held] = {}
    for one in held:
        row = known.get(one.name)
        if row is None:
            raise Invalid({"attributes": f"There is no attribute {one.name}."})
        if row.pk in wanted:
            raise Invalid({"attributes": "Name each attribute once."})
        value = carrying.as_stored(row.kind, one.value)
        if why := carrying.value_problem(row.name, row.kind, value if is_storable(value) else "\x00"):
            raise Invalid({"attributes": why})
        wanted[row.pk] = dataclasses.replace(one, value=value)
    return wanted


def replace_held(
    acting: Acting, row: Membership, wanted: dict[int, Held], now: datetime, *, keep_ends: bool = False
) -> bool:
    """Write what differs, with an entry about the person; False if nothing does.

    `keep_ends` is for who cannot say until when: what stays the same then ends when it did.
    """
    rows = MembershipAttribute.objects.filter(membership=row)
    before = {one.attribute_id: (one.value, one.expires_at) for one in rows}
    if keep_ends:
        wanted = carrying.with_their_ends(wanted, before, now)
    if before == carrying.as_carried(wanted):
        return False
    old = [one.text for one in queries.attributes_of([row.user_id], now=now).get(row.user_id, [])]
    rows.delete()
    MembershipAttribute.objects.bulk_create(
        MembershipAttribute(
            company_id=row.company_id, membership=row, attribute_id=key, value=one.value, expires_at=one.expires_at
        )
        for key, one in wanted.items()
    )
    new = sorted(one.text for one in wanted.values())
    values = {"old_values": {"attributes": old}, "new_values": {"attributes": new}, **ends_told(wanted.values())}
    words = f"The attributes of {row.user.email} were changed"
    note_of_person(acting, row, "ATTRIBUTES_CHANGED", words, {}, now, values)
    return True


def ends_told(held: Iterable[Held]) -> dict[str, object]:
    """Until when those last that end; for the entry about the person."""
    ends = {one.name: iso(one.expires_at) for one in held if one.expires_at}
    return {"expires_at": ends} if ends else {}
