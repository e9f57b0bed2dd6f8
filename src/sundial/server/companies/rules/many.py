"""What people carry after a change of many at once, without a database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sundial.server.companies.rules.carrying import Carries, as_carried, with_their_ends
from sundial.server.companies.types import Held


class How(StrEnum):
    """What is done to the attributes that were named: they are given, taken away, or all that there shall be."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


def after(before: Carries, how: How, *, wanted: Mapping[int, Held], named: Collection[int], now: datetime) -> Carries:
    """What somebody carries afterwards; what they carry already keeps its end."""
    if how is How.REMOVE:
        return {key: value for key, value in before.items() if key not in named}
    given = as_carried(with_their_ends(wanted, before, now))
    return given if how is How.REPLACE else {**before, **given}
