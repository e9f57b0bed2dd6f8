"""Who looked at one's own days and pictures: from the log; older months, when they are asked for, from its archives."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.server.activity import actions, queries
from sundial.server.activity.types import Look
from sundial.server.audit.types import Archive
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.portal.views.me import looks
from sundial.server.ui.types import Filter

_LATEST = 1_000  # looks; who wants more narrows by month once they are archived
_HEAD = ("at", "by", "what", "day", "screenshot_id", "pictures")


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_GET
def looked(request: HttpRequest) -> HttpResponseBase:
    """The latest looks, or those of one archived month."""
    acting = acting_of_page(request)
    told = _by(request.GET.get("search", ""), _told(acting, request.GET.get("archive", "")))
    if request.GET.get("format") == "csv":
        return as_csv("who-looked", _HEAD, [[getattr(one, name) for name in _HEAD] for one in told])
    months = actions.archived_months(acting)
    here = tuple((str(one.number), _month(one)) for one, is_here in months if is_here)
    context = {
        "page": paged(request, looks(told)),
        "filters": (Filter("archive", _("Older months"), here),) if here else (),
        "filtered": narrowed(request),
        "formats": FORMATS,
        "older": bool(here),
        "away": [_month(one) for one, is_here in months if not is_here],
    }
    return render(request, "portal/looked.html", context)


def _told(acting: Acting, archive: str) -> Sequence[Look]:
    if archive.isdecimal():
        return actions.archived_looks(acting, int(archive))
    return queries.who_looked(acting, acting.id or 0, limit=_LATEST)


def _by(search: str, told: Sequence[Look]) -> list[Look]:
    return [one for one in told if search.strip().lower() in one.by.lower()]


def _month(archive: Archive) -> str:
    return f"{dateformat.format(archive.first_at, 'F Y')}, {_('archive')} {archive.number}"
