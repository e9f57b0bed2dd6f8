"""Screenshots, without their bytes: those lie behind `actions.open_picture`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum

from sundial.server.activity.models import Screenshot, Stored
from sundial.server.activity.queries.usage import KEPT
from sundial.server.activity.queries.visible import company_of, names, turned, visible_ids
from sundial.server.activity.types import PictureState, ScreenshotView
from sundial.server.audit.types import Page
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import holds

_ORDERS = {"taken_at": (F("taken_at").asc(), F("id").asc()), "-taken_at": (F("taken_at").desc(), F("id").desc())}


def screenshots(
    acting: Acting,
    *,
    user_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    session: UUID | None = None,
    state: str = "",
    search: str = "",
    ordering: str = "-taken_at",
    page: int = 1,
    page_size: int = 20,
    count_at_most: int | None = None,
    past_end: bool = True,
) -> Page[ScreenshotView]:
    """The screenshots that `acting` may see, newest first; `state` is a PictureState, else those that are kept.

    `search` looks into the names and addresses of people.

    With `count_at_most` a list of millions is as quick as a short one: it ends there, and says that it is `capped`.
    """
    with acting_for(company_of(acting)), transaction.atomic():
        ids = _called(search, visible_ids(acting, user_id))
        narrowed = {"taken_at__gte": since, "taken_at__lt": until, "session": session}
        narrowed = {name: value for name, value in narrowed.items() if value is not None}
        everything = not narrowed and state not in set(PictureState)
        kept = {"state": state} if state in set(PictureState) else {"state__in": KEPT}
        rows = Screenshot.objects.filter(user_id__in=ids, **kept, **narrowed)
        turn = turned(
            rows,
            _ORDERS.get(ordering, _ORDERS["-taken_at"]),
            page=page,
            page_size=page_size,
            at_most=count_at_most,
            count=kept_of(ids) if everything else None,
            past_end=past_end,
        )
        found = {row.pk: row for row in Screenshot.objects.filter(id__in=turn.ids)}
        views = picture_views([found[one] for one in turn.ids if one in found])
        return Page(views, turn.count, turn.page, turn.pages, turn.capped)


def _called(search: str, ids: list[int]) -> list[int]:
    """Those of these people whose names or addresses hold these words."""
    if not search.strip():
        return ids
    return [one.id for one in names(ids).values() if holds(f"{one.name} {one.email}", search)]


def screenshot(acting: Acting, screenshot_id: int) -> ScreenshotView:
    """One screenshot that `acting` may see, unless it was deleted; raises NotFound."""
    if acting.company_id is None or acting.is_owner:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        row = Screenshot.objects.exclude(state=PictureState.DELETED).filter(id=screenshot_id).first()
        if row is None or row.user_id not in companies.visible_user_ids(acting):
            raise NotFound
        return picture_views([row])[0]


def neighbours(acting: Acting, screenshot_id: int) -> tuple[int | None, int | None]:
    """The ids of the picture before and of the one after, of the same person; for going through them by key."""
    here = screenshot(acting, screenshot_id)
    with acting_for(company_of(acting)), transaction.atomic():
        mine = Screenshot.objects.filter(user_id=here.user_id, state__in=KEPT).exclude(id=here.id)
        before = mine.filter(taken_at__lte=here.taken_at).exclude(taken_at=here.taken_at, id__gt=here.id)
        after = mine.filter(taken_at__gte=here.taken_at).exclude(taken_at=here.taken_at, id__lt=here.id)
        return (
            before.order_by("-taken_at", "-id").values_list("id", flat=True).first(),
            after.order_by("taken_at", "id").values_list("id", flat=True).first(),
        )


def picture_views(rows: Sequence[Screenshot]) -> list[ScreenshotView]:
    """Screenshots as lists show them; inside the company's scope."""
    people = names(row.user_id for row in rows)
    return [
        ScreenshotView(
            id=row.pk,
            eid=row.eid,
            user_id=row.user_id,
            name=people[row.user_id].name,
            email=people[row.user_id].email,
            device_id=row.device_id,
            session=row.session,
            taken_at=row.taken_at,
            told_at=row.told_at,
            received_at=row.received_at,
            screen=row.screen,
            blurred=row.blurred,
            state=PictureState(row.state),
            width=row.width,
            height=row.height,
            bytes=row.bytes,
            problem=row.problem,
        )
        for row in rows
    ]


def kept_of(user_ids: Sequence[int]) -> int:
    """How many pictures of these people are kept; in a company's scope."""
    kept: int | None = Stored.objects.filter(user_id__in=user_ids).aggregate(all=Sum("pictures"))["all"]
    return kept or 0


def bytes_kept(company_id: int) -> int:
    """How much room a company's pictures take."""
    with acting_for(company_id), transaction.atomic():
        total: int | None = Stored.objects.filter(company_id=company_id).aggregate(all=Sum("bytes"))["all"]
    return int(total or 0)
