"""Lists: `{"items", "count", "page", "pages"}`, a page at a time; a page past the end is empty."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import AfterValidator, Field

from sundial.server.lib.words import is_storable

T = TypeVar("T")
LARGEST_PAGE = 100


def _sayable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("no NUL characters")
    return text


Words = Annotated[str, AfterValidator(_sayable), Field(max_length=200)]


class Pages(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=1_000_000, description="Counted from 1.")
    page_size: int = Field(20, ge=1, le=LARGEST_PAGE, description="How many on a page.")


class Paging(Pages):
    """Which page of a list, and what to look for in it."""

    search: Words = Field("", description="Words that must all occur.")


class Listing(Schema):
    """One page of a list."""

    items: list[Any]
    count: int
    page: int
    pages: int


def listing(paging: Pages, items: Sequence[Any], count: int) -> dict[str, Any]:
    """One page of a list of `count`."""
    return {"items": items, "count": count, "page": paging.page, "pages": pages_of(paging, count)}


def pages_of(paging: Pages, count: int) -> int:
    """How many pages there are; an empty list has one."""
    return max(1, -(-count // paging.page_size))


def page_of(rows: QuerySet[Any] | Sequence[T], paging: Pages, shown: Callable[[Any], Any]) -> dict[str, Any]:
    """The page of these rows that was asked for, each as it is shown."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    first = (paging.page - 1) * paging.page_size
    found = rows[first : first + paging.page_size] if first < count else []
    return listing(paging, [shown(row) for row in found], count)
