"""Whom somebody may ask about, and how long lists are cut into pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import OrderBy

from sundial.server.companies import queries as companies
from sundial.server.companies.queries.roster import listed_by_id
from sundial.server.companies.types import Listed, Person
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


def names(user_ids: Iterable[int]) -> dict[int, Listed]:
    """The people with these ids, those who left included; inside the company's scope."""
    return listed_by_id(set(user_ids))


@dataclass(frozen=True, slots=True)
class Turn:
    """One page of a long list: the ids on it, how many rows there are, whether more than are counted."""

    ids: Sequence[int]
    count: int
    page: int
    pages: int
    capped: bool


def turned(
    rows: QuerySet[Any],
    order: Sequence[OrderBy],
    *,
    page: int,
    page_size: int,
    at_most: int | None = None,
    count: int | None = None,
    past_end: bool = True,
) -> Turn:
    """The ids of one page, by an index alone where there is one; `at_most` rows are counted, or all.

    A page past the end is the last, or, without `past_end`, empty. What lies nearer the end is counted from there.
    """
    rows = rows.order_by()
    if count is None:
        count = rows.count() if at_most is None else rows[: at_most + 1].count()
    capped = at_most is not None and count > at_most
    count = min(count, at_most) if at_most is not None else count
    pages = max(1, -(-count // page_size))
    if not count or (page > pages and not past_end):
        return Turn((), count, pages, pages, capped)
    page = min(max(page, 1), pages)
    first, last = (page - 1) * page_size, min(page * page_size, count)
    ids = rows.values_list("id", flat=True)
    if capped or first <= count // 2:
        return Turn(list(ids.order_by(*order)[first:last]), count, page, pages, capped)
    backwards = ids.order_by(*(_turned_round(one) for one in order))[count - last : count - first]
    return Turn(list(backwards)[::-1], count, page, pages, capped)


def _turned_round(order: OrderBy) -> OrderBy:
    """The same order from its other end."""
    found = order.copy()
    found.reverse_ordering()
    return found
