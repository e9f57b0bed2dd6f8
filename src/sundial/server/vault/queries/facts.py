"""What is known of people at one moment, as rules ask for it."""

import re
from collections.abc import Mapping
from datetime import datetime

from sundial.access import Facts, Kind
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting

_NUMBER = re.compile(r"-?[0-9]{1,15}")


def pool() -> Mapping[str, str]:
    """Which attributes the company in scope has, and what they hold."""
    return dict(companies.attributes().values_list("name", "kind"))


def facts_for(acting: Acting, *, now: datetime) -> Facts:
    """What is known of whoever asks; in the company's scope."""
    user_id = acting.id or 0
    known = pool()
    held = companies.attributes_of([user_id], now=now).get(user_id, [])
    carried = {one.name: True if known[one.name] == Kind.FLAG else _value(one.value) for one in held}
    return Facts(
        pool=known,
        attributes=carried,
        role=str(acting.role).lower(),
        teams=frozenset(row.team for row in companies.teams_of([user_id]).get(user_id, [])),
    )


def _value(text: str) -> str | int:
    return int(text) if _NUMBER.fullmatch(text) else text
