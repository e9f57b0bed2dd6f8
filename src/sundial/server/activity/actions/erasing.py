"""Pictures are deleted, with the time they cover if the person wishes; or all at once, by destroying the key."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from sundial.protocol.ids import RANDOM_BITS, uuid7
from sundial.server.activity import storage
from sundial.server.activity.actions.telling import changed, count_again, hold, make_stale
from sundial.server.activity.models import PersonKey, Screenshot, Span, WorkSession
from sundial.server.activity.types import NO_SESSION, TAKEN_OUT, PictureState
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.clock import iso
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.tracking import queries as tracking

_COUNTS = ("keys", "clicks", "scrolls", "moved_s")


@dataclass(frozen=True, slots=True)
class Erased:
    """What was destroyed: so many pictures, bytes, and keys."""

    pictures: int
    bytes: int
    keys: int


def delete_screenshot(*, acting: Acting, screenshot_id: int, take_time: bool = False, now: datetime) -> int:
    """Destroy a picture: by the person it shows, or an ADMIN; how many seconds of time went with it.

    With `take_time` what was recorded since the picture before it (at most one interval of the policy) is emptied.
    """
    if acting.company_id is None or acting.is_owner:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        row = _deletable(acting, screenshot_id)
        hold(acting.company_id, row.user_id)
        span = _covered(row) if take_time else (row.taken_at, row.taken_at)
        if take_time:
            take_out(row.company_id, row.user_id, *span)
        row.state, row.bytes, row.thumb_bytes, row.width, row.height = PictureState.DELETED, 0, 0, 0, 0
        row.save(update_fields=["state", "bytes", "thumb_bytes", "width", "height"])
        seconds = int((span[1] - span[0]).total_seconds())
        _audit(acting, row, seconds, now)
        make_stale(row.company_id, row.user_id, row.taken_at, row.taken_at)
        changed(row.company_id, row.user_id)
        transaction.on_commit(lambda: storage.remove(row.company_id, row.pk))
    return seconds


def take_out(company_id: int, user_id: int, start: datetime, end: datetime) -> None:
    """Empty what was recorded of a person between two moments. Spans stay known by name, should they come again."""
    touching = Span.objects.filter(
        user_id=user_id, started__gte=start - timedelta(days=1), started__lt=end, ended__gt=start
    )
    found = list(touching.exclude(session=NO_SESSION))
    for span in found:
        _keep(span, span.started, start)
        _keep(span, end, span.ended)
        Span.objects.filter(company_id=company_id, eid=span.eid).update(
            session=NO_SESSION,
            ended=span.started,
            name="",
            title="",
            detail="",
            browser="",
            answer=TAKEN_OUT,
            **dict.fromkeys(_COUNTS, 0),
        )
    low, high = min([start, *(one.started for one in found)]), max([end, *(one.ended for one in found)])
    count_again(company_id, user_id, low, high)


def erase_pictures_of(*, acting: Acting, user_id: int, now: datetime) -> Erased:
    """Destroy the key of a person's pictures, so that none can be read, in backups, too: by them, or an ADMIN."""
    if acting.company_id is None or acting.is_owner:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        person = companies.as_person(companies.person(acting, user_id))
        if acting.role is not Role.ADMIN and acting.id != user_id:
            raise NotAllowed("Only an administrator or the person may erase these pictures.")
        rows = Screenshot.objects.filter(user_id=user_id).exclude(state=PictureState.DELETED)
        found = list(rows.select_for_update(of=("self",)))
        keys = _destroy_keys(acting.company_id, user_id, now)
        erased = Erased(len(found), sum(row.bytes + row.thumb_bytes for row in found), keys)
        rows.update(state=PictureState.DELETED, bytes=0, thumb_bytes=0, width=0, height=0)
        record(
            acting=acting,
            company_id=acting.company_id,
            action="SCREENSHOTS_ERASED",
            description=f"All screenshots of {person.email} were erased",
            details={"pictures": erased.pictures, "bytes": erased.bytes, "keys_destroyed": erased.keys},
            personal={"target": person.email},
            target_kind="person",
            target_id=user_id,
            now=now,
        )
        for start, end in _days_of(found):
            make_stale(acting.company_id, user_id, start, end)
        changed(acting.company_id, user_id)
        transaction.on_commit(lambda: _remove(found))
    return erased


def _destroy_keys(company_id: int, user_id: int, now: datetime) -> int:
    """Empty the halves in the rows with the commit, and take those outside right after; how many keys."""
    keys = list(PersonKey.objects.select_for_update().filter(user_id=user_id, destroyed_at__isnull=True))
    PersonKey.objects.filter(id__in=[key.pk for key in keys]).update(wrapped=None, destroyed_at=now)

    def destroy() -> None:
        for key in keys:
            if key.outside is not None:
                storage.destroy_half(company_id, key.outside)

    transaction.on_commit(destroy, robust=True)  # what fails here is finished by `sweep_files`
    return len(keys)


def _days_of(rows: list[Screenshot]) -> list[tuple[datetime, datetime]]:
    """The first and the last of each day's pictures."""
    found: dict[date, tuple[datetime, datetime]] = {}
    for row in rows:
        low, high = found.get(row.taken_at.date(), (row.taken_at, row.taken_at))
        found[row.taken_at.date()] = min(low, row.taken_at), max(high, row.taken_at)
    return list(found.values())


def _remove(rows: list[Screenshot]) -> None:
    for row in rows:
        storage.remove(row.company_id, row.pk)


def _deletable(acting: Acting, screenshot_id: int) -> Screenshot:
    rows = Screenshot.objects.exclude(state=PictureState.DELETED).select_for_update(of=("self",))
    row = rows.filter(id=screenshot_id).first()
    if row is None or row.user_id not in companies.visible_user_ids(acting):
        raise NotFound
    if acting.role is not Role.ADMIN and acting.id != row.user_id:
        raise NotAllowed("Only the person it shows, or an administrator, may delete a screenshot.")
    if acting.role is not Role.ADMIN and not companies.company(row.company_id).people_delete_screenshots:
        raise NotAllowed("In your company an administrator deletes screenshots: please ask one.")
    return row


def _covered(row: Screenshot) -> tuple[datetime, datetime]:
    """The time that a picture stands for: since the one before it, its session's start, or one interval ago."""
    interval = int(tracking.head(row.company_id).settings["screenshot_interval_seconds"])
    mine = Screenshot.objects.filter(user_id=row.user_id, session=row.session, taken_at__lt=row.taken_at)
    before = mine.order_by("-taken_at").values_list("taken_at", flat=True).first()
    began = WorkSession.objects.filter(uuid=row.session).values_list("started_at", flat=True).first()
    earliest = [row.taken_at - timedelta(seconds=interval), *(moment for moment in (before, began) if moment)]
    return min(max(earliest), row.taken_at), row.taken_at


def _keep(span: Span, start: datetime, end: datetime) -> None:
    """The part of a span outside of what is taken out goes on under a name of its own, with its share of counts."""
    part, whole = end - start, span.ended - span.started
    if part <= timedelta(0):
        return
    shares = {name: int(getattr(span, name) * (part / whole)) for name in _COUNTS}
    columns = {field.attname: getattr(span, field.attname) for field in Span._meta.concrete_fields}
    columns |= {"started": start, "ended": end, "payload": uuid4(), **shares}
    columns["eid"] = UUID(uuid7(span.eid.int >> 80, secrets.randbits(RANDOM_BITS)))
    Span(**columns).save(force_insert=True)


def _audit(acting: Acting, row: Screenshot, seconds: int, now: datetime) -> None:
    person = companies.names_of([row.user_id])[row.user_id]
    with_time = f", and {seconds} seconds of time with it" if seconds else ""
    record(
        acting=acting,
        company_id=row.company_id,
        action="SCREENSHOT_DELETED",
        description=f"A screenshot of {person.email} was deleted{with_time}",
        details={"screenshot_id": row.pk, "seconds": seconds},
        personal={"target": person.email, "taken_at": iso(row.taken_at)},
        target_kind="person",
        target_id=row.user_id,
        now=now,
    )
