"""Writes about attributes: which there are, and who has which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.server.companies import queries, rules
from sundial.server.companies.actions.checks import require_admin
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.actions.people import locked_person
from sundial.server.companies.actions.telling import note_of_company, note_of_person, tell_console, tell_of_person
from sundial.server.companies.models import Attribute, Membership, MembershipAttribute
from sundial.server.companies.types import AttributeKind, Held
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotFound, SundialError


@transaction.atomic
def add_attribute(*, acting: Acting, name: str, kind: str = AttributeKind.FLAG, now: datetime) -> Attribute:
    """A new word to say about people; raises Invalid for one that is there, or that is none."""
    company_id = require_admin(acting)
    if not rules.is_attribute_name(name):
        raise Invalid({"name": "Begin with a small letter; then small letters, digits, - and _, at most 40."})
    if kind not in list(AttributeKind):
        raise Invalid({"kind": "Choose flag or value."})
    locked_company(company_id)
    if Attribute.objects.filter(name=name).exists():
        raise Invalid({"name": "There is an attribute of this name already."})
    row = Attribute.objects.create(company_id=company_id, name=name, kind=kind, created_at=now)
    details = {"attribute": name, "kind": str(kind)}
    note_of_company(acting, company_id, "ATTRIBUTE_ADDED", f"The attribute {name} was added", details, now)
    tell_console(company_id=company_id, kind="attribute_added", data={"attribute": name}, acting=acting, now=now)
    return row


@transaction.atomic
def remove_attribute(*, acting: Acting, name: str, now: datetime) -> int:
    """Take a word away, from everyone who has it; answers how many had. Raises NotFound."""
    company_id = require_admin(acting)
    row = Attribute.objects.select_for_update(no_key=True).filter(name=rules.storable(name)).first()
    if row is None:
        raise NotFound
    had = MembershipAttribute.objects.filter(attribute=row).count()
    row.delete()
    details = {"attribute": row.name, "people": had}
    note_of_company(acting, company_id, "ATTRIBUTE_REMOVED", f"The attribute {row.name} was removed", details, now)
    tell_console(company_id=company_id, kind="attribute_removed", data={"attribute": row.name}, acting=acting, now=now)
    return had


@transaction.atomic
def set_attributes(*, acting: Acting, user_id: int, held: Sequence[Held], now: datetime) -> Membership:
    """Give a person exactly these attributes; raises Invalid for one that there is not."""
    require_admin(acting)
    row = locked_person(acting, user_id)
    if _replace(acting, row, _checked(held), now):
        tell_of_person(kind="user_updated", membership=row, acting=acting, now=now)
    return row


@dataclass(frozen=True)
class Done:
    """What came of one person of many."""

    id: int
    done: bool
    message: str = ""


@transaction.atomic
def set_attributes_of_many(
    *, acting: Acting, user_ids: Iterable[int], held: Sequence[Held], now: datetime
) -> list[Done]:
    """Give each of these people exactly these attributes; each stands alone, and consoles are told once."""
    company_id, wanted = require_admin(acting), _checked(held)
    outcomes: list[Done] = []
    changed: list[str] = []
    for user_id in dict.fromkeys(user_ids):
        try:
            row = locked_person(acting, user_id)
        except SundialError as refusal:
            outcomes.append(Done(user_id, done=False, message=refusal.message))
            continue
        if _replace(acting, row, wanted, now):
            changed.append(row.user.email)
        outcomes.append(Done(user_id, done=True))
    if changed:
        data = {"users": changed, "attributes": [one.text for one in held]}
        tell_console(company_id=company_id, kind="users_bulk_attrs_updated", data=data, acting=acting, now=now)
    return outcomes


def _checked(held: Sequence[Held]) -> dict[int, Held]:
    """The attributes that are meant, by id; raises Invalid for one that is not there or does not fit its kind."""
    known = {row.name: row for row in Attribute.objects.filter(name__in=[rules.storable(one.name) for one in held])}
    for one in held:
        row = known.get(one.name)
        if row is None:
            raise Invalid({"attributes": f"There is no attribute {one.name}."})
        if (row.kind == AttributeKind.VALUE) != bool(one.value):
            how = f"{one.name}=…" if row.kind == AttributeKind.VALUE else one.name
            raise Invalid({"attributes": f"Write {how}: it {'needs' if not one.value else 'takes no'} value."})
        if len(one.value) > rules.LONGEST_VALUE or "\x00" in one.value:
            raise Invalid({"attributes": f"The value of {one.name} has at most {rules.LONGEST_VALUE} characters."})
    if len({one.name for one in held}) < len(held):
        raise Invalid({"attributes": "Name each attribute once."})
    return {known[one.name].pk: one for one in held}


def _replace(acting: Acting, row: Membership, wanted: dict[int, Held], now: datetime) -> bool:
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
