"""Who uses an attribute besides people: apps above this one say so by a plain function."""

from collections.abc import Callable

UsesOf = Callable[[int, str], list[str]]
_FINDERS: list[UsesOf] = []


def register_attribute_use(find: UsesOf) -> None:
    """`find(company_id, name)` names what would read this attribute as unknown if it were gone."""
    if find not in _FINDERS:
        _FINDERS.append(find)


def uses_of_attribute(company_id: int, name: str) -> list[str]:
    """Everything that uses this attribute, by name; each file once."""
    return sorted({use for find in _FINDERS for use in find(company_id, name)})
