"""Screenshots: the gallery, one picture, its bytes, and deleting it with the time it covers.

Looking at somebody else's pictures is noted and shown to them, small ones too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sundial.server.activity import actions, queries
from sundial.server.activity.types import ScreenshotView
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.lists import COUNTED_AT_MOST, PAGE_SIZE, Counted, narrowed, paged, wanted_page
from sundial.server.portal.views import activity_words as words
from sundial.server.portal.views.asked import day_in, days_filter, people_filter, person_id, start_of, stretch, today
from sundial.server.portal.views.day import Nothing, zone_of
from sundial.server.ui.rules import clock_length

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@dataclass(frozen=True)
class Hour:
    """The pictures of one hour, by person; `person` where they are all of one."""

    label: str
    person: str
    shots: tuple[words.Shot, ...]


@dataclass(frozen=True)
class Days:
    """Which day is shown, if one is, and the way to its neighbours; without a day `before` is today."""

    day: date | None
    before: str
    after: str


@allow(*_IN_COMPANY)
@require_GET
def screenshots(request: HttpRequest) -> HttpResponse:
    """The pictures the reader may see, by hour and person, newest first."""
    acting, now = acting_of_page(request), clock.now()
    day = day_in(request.GET.get("date", ""))
    since, until = (start_of(day), start_of(day + timedelta(days=1))) if day else stretch(request)
    page, own = wanted_page(request), words.deletes_own(acting)
    found = queries.screenshots(
        acting,
        user_id=person_id(request),
        since=since,
        until=until,
        page=page,
        page_size=PAGE_SIZE,
        count_at_most=COUNTED_AT_MOST,
    )
    actions.record_pictures_seen(acting=acting, screenshot_ids=[one.id for one in found.items], now=now)
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "capped": found.capped,
        "groups": _hours(acting, found.items, own),
        "filters": (*people_filter(acting), days_filter()),
        "days": _days(request, day, today(now)),
        "nothing": _nothing(request),
        "may_delete": own,
        "own": acting.role is Role.EMPLOYEE,
        "whole_day": _whole_day(request, acting) if day and found.items else None,
        "zone": zone_of(acting),
        "as_of": now,
    }
    return render(request, "portal/screenshots.html", context)


def _whole_day(request: HttpRequest, acting: Acting) -> int | None:
    """The one person whose day is shown, if it is one."""
    return acting.id if acting.role is Role.EMPLOYEE else person_id(request)


def _days(request: HttpRequest, day: date | None, here: date) -> Days:
    """The way to the day before and after, with all other filters as they are; from no day to today."""
    if day is None:
        return Days(None, _address(request, here), "")
    after = _address(request, day + timedelta(days=1)) if day < here else ""
    return Days(day, _address(request, day - timedelta(days=1)), after)


def _address(request: HttpRequest, day: date) -> str:
    asked = request.GET.copy()
    for name in ("page", "from", "to"):
        asked.pop(name, None)
    asked["date"] = day.isoformat()
    return f"?{asked.urlencode()}"


def _hours(acting: Acting, found: Iterable[ScreenshotView], own: bool) -> list[Hour]:
    hours = []
    for hour, group in groupby(found, _hour_of):
        pictures = sorted(group, key=lambda one: (one.name, one.user_id, -one.taken_at.timestamp()))
        of_one = len({one.user_id for one in pictures}) == 1
        label = dateformat.format(hour, "j M, H:00")
        hours.append(Hour(label, pictures[0].name if of_one else "", tuple(words.shots(acting, pictures, own=own))))
    return hours


def _hour_of(one: ScreenshotView) -> datetime:
    return timezone.localtime(one.taken_at).replace(minute=0, second=0, microsecond=0)


def _nothing(request: HttpRequest) -> Nothing:
    if narrowed(request):
        text = _("Choose another person or other days.")
        return Nothing(_("No picture fits"), text, _("Show all pictures"), reverse("screenshots"))
    text = _("They appear here where the tracking policy has them on and somebody works.")
    return Nothing(_("No pictures"), text, _("Read the tracking policy"), reverse("policy"))


@allow(*_IN_COMPANY)
@require_GET
def screenshot(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """One picture with what is known of it."""
    acting = acting_of_page(request)
    one = words.shot(acting, queries.screenshot(acting, screenshot_id), own=words.deletes_own(acting))
    context = {
        "shot": one,
        "with_time": _(
            "The picture is erased for good, and what was recorded since the picture before it is taken out."
        ),
        "without_time": _("The picture is erased for good. The time it covers stays as it was recorded."),
        "zone": zone_of(acting),
    }
    return render(request, "portal/screenshot.html", context)


@allow(*_IN_COMPANY)
@require_GET
def image(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """The picture itself; that somebody else opened it is noted."""
    return _picture(acting_of_page(request), screenshot_id, "private, no-store")


@allow(*_IN_COMPANY)
@require_GET
def thumb(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """The small picture; that somebody else saw it is noted, too."""
    return _picture(acting_of_page(request), screenshot_id, "private, max-age=600", thumb=True)


def _picture(acting: Acting, screenshot_id: int, kept: str, *, thumb: bool = False) -> HttpResponse:
    opened = actions.open_picture(acting=acting, screenshot_id=screenshot_id, thumb=thumb, now=clock.now())
    answer = HttpResponse(opened, content_type="image/webp")
    answer["Cache-Control"] = kept
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = f'inline; filename="screenshot-{screenshot_id}.webp"'
    return answer


@allow(*_IN_COMPANY)
@require_POST
def delete(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """Erase a picture and, unless it is to stay, take out the time it covers."""
    acting, now = acting_of_page(request), clock.now()
    one = queries.screenshot(acting, screenshot_id)
    take_time = "keep_time" not in request.GET
    seconds = actions.delete_screenshot(acting=acting, screenshot_id=screenshot_id, take_time=take_time, now=now)
    if seconds:
        length = clock_length(seconds)
        messages.success(request, _("The picture was erased, and %(length)s of time with it.") % {"length": length})
    else:
        messages.success(request, _("The picture was erased."))
    return redirect(words.day_address(acting, one.user_id, timezone.localtime(one.taken_at).date()))
