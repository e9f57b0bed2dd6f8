"""Deleting several pictures at once: asked about first, each stands alone, and the answer says what came of it."""

from collections.abc import Iterable

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sundial.server.activity import actions, queries
from sundial.server.activity.types import ScreenshotView
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound, SundialError
from sundial.server.lib.ids import ids_in
from sundial.server.lib.way_back import way_back
from sundial.server.portal.views import activity_words as words
from sundial.server.ui.rules import clock_length

MOST = 200


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_POST
def delete_many(request: HttpRequest) -> HttpResponse:
    """Erase the pictures that were ticked, with the time they cover or alone; the first time it only asks."""
    acting = acting_of_page(request)
    chosen = pictures_chosen(acting, request.POST.getlist("ids"))
    back = way_back(request, "/screenshots/", "/screenshots/")
    how = request.POST.get("how", "")
    if not chosen:
        return redirect(back)
    if how not in {"with_time", "alone"}:
        actions.record_pictures_seen(acting=acting, screenshot_ids=[one.id for one in chosen], now=clock.now())
        shots = words.shots(acting, chosen)
        return render(request, "portal/screenshots_sure.html", {"shots": shots, "next": back})
    done, seconds, refused = 0, 0, ""
    for one in chosen:
        try:
            with transaction.atomic():
                seconds += actions.delete_screenshot(
                    acting=acting, screenshot_id=one.id, take_time=how == "with_time", now=clock.now()
                )
        except SundialError as refusal:
            refused = refusal.message
        else:
            done += 1
    _tell(request, done, len(chosen), seconds, refused)
    return redirect(back)


def _tell(request: HttpRequest, done: int, asked: int, seconds: int, refused: str) -> None:
    if done:
        text = ngettext("%(n)s picture was erased.", "%(n)s pictures were erased.", done) % {"n": done}
        if seconds:
            text += " " + _("%(length)s of time went with them.") % {"length": clock_length(seconds)}
        messages.success(request, text)
    if done < asked:
        messages.error(request, _("%(n)s stayed: %(why)s") % {"n": asked - done, "why": refused})


def pictures_chosen(acting: Acting, ids: Iterable[str]) -> list[ScreenshotView]:
    """The pictures that were ticked and that one may see; somebody else's id names nothing."""
    found = []
    for one in ids_in(ids)[:MOST]:
        try:
            found.append(queries.screenshot(acting, one))
        except NotFound:
            continue
    return found
