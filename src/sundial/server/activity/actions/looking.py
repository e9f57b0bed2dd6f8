"""Whoever looks at what somebody else did is written down, and shown to that person."""

from datetime import date, datetime, timedelta

from django.db import transaction

from sundial.server.activity.queries.own import DAY_VIEWED, LOOKS, SCREENSHOT_VIEWED, look_of
from sundial.server.activity.queries.visible import company_of, visible_person
from sundial.server.activity.types import Look
from sundial.server.audit import queries as audit
from sundial.server.audit.actions import archives_telling_of, record, told_in_archive
from sundial.server.audit.types import Archive, Subject
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
