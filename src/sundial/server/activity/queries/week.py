"""How long somebody worked on each of some days: a strip beside a day."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from sundial.server.activity import rules
from sundial.server.activity.queries.sessions import pauses_of, touching, worked_ms
from sundial.server.activity.queries.visible import visible_person
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for


def worked_days(acting: Acting, user_id: int, days: Sequence[date], zone: str, *, now: datetime) -> dict[date, int]:
    """Milliseconds worked on each of these days, as the pages of those days say; NotFound for whom one may not see."""
    if acting.company_id is None:
        raise NotFound
    bounds = {day: rules.day_bounds(day, zone) for day in days}
    with acting_for(acting.company_id), transaction.atomic():
        visible_person(acting, user_id)
        first, last = min(start for start, _end in bounds.values()), max(end for _start, end in bounds.values())
        rows = touching(first, last, [user_id])
        rests = pauses_of(rows, now)
    return {
        day: sum(worked_ms(row, rests[row.uuid], start, end, now) for row in rows)
        for day, (start, end) in bounds.items()
    }
