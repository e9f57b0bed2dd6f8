"""What people carry after a change of many at once, without a database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sundial.server.companies.types import Held

Carries = dict[int, tuple[str, datetime | None]]  # attribute id → value, and until when


class How(StrEnum):
    """What is done to the attributes that were named: they are given, taken away, or all that there shall be."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


def after(before: Carries, how: How, *, wanted: Mapping[int, Held], named: Collection[int]) -> Carries:
    """What somebody carries afterwards; what they carried already keeps its end."""
    if how is How.REMOVE:
        return {key: value for key, value in before.items() if key not in named}
    given = {key: _kept(before.get(key), one) for key, one in wanted.items()}
    return given if how is How.REPLACE else {**before, **given}


def _kept(before: tuple[str, datetime | None] | None, one: Held) -> tuple[str, datetime | None]:
    if before is not None and before[0] == one.value and one.expires_at is None:
        return before
    return one.value, one.expires_at
