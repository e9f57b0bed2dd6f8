"""Whom somebody may ask about."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from sundial.server.companies import queries as companies
from sundial.server.companies.types import Person
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound

_INSIDE = {Role.ADMIN, Role.MANAGER, Role.EMPLOYEE}


def company_of(acting: Acting) -> int:
    """The company whose people this person may ask about; NotAllowed for the OWNER, who sees numbers."""
    if acting.company_id is None or acting.role not in _INSIDE:
        raise NotAllowed("What people did is visible inside their own company only.")
    return acting.company_id


def visible_person(acting: Acting, user_id: int) -> Person:
    """This person, if `acting` may see what they did; NotFound else. Inside the company's scope."""
    if acting.company_id is None or acting.role not in _INSIDE:
        raise NotFound
    return companies.as_person(companies.person(acting, user_id))


def visible_ids(acting: Acting, user_id: int | None) -> list[int]:
    """The people asked about: one, if they may be seen (NotFound else), or all who may be."""
    if user_id is None:
        return companies.visible_user_ids(acting)
    return [visible_person(acting, user_id).id]


def names(user_ids: Iterable[int]) -> dict[int, Person]:
    """The people with these ids, those who left included; inside the company's scope."""
    return companies.names_of(set(user_ids))


def counted(rows: QuerySet[Any], at_most: int | None) -> tuple[int, bool]:
    """How many rows there are, and whether there are more than are counted; None counts them all."""
    if at_most is None:
        return rows.count(), False
    count = rows.order_by()[: at_most + 1].count()
    return min(count, at_most), count > at_most
