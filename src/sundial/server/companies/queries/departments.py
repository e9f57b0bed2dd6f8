"""Reads about the departments of the company in scope, as the tree that they are."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from sundial.server.companies import rules
from sundial.server.companies.models import Department
from sundial.server.companies.queries.people import visible
from sundial.server.companies.types import DepartmentRow
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.words import holds


def tree() -> list[DepartmentRow]:
    """Every department of the company in scope, each after the one it lies in; nobody is counted."""
    return rules.laid_out(_nodes(), {})


def departments(acting: Acting, *, search: str = "", ordering: str = "path") -> list[DepartmentRow]:
    """The departments whose paths hold these words, with how many of the people whom `acting` may see are in each.

    By `path` each stands after the one it lies in; by `name` or `people` those alike stand in that order, too.
    """
    held = Counter(visible(acting).exclude(department=None).values_list("department_id", flat=True))
    rows = rules.laid_out(_nodes(), {key: count for key, count in held.items() if key is not None})
    found = [row for row in rows if holds(row.path, search)]
    if (key := _KEYS.get(ordering.removeprefix("-"))) is not None:
        found.sort(key=key)
    return found[::-1] if ordering.startswith("-") else found


_KEYS: dict[str, Callable[[DepartmentRow], Any]] = {
    "name": lambda row: row.name.casefold(),
    "people": lambda row: row.people,
}


def _nodes() -> list[tuple[int, int | None, str]]:
    return list(Department.objects.order_by("name", "id").values_list("id", "parent_id", "name"))


def with_those_below(department_id: int) -> set[int]:
    """This department and all that lie in it; nothing if there is no such department."""
    return rules.below(_nodes(), department_id)


def department(department_id: int) -> Department:
    """One department of the company in scope; raises NotFound."""
    found = Department.objects.filter(id=department_id).first()
    if found is None:
        raise NotFound
    return found
