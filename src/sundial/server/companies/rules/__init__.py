"""What each role may do to people, without a database."""

import functools
import secrets
import zoneinfo
from collections.abc import Mapping, Sequence

from sundial.access import RESERVED, is_free_name
from sundial.server.companies.types import DepartmentRow
from sundial.server.lib.acting import Acting, Role

LONGEST_VALUE = 80

_RANK = {Role.EMPLOYEE: 1, Role.MANAGER: 2, Role.ADMIN: 3}


def new_company_key() -> str:
    """A fresh company key; it tells companies apart and opens nothing by itself."""
    return f"sdk_{secrets.token_urlsafe(24)}"


def may_manage_people(acting: Acting, company_id: int) -> bool:
    """An ADMIN manages the people of their own company, other ADMINs included."""
    return acting.role is Role.ADMIN and acting.company_id == company_id


def may_read_people(acting: Acting, company_id: int) -> bool:
    """ADMIN and MANAGER read lists of people; the OWNER sees counts only."""
    return acting.role in {Role.ADMIN, Role.MANAGER} and acting.company_id == company_id


def role_from(text: str) -> Role | None:
    """A role that someone inside a company may have, or None."""
    return next((role for role in _RANK if role == text.strip().upper()), None)


def known_time_zone(name: str) -> bool:
    """True for a zone of the time zone database."""
    return name in _time_zones()


@functools.cache
def _time_zones() -> frozenset[str]:
    # Their names are files: looked up once, not for each company that is founded.
    return frozenset(zoneinfo.available_timezones())


def laid_out(nodes: Sequence[tuple[int, int | None, str]], people: Mapping[int, int]) -> list[DepartmentRow]:
    """Departments (id, parent, name; in the order of siblings) as a tree, each followed by those in it."""
    inside: dict[int | None, list[tuple[int, str]]] = {}
    for key, parent, name in nodes:
        inside.setdefault(parent, []).append((key, name))
    rows: list[DepartmentRow] = []

    def lay(parent: int | None, depth: int, before: str) -> int:
        total = 0
        for key, name in inside.get(parent, ()):
            path, place = f"{before}{name}", len(rows)
            own = people.get(key, 0)
            below = lay(key, depth + 1, f"{path} / ")
            rows.insert(place, DepartmentRow(key, name, parent, depth, path, own, own + below))
            total += own + below
        return total

    lay(None, 0, "")
    return rows


def below(nodes: Sequence[tuple[int, int | None, str]], top: int) -> set[int]:
    """A department and all that lie in it; empty if it is not among the nodes."""
    found = {key for key, _, _ in nodes if key == top}
    while more := {key for key, parent, _ in nodes if parent in found} - found:
        found |= more
    return found


def attribute_name_problem(text: str) -> str:
    """Why an attribute may not be called so; empty if it may."""
    if text in RESERVED:
        return f"{text} means something else in rules: choose another name."
    fits = is_free_name(text)
    return "" if fits else "Begin with a small letter; then small letters, digits, - and _, at most 40."
