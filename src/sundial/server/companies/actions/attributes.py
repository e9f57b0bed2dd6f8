"""Writes about attributes: which there are, and who has which."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.server.companies import rules
from sundial.server.companies.actions.checks import require_admin
from sundial.server.companies.actions.holding import checked_held, replace_held
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.actions.people import locked_person
from sundial.server.companies.actions.telling import note_of_company, tell_console, tell_of_person
from sundial.server.companies.actions.uses import uses_of_attribute
from sundial.server.companies.models import Attribute, Membership, MembershipAttribute
from sundial.server.companies.types import AttributeKind, Held
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.words import storable


@dataclass(frozen=True)
class Removed:
    """What an attribute that is gone was used by: so many people, and the files whose rules name it."""

    people: int
    files: tuple[str, ...]


@transaction.atomic
def add_attribute(*, acting: Acting, name: str, kind: str = AttributeKind.FLAG, now: datetime) -> Attribute:
    """A new word to say about people; raises Invalid for one that is there, or that is none."""
    company_id = require_admin(acting)
    if why := rules.attribute_name_problem(name):
        raise Invalid({"name": why})
    if kind not in list(AttributeKind):
        raise Invalid({"kind": "Choose flag, number or word."})
    locked_company(company_id)
    if Attribute.objects.filter(name=name).exists():
        raise Invalid({"name": "There is an attribute of this name already."})
    row = Attribute.objects.create(company_id=company_id, name=name, kind=kind, created_at=now)
    details = {"attribute": name, "kind": str(kind)}
    note_of_company(acting, company_id, "ATTRIBUTE_ADDED", f"The attribute {name} was added", details, now)
    tell_console(company_id=company_id, kind="attribute_added", data={"attribute": name}, acting=acting, now=now)
    return row


@transaction.atomic
def remove_attribute(*, acting: Acting, name: str, now: datetime) -> Removed:
    """Take a word away, from everyone who has it and everything that lends it; raises NotFound.

    Rules that name it stay as they are, and open for nobody: the answer names what they belong to.
    """
    company_id = require_admin(acting)
    row = Attribute.objects.select_for_update(no_key=True).filter(name=storable(name)).first()
    if row is None:
        raise NotFound
    had = MembershipAttribute.objects.filter(attribute=row).count()
    row.delete()
    used_by = uses_of_attribute(company_id, row.name)
    details = {"attribute": row.name, "people": had, "files": len(used_by)}
    note_of_company(acting, company_id, "ATTRIBUTE_REMOVED", f"The attribute {row.name} was removed", details, now)
    tell_console(company_id=company_id, kind="attribute_removed", data={"attribute": row.name}, acting=acting, now=now)
    return Removed(had, tuple(used_by))


@transaction.atomic
def set_attributes(
    *, acting: Acting, user_id: int, held: Sequence[Held], keep_ends: bool = False, now: datetime
) -> Membership:
    """Give a person exactly these attributes; raises Invalid for one that there is not.

    `keep_ends` is for who cannot say until when: what stays the same then ends when it did.
    """
    require_admin(acting)
    row = locked_person(acting, user_id)
    if replace_held(acting, row, checked_held(held), now, keep_ends=keep_ends):
        tell_of_person(kind="user_updated", membership=row, acting=acting, now=now)
    return row
