"""Giving a person exactly the attributes that were named, whoever asks for it."""

from collections.abc import Sequence
from datetime import datetime

from sundial.server.companies import queries, rules
from sundial.server.companies.actions.telling import note_of_person
from sundial.server.companies.models import Attribute, Membership, MembershipAttribute
from sundial.server.companies.types import AttributeKind, Held
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.words import is_storable, storable


def checked_held(held: Sequence[Held]) -> dict[int, Held]:
    """The attributes that are meant, by id; raises Invalid for one that is not there or does not fit its kind."""
    known = {row.name: row for row in Attribute.objects.filter(name__in=[storable(one.name) for one in held])}
    for one in held:
        row = known.get(one.name)
        if row is None:
            raise Invalid({"attributes": f"There is no attribute {one.name}."})
        if (row.kind == AttributeKind.VALUE) != bool(one.value):
            how = f"{one.name}=…" if row.kind == AttributeKind.VALUE else one.name
            raise Invalid({"attributes": f"Write {how}: it {'needs' if not one.value else 'takes no'} value."})
        if len(one.value) > rules.LONGEST_VALUE or not is_storable(one.value):
            raise Invalid({"attributes": f"The value of {one.name} has at most {rules.LONGEST_VALUE} characters."})
    if len({one.name for one in held}) < len(held):
        raise Invalid({"attributes": "Name each attribute once."})
    return {known[one.name].pk: one for one in held}


def replace_held(acting: Acting, row: Membership, wanted: dict[int, Held], now: datetime) -> bool:
    """Write what differs, with an entry about the person; False if nothing does."""
    rows = MembershipAttribute.objects.filter(membership=row)
    before = {one.attribute_id: (one.value, one.expires_at) for one in rows}
    if before == {key: (one.value, one.expires_at) for key, one in wanted.items()}:
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
    values = {"old_values": {"attributes": old}, "new_values": {"attributes": new}}
    words = f"The attributes of {row.user.email} were changed"
    note_of_person(acting, row, "ATTRIBUTES_CHANGED", words, {}, now, values)
    return True
