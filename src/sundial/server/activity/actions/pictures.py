"""Screenshots come in, are made anew by the worker, are opened by those who may, and are destroyed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction

from sundial.server.activity import storage
from sundial.server.activity.actions.looking import record_pictures_seen, record_view
from sundial.server.activity.actions.telling import changed, make_stale
from sundial.server.activity.models import PersonKey, Screenshot
from sundial.server.activity.queries.screenshots import bytes_kept
from sundial.server.activity.rules.headers import size_of
from sundial.server.activity.storage import Part
from sundial.server.activity.types import PictureState
from sundial.server.companies import queries as companies
from sundial.server.lib import jobs
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.pictures import MOST_PIXELS, Remade
from sundial.server.lib.scope import acting_for
from sundial.server.lib.sealing import SealBroken
from sundial.server.lib.words import storable
from sundial.server.tracking import queries as tracking

MAKE_PICTURE = "activity.make_picture"
MEGABYTE = 1 << 20
PLAN_MEGABYTE = 1_000_000  # a plan counts as people do
MOST_SCREENS = 32767  # what the column holds
MEASURED_EVERY = timedelta(minutes=1)
LATEST, EARLIEST = timedelta(minutes=10), timedelta(days=400)  # from now; what lies outside was a wrong clock


class ScreenshotsDisabled(NotAllowed):
    """The policy in force takes no screenshots."""

    code = "screenshots_disabled"


class QuotaReached(NotAllowed):
    """The company's room for screenshots is full."""

    code = "quota"


class TooLarge(Invalid):
    """More bytes or pixels than are taken."""

    status, code = 413, "too_large"


@dataclass(frozen=True, slots=True)
class Taken:
    """A screenshot as its device tells of it."""

    eid: UUID
    session: UUID
    taken_at: datetime | None  # None: what was told is no time at all
    told_at: str
    screen: int = 0
    blurred: bool = False


def take_screenshot(
    *, company_id: int, user_id: int, device_id: int, taken: Taken, image: bytes, now: datetime
) -> Screenshot:
    """Keep a picture, sealed, and have the worker make it anew; the same again is the same.

    Raises ScreenshotsDisabled, QuotaReached, TooLarge, Invalid for what is no picture, and Conflict for another
    picture under the same name.
    """
    with acting_for(company_id), transaction.atomic():
        before = Screenshot.objects.filter(company_id=company_id, eid=taken.eid).first()
        if before is not None:
            return _the_same(before, device_id, image)
        size = _acceptable(company_id, image)
        if not _room.has(company_id, len(image), now):
            raise QuotaReached(
                "This company's room for screenshots is full. An administrator can delete pictures, "
                "or ask the owner of the platform for a larger plan."
            )
        key = _key_of(company_id, user_id, now)
        row, new = Screenshot.objects.get_or_create(
            company_id=company_id,
            eid=taken.eid,
            defaults=_columns(taken, image, size, now) | {"user_id": user_id, "device_id": device_id, "key": key},
        )
        if not new:
            return _the_same(row, device_id, image)
        storage.write(row, row.key, Part.ORIGINAL, image)
        jobs.defer(MAKE_PICTURE, company_id=company_id, screenshot_id=row.pk)
        make_stale(company_id, user_id, row.taken_at, row.taken_at)
        changed(company_id, user_id)
    return row


def keep_remade(*, company_id: int, screenshot_id: int, made: Remade) -> None:
    """What the worker made takes the place of what came."""
    with acting_for(company_id), transaction.atomic():
        row = _waiting(screenshot_id)
        if row is None:
            return
        storage.write(row, row.key, Part.PICTURE, made.picture)
        storage.write(row, row.key, Part.THUMB, made.thumb)
        row.state, row.bytes, row.thumb_bytes = PictureState.READY, len(made.picture), len(made.thumb)
        row.width, row.height = made.width, made.height
        row.save(update_fields=["state", "bytes", "thumb_bytes", "width", "height"])
        changed(company_id, row.user_id)
    storage.remove(company_id, screenshot_id, Part.ORIGINAL)


def mark_broken(*, company_id: int, screenshot_id: int, problem: str) -> None:
    """It could not be made anew: what came goes, the reason stays."""
    with acting_for(company_id), transaction.atomic():
        row = _waiting(screenshot_id)
        if row is None:
            return
        row.state, row.problem, row.bytes = PictureState.BROKEN, problem[:500], 0
        row.save(update_fields=["state", "problem", "bytes"])
        make_stale(company_id, row.user_id, row.taken_at, row.taken_at)
        changed(company_id, row.user_id)
    storage.remove(company_id, screenshot_id, Part.ORIGINAL)


def original_of(*, company_id: int, screenshot_id: int) -> bytes | None:
    """What came, for the worker; None if there is nothing to do any more."""
    with acting_for(company_id), transaction.atomic():
        row = Screenshot.objects.select_related("key").filter(id=screenshot_id, state=PictureState.RECEIVED).first()
    return None if row is None else storage.read(row, row.key, Part.ORIGINAL)


def open_picture(*, acting: Acting, screenshot_id: int, thumb: bool = False, now: datetime) -> bytes:
    """A picture as WebP, for whom it is about and who may see them; every look at somebody else's is written down.

    Raises NotFound, also for one that is not ready yet, is broken, or whose key was destroyed.
    """
    if acting.company_id is None or acting.is_owner:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        row = Screenshot.objects.select_related("key").filter(id=screenshot_id, state=PictureState.READY).first()
        if row is None or row.user_id not in companies.visible_user_ids(acting):
            raise NotFound
        try:
            plain = storage.read(row, row.key, Part.THUMB if thumb else Part.PICTURE)
        except SealBroken as error:
            raise NotFound from error
        if thumb:
            record_pictures_seen(acting=acting, screenshot_ids=[row.pk], now=now)
        else:
            record_view(acting=acting, user_id=row.user_id, screenshot_id=row.pk, now=now)
    return plain


def _the_same(row: Screenshot, device_id: int, image: bytes) -> Screenshot:
    if row.device_id != device_id or bytes(row.digest) != sha256(image).digest():
        raise Conflict("Another picture was sent under this id before.")
    return row


def _waiting(screenshot_id: int) -> Screenshot | None:
    rows = Screenshot.objects.select_for_update(of=("self",)).select_related("key")
    return rows.filter(id=screenshot_id, state=PictureState.RECEIVED).first()


def _acceptable(company_id: int, image: bytes) -> tuple[int, int]:
    """Width and height of a picture that this company's policy takes."""
    policy = tracking.head(company_id).settings
    if not policy["screenshots_enabled"]:
        raise ScreenshotsDisabled("This company's policy takes no screenshots.")
    megabytes = int(policy["max_screenshot_size_mb"])
    if len(image) > megabytes * MEGABYTE:
        raise TooLarge({"image": f"At most {megabytes} MB are taken."}, "This picture is too large.")
    size = size_of(image)
    if size is None:
        raise Invalid({"image": "This is no PNG, JPEG or WebP."}, "This is no picture.")
    if size[0] * size[1] > MOST_PIXELS:
        raise TooLarge(
            {"image": f"At most {MOST_PIXELS // 1_000_000} million pixels are taken."}, "This picture is too large."
        )
    return size


def _columns(taken: Taken, image: bytes, size: tuple[int, int], now: datetime) -> dict[str, object]:
    at, told = _believed(taken, now)
    return {
        "session": taken.session,
        "taken_at": at,
        "told_at": told,
        "received_at": now,
        "screen": min(taken.screen, MOST_SCREENS),
        "blurred": taken.blurred,
        "width": size[0],
        "height": size[1],
        "bytes": len(image),
        "digest": sha256(image).digest(),
    }


_also_kept: list[Callable[[int], int]] = []


def register_kept(count: Callable[[int], int]) -> None:
    """Have a plan's room count what an upper app keeps, too: `count(company_id)` says how many bytes."""
    if count not in _also_kept:
        _also_kept.append(count)


@dataclass(slots=True)
class _Kept:
    """What a company kept when it was measured, and the pictures that came since."""

    at: datetime
    pictures: int
    others: int


class _Room:
    """How much room each company's pictures take: measured once a minute, in between added up."""

    def __init__(self) -> None:
        self._known: dict[int, _Kept] = {}

    def has(self, company_id: int, more: int, now: datetime) -> bool:
        """Whether so many bytes more fit; then they are counted."""
        kept = self._known.get(company_id)
        if kept is None or not kept.at <= now <= kept.at + MEASURED_EVERY:
            kept = _Kept(now, bytes_kept(company_id), sum(count(company_id) for count in _also_kept))
            self._known[company_id] = kept
        fits = _fits(company_id, kept, more)
        kept.pictures += more if fits else 0
        return fits


_room = _Room()


def _fits(company_id: int, kept: _Kept, more: int) -> bool:
    """Whether the machine has room for so many pictures of one company, and the plan for all that it keeps."""
    planned = companies.limits_of(company_id).storage_mb
    pictures = kept.pictures + more
    if pictures > int(settings.PICTURES_QUOTA):
        return False
    return planned is None or pictures + kept.others <= planned * PLAN_MEGABYTE


def _believed(taken: Taken, now: datetime) -> tuple[datetime, str]:
    """When it was taken; an absurd time is replaced by that of arrival, and kept as what was told."""
    at = taken.taken_at
    if at is not None and now - EARLIEST <= at <= now + LATEST:
        return at, ""
    return now, storable(taken.told_at, 128) or "no time"


def _key_of(company_id: int, user_id: int, now: datetime) -> PersonKey:
    """The living key of a person, made now if there is none; two at once get the same."""
    living = PersonKey.objects.filter(company_id=company_id, user_id=user_id, destroyed_at=None).first()
    if living is not None:
        return living
    new = storage.new_key(company_id, user_id)  # of two at once, one half outside stays unused until it is swept
    key, _new = PersonKey.objects.get_or_create(
        company_id=company_id,
        user_id=user_id,
        destroyed_at=None,
        defaults={"made_at": now, "wrapped": new.wrapped, "outside": new.outside},
    )
    return key
