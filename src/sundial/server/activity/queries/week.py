"""How long somebody worked on each of some days: a strip beside a day."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from sundial.server.activity import rules
from sundial.server.activity.queries.told import Asked, told_of
from sundial.server.activity.queries.visible import visible_person
from sundial.server.activity.rules.parts import parts_of
from sundial.server.activity.rules.ranges import at_ms, clip, length
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for


def worked_days(acting: Acting, user_id: int, days: Sequence[date], zone: str, *, now: datetime) -> dict[date, int]:
    """Milliseconds worked on each of these days, as the pages of those days say; NotFound for whom one may not see."""
    if acting.company_id is None:
        raise NotFound
    bounds = {day: rules.day_bounds(day, zone) for day in days}
    first, last = min(start for start, _end in bounds.values()), max(end for _start, end in bounds.values())
    with acting_for(acting.company_id), transaction.atomic():
        visible_person(acting, user_id)
        (told,) = told_of([Asked(user_id, first, last)], now)
    worked = parts_of(told).worked
    return {day: length(clip(worked, at_ms(start), at_ms(end))) for day, (start, end) in bounds.items()}
