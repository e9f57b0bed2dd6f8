"""Screenshots: the gallery, one picture, its bytes, and deleting it with the time it covers.

Looking at somebody else's pictures is noted and shown to them: a gallery as their day, a picture opened as itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
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
from sundial.server.portal.views import activity_words as words
from sundial.server.portal.views.asked import days_filter, people_filter, person_id, stretch
from sundial.server.portal.views.day import Nothing, zone_of
from sundial.server.portal.views.lists import PAGE_SIZE, Counted, narrowed, paged, wanted_page

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@dataclass(frozen=True)
class Hour:
    """The pictures of one person in one hour."""

    label: str
    person: str
    shots: tuple[words.Shot, ...]


@allow(*_IN_COMPANY)
@require_GET
def screenshots(request: HttpRequest) -> HttpResponse:
    """The pictures the reader may see, by hour and person, newest first."""
    acting, now = acting_of_page(request), clock.now()
    since, until = stretch(request)
    page = wanted_page(request)
    found = queries.screenshots(
        acting, user_id=person_id(request), since=since, until=until, page=page, page_size=PAGE_SIZE
    )
    _note_days(acting, found.items, now)
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "groups": _hours(acting, found.items),
        "filters": (*people_filter(acting), days_filter()),
        "nothing": _nothing(request),
        "own": acting.role is Role.EMPLOYEE,
        "zone": zone_of(acting),
        "as_of": now,
    }
    return render(request, "portal/screenshots.html", context)


def _hours(acting: Acting, found: Iterable[ScreenshotView]) -> list[Hour]:
    def place(one: ScreenshotView) -> tuple[datetime, int]:
        there = timezone.localtime(one.taken_at)
        return there.replace(minute=0, second=0, microsecond=0), one.user_id

    hours = []
    for (hour, _user), group in groupby(found, place):
        pictures = list(group)
        label = dateformat.format(hour, "j M, H:00")
        hours.append(Hour(label, pictures[0].name, tuple(words.shots(acting, pictures))))
    return hours


def _note_days(acting: Acting, found: Iterable[ScreenshotView], now: datetime) -> None:
    """Small pictures were shown: whoever they show learns that this day of theirs was looked at."""
    for user_id, day in {(one.user_id, timezone.localtime(one.taken_at).date()) for one in found}:
        actions.record_view(acting=acting, user_id=user_id, day=day, now=now)


def _nothing(request: HttpRequest) -> Nothing:
    if narrowed(request):
        text = _("Choose another person or other days.")
        return Nothing(_("No picture fits"), text, _("Show all pictures"), reverse("screenshots"))
    return Nothing(_("No pictures"), _("They appear here where the tracking policy has them on and somebody works."))


@allow(*_IN_COMPANY)
@require_GET
def screenshot(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """One picture with what is known of it."""
    acting = acting_of_page(request)
    one = words.shot(acting, queries.screenshot(acting, screenshot_id))
    context = {
        "shot": one,
        "bare": replace(one, may_delete=False),
        "covers": _("The picture is erased for good, and the time it covers no longer counts as worked."),
        "zone": zone_of(acting),
    }
    return render(request, "portal/screenshot.html", context)


@allow(*_IN_COMPANY)
@require_GET
def image(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """The picture itself; that somebody else opened it is noted."""
    acting, now = acting_of_page(request), clock.now()
    one = queries.screenshot(acting, screenshot_id)
    actions.record_view(acting=acting, user_id=one.user_id, screenshot_id=one.id, now=now)
    return _picture(acting, one, small=False, now=now)


@allow(*_IN_COMPANY)
@require_GET
def thumb(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """The small picture; it counts as a look at that day."""
    acting, now = acting_of_page(request), clock.now()
    one = queries.screenshot(acting, screenshot_id)
    _note_days(acting, [one], now)
    return _picture(acting, one, small=True, now=now)


def _picture(acting: Acting, one: ScreenshotView, *, small: bool, now: datetime) -> HttpResponse:
    opened = actions.open_picture(acting=acting, screenshot_id=one.id, thumbnail=small, now=now)
    answer = HttpResponse(opened, content_type="image/webp")
    answer["Cache-Control"] = "private, max-age=600" if small else "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = f'inline; filename="screenshot-{one.id}.webp"'
    return answer


@allow(*_IN_COMPANY)
@require_POST
def delete(request: HttpRequest, screenshot_id: int) -> HttpResponse:
    """Erase a picture, and take out the time it covers."""
    acting, now = acting_of_page(request), clock.now()
    one = queries.screenshot(acting, screenshot_id)
    actions.delete_screenshot(acting=acting, screenshot_id=screenshot_id, now=now)
    messages.success(request, _("The picture was erased, with the time it covers."))
    return redirect(words.day_address(acting, one.user_id, timezone.localtime(one.taken_at).date()))
