"""Whoever looks at what somebody else did is written down, and shown to that person."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from sundial.server.activity import rules
from sundial.server.activity.models import Screenshot
from sundial.server.activity.queries.own import DAY_VIEWED, LOOKS, SCREENSHOT_VIEWED, look_of
from sundial.server.activity.queries.visible import company_of, names, visible_person
from sundial.server.activity.types import Look, PictureState
from sundial.server.audit import queries as audit
from sundial.server.audit.actions import archives_telling_of, record, told_in_archive
from sundial.server.audit.actions.recording import Line, record_each
from sundial.server.audit.types import Archive, Subject
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for

ONE_LOOK = timedelta(minutes=10)


def record_view(
    *, acting: Acting, user_id: int, day: date | None = None, screenshot_id: int | None = None, now: datetime
) -> bool:
    """Write down a look at a day or a screenshot of somebody else; whether an entry was made.

    Looking again at the same within ten minutes is the same look; looking at oneself is none.
    """
    if acting.id == user_id:
        return False
    company_id = company_of(acting)
    details: dict[str, object] = {"day": day.isoformat()} if day else {"screenshot_id": screenshot_id}
    action = DAY_VIEWED if day else SCREENSHOT_VIEWED
    with acting_for(company_id), transaction.atomic():
        person = visible_person(acting, user_id)
        if audit.told_since(acting, action, Subject("person", user_id), details, since=now - ONE_LOOK):
            return False
        what = f"the day {day.isoformat()}" if day else "a screenshot"
        record(
            acting=acting,
            company_id=company_id,
            action=action,
            description=f"{acting.label} looked at {what} of {person.email}",
            details=details,
            personal={"target": person.email},
            target_kind="person",
            target_id=user_id,
            now=now,
        )
    return True


def record_pictures_seen(*, acting: Acting, screenshot_ids: Collection[int], now: datetime) -> int:
    """Write down that small pictures of others were shown: one entry a person and day; how many entries were made.

    Those that were shown to the same reader within ten minutes are the same look; one's own pictures are none.
    """
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        shown = Screenshot.objects.filter(
            id__in=screenshot_ids, state=PictureState.READY, user_id__in=companies.visible_user_ids(acting)
        )
        rows = list(shown.exclude(user_id=acting.id or 0).order_by("user_id", "taken_at", "id"))
        if not rows:
            return 0
        looks = map(look_of, audit.told_by(acting, SCREENSHOT_VIEWED, since=now - ONE_LOOK))
        seen = {one for look in looks for one in look.screenshot_ids}
        lines = _lines(acting, company_id, [row for row in rows if row.pk not in seen])
        if lines:
            record_each(acting=acting, company_id=company_id, action=SCREENSHOT_VIEWED, lines=lines, now=now)
    return len(lines)


def _lines(acting: Acting, company_id: int, rows: Iterable[Screenshot]) -> list[Line]:
    """What the log says of these pictures: of each person and day, how many, and which."""
    zone = companies.company(company_id).time_zone
    days: dict[tuple[int, date], list[int]] = defaultdict(list)
    for row in rows:
        days[row.user_id, rules.local_day(row.taken_at, zone)].append(row.pk)
    people = names(user_id for user_id, _day in days)
    return [_line(acting, people[user_id].email, user_id, day, ids) for (user_id, day), ids in days.items()]


def _line(acting: Acting, email: str, user_id: int, day: date, ids: list[int]) -> Line:
    details: dict[str, object]
    if len(ids) == 1:
        what, details = f"a screenshot of {email}", {"screenshot_id": ids[0]}
    else:
        what = f"{len(ids)} screenshots of {email}, of the day {day.isoformat()}"
        details = {"day": day.isoformat(), "pictures": len(ids), "screenshot_ids": ids}
    return Line(f"{acting.label} looked at {what}", details, {"target": email}, "person", user_id)


def archived_months(acting: Acting) -> list[tuple[Archive, bool]]:
    """The archives of old entries that may tell who looked at this person, newest first, and whether each is here."""
    return archives_telling_of(company_of(acting), Subject("person", acting.id or 0))


def archived_looks(acting: Acting, number: int) -> list[Look]:
    """Who looked at this person, as one of those archives tells, latest first (NotFound if it is none of them)."""
    for archive, here in archived_months(acting):
        if archive.number == number and here:
            told = told_in_archive(archive, Subject("person", acting.id or 0), actions=LOOKS)
            return [look_of(one) for one in told]
    raise NotFound
