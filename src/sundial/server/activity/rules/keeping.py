"""How long each kind of what was recorded is kept, and which local days go next."""

from collections.abc import Mapping
from datetime import date, timedelta

from sundial.server.activity.types import DataKind

AHEAD = 7  # nights that the page looks ahead


def kept_days(own: Mapping[str, int], limit: int | None) -> dict[DataKind, int | None]:
    """Days that each kind is kept, None for ever: the company's own number, within the limit of its plan.

    Sums are kept at least as long as what they were made from, so that no page shows facts without their sums.
    """
    found = {kind: _least(own.get(kind), limit) for kind in DataKind}
    sums, facts = found[DataKind.SUMS], found[DataKind.ACTIVITY]
    if sums is not None:
        found[DataKind.SUMS] = None if facts is None else max(sums, facts)
    return found


def _least(own: int | None, limit: int | None) -> int | None:
    known = [days for days in (own, limit) if days]
    return min(known) if known else None


def kept_from(today: date, days: int | None) -> date | None:
    """The eldest local day that stays in the night after `today`; None if nothing goes. Today itself always stays."""
    return None if days is None else today - timedelta(days=days)
