"""Several pictures of one person as one file, to take away or straight into the vault; each is noted as looked at."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.contrib import messages
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sundial.server.activity import actions, queries
from sundial.server.activity.types import PictureState, ScreenshotView
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock, csv_safe
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.bundle import MOST_BYTES, Bundle, Part
from sundial.server.lib.errors import Invalid
from sundial.server.lib.ids import id_in
from sundial.server.lib.way_back import way_back
from sundial.server.portal.views.asked import day_in, start_of
from sundial.server.portal.views.screenshots_bulk import pictures_chosen
from sundial.server.ui.rules import plain
from sundial.server.vault.actions import Made, register_source

_MOST = 3000  # pictures: a long day with one every half a minute, on two screens
_A_PAGE = 500
_PIECE = 1 << 18
_COLUMNS = ("file", "taken_at", "screen", "blurred", "width", "height", "bytes")


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_POST
def bundle(request: HttpRequest) -> HttpResponseBase:
    """The pictures that were ticked, or those of a person's day: the file itself, or on to the vault with it."""
    acting, back = acting_of_page(request), way_back(request, "/screenshots/", "/screenshots/")
    asked = {"ids": ",".join(request.POST.getlist("ids"))}
    asked |= {name: request.POST.get(name, "") for name in ("person", "date")}
    try:
        found = _wanted(acting, asked)
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.fields.values()))
        return redirect(back)
    if request.POST.get("do") == "keep":
        asked["ids"] = ",".join(str(one.id) for one in found) if asked["ids"] else ""
        kept = {name: value for name, value in asked.items() if value}
        return redirect(f"{reverse('vault-keep', args=['screenshots'])}?{urlencode({**kept, 'next': back})}")
    return _taken_away(acting, found)


def _taken_away(acting: Acting, found: Sequence[ScreenshotView]) -> HttpResponse | FileResponse:
    made = _packed(acting, found)
    answer = FileResponse(made)
    answer["Content-Length"] = str(made.length)
    answer["Content-Type"] = "application/zip"
    answer["Content-Disposition"] = content_disposition_header(True, _name(found)) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _for_vault(acting: Acting, asked: Mapping[str, str], _now: datetime) -> Made:
    found = _wanted(acting, asked)
    made = _packed(acting, found)
    return Made(_name(found), made.length, iter(lambda: made.read(_PIECE), b""), made.close)


def _wanted(acting: Acting, asked: Mapping[str, str]) -> list[ScreenshotView]:
    """The pictures that are ready, eldest first; Invalid where there are none, too many, or of several people."""
    rows = pictures_chosen(acting, asked["ids"].split(",")) if asked.get("ids") else _of_day(acting, asked)
    found = sorted((one for one in rows if one.state is PictureState.READY), key=lambda one: (one.taken_at, one.id))
    if not found:
        raise Invalid({"pictures": _("There are no pictures to take.")})
    if len({one.user_id for one in found}) > 1:
        raise Invalid({"pictures": _("Choose pictures of one person: a bundle is about one.")})
    if len(found) > _MOST or sum(one.bytes for one in found) > MOST_BYTES:
        raise Invalid({"pictures": _("These are too many pictures for one file. Choose fewer.")})
    return found


def _of_day(acting: Acting, asked: Mapping[str, str]) -> Iterator[ScreenshotView]:
    person, day = id_in(asked.get("person", "")), day_in(asked.get("date", ""))
    if day is None or not person:
        return
    since, until, page, pages = start_of(day), start_of(day + timedelta(days=1)), 1, 1
    while page <= pages and (page - 1) * _A_PAGE <= _MOST:
        found = queries.screenshots(
            acting, user_id=person, since=since, until=until, state=PictureState.READY, page=page, page_size=_A_PAGE
        )
        yield from found.items
        page, pages = page + 1, found.pages


def _packed(acting: Acting, found: Sequence[ScreenshotView]) -> Bundle:
    """The pictures, and a list of them."""
    named = [(_file(one), one) for one in found]
    lines = [_COLUMNS, *(_cells(name, one) for name, one in named)]
    table = "".join(csv_safe.line(cells) for cells in lines).encode()
    parts = [Part(name, one.bytes, _here(one), partial(_opened, acting, one.id)) for name, one in named]
    return Bundle([Part("screenshots.csv", len(table), _here(found[-1]), lambda: table), *parts])


def _opened(acting: Acting, screenshot_id: int) -> bytes:
    try:
        return actions.open_picture(acting=acting, screenshot_id=screenshot_id, now=clock.now())
    finally:
        if not connection.in_atomic_block:
            connection.close()  # this thread belongs to a server, which would keep it


def _cells(name: str, one: ScreenshotView) -> tuple[object, ...]:
    return (name, one.taken_at, one.screen + 1, one.blurred, one.width, one.height, one.bytes)


def _file(one: ScreenshotView) -> str:
    return f"{_here(one):%Y-%m-%d_%H-%M-%S}_screen-{one.screen + 1}_{one.id}.webp"


def _name(found: Sequence[ScreenshotView]) -> str:
    person = plain(found[0].name, 60).replace("/", "-").replace("\\", "-")
    days = sorted({f"{_here(one):%Y-%m-%d}" for one in found})
    when = days[0] if len(days) == 1 else _("%(first)s to %(last)s") % {"first": days[0], "last": days[-1]}
    return _("Screenshots of %(person)s, %(when)s.zip") % {"person": person, "when": when}


def _here(one: ScreenshotView) -> datetime:
    return timezone.localtime(one.taken_at)


register_source("screenshots", gettext_lazy("The screenshots"), _for_vault)  # the vault cannot know of pictures
