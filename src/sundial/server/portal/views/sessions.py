"""Work sessions: the list, one of them, and ending one that goes on."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sundial.server.activity import actions, queries
from sundial.server.activity.types import SessionView
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.lists import COUNTED_AT_MOST, FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.portal.forms import SessionEndForm
from sundial.server.portal.views import activity_words as words
from sundial.server.portal.views import session_words
from sundial.server.portal.views.asked import days_filter, people_filter, person_id, stretch
from sundial.server.portal.views.day import Nothing, zone_of
from sundial.server.portal.views.people import show_refusal
from sundial.server.ui.types import Filter

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_EXPORTED_AT_ONCE = 500
_CSV_HEAD = (
    "id",
    "person",
    "email",
    "computer",
    "note",
    "started",
    "ended",
    "worked seconds",
    "break seconds",
    "ended by",
    "reason",
)


def _filters(acting: Acting) -> tuple[Filter, ...]:
    states = {
        "open": _("Running"),
        "ended": _("Ended"),
        "admin": _("Ended by an administrator"),
        "crash": _("Ended unexpectedly"),
        "silence": _("Not heard of for long"),
    }
    return (*people_filter(acting), days_filter(), Filter("state", _("State"), tuple(states.items())))


def _found(request: HttpRequest, acting: Acting, now: datetime, **more: Any) -> Any:
    """The sessions that the address asks for."""
    since, until = stretch(request)
    return queries.sessions(
        acting,
        now=now,
        user_id=person_id(request),
        since=since,
        until=until,
        state=request.GET.get("state", ""),
        search=request.GET.get("search", ""),
        **more,
    )


@allow(*_IN_COMPANY)
@require_GET
def sessions(request: HttpRequest) -> HttpResponseBase:
    """The sessions the reader may see: all of the company, of their teams, or their own."""
    acting, now = acting_of_page(request), clock.now()
    if request.GET.get("format") == "csv":
        return as_csv("sessions", _CSV_HEAD, [_line(one) for one in _all(request, acting, now)])
    found = _found(request, acting, now, page=wanted_page(request), count_at_most=COUNTED_AT_MOST)
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "capped": found.capped,
        "rows": [words.session_row(acting, one) for one in found.items],
        "filters": _filters(acting),
        "formats": FORMATS,
        "nothing": _nothing(request),
        "own": acting.role is Role.EMPLOYEE,
        "zone": zone_of(acting),
        "as_of": now,
    }
    return render(request, "portal/sessions.html", context)


def _nothing(request: HttpRequest) -> Nothing:
    if narrowed(request):
        text = _("Try another word, or remove a filter.")
        return Nothing(_("No session fits"), text, _("Show all sessions"), reverse("sessions"))
    text = _("One begins when somebody starts work in their agent.")
    return Nothing(_("No sessions yet"), text, _("Get the agent"), reverse("download"))


def _all(request: HttpRequest, acting: Acting, now: datetime) -> Iterator[SessionView]:
    page, pages = 1, 1
    while page <= pages:
        found = _found(request, acting, now, page=page, page_size=_EXPORTED_AT_ONCE)
        yield from found.items
        page, pages = page + 1, found.pages


def _line(one: SessionView) -> tuple[object, ...]:
    when = (one.started_at, one.ended_at, one.worked_ms // 1000, one.break_ms // 1000)
    return (one.id, one.name, one.email, one.device, one.note, *when, str(one.ended_by), one.reason)


@allow(*_IN_COMPANY)
@require_GET
def session(request: HttpRequest, session_id: int) -> HttpResponse:
    """One session."""
    acting = acting_of_page(request)
    return _shown(request, acting, session_id, SessionEndForm())


def _shown(request: HttpRequest, acting: Acting, session_id: int, form: SessionEndForm) -> HttpResponse:
    now = clock.now()
    story = queries.session_story(acting, session_id, now=now)
    row = words.session_row(acting, story.session)
    pieces, line = session_words.told(acting, story, now)
    context = {
        "row": row,
        "just_this": [row],
        "pieces": pieces,
        "line": line,
        "form": form,
        "may_delete": acting.role is Role.ADMIN,
        "zone": zone_of(acting),
        "as_of": now,
    }
    return render(request, "portal/session.html", context, status=422 if form.errors else 200)


@allow(Role.ADMIN, Role.MANAGER)
@require_POST
def mend(request: HttpRequest, session_id: int) -> HttpResponse:
    """Set when a session really ended: somebody forgot to stop."""
    acting, form = acting_of_page(request), SessionEndForm(request.POST)
    if form.is_valid():
        try:
            actions.mend_session(acting=acting, session_id=session_id, now=clock.now(), **form.cleaned_data)
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The end was set. What was recorded after it counts no more."))
            return redirect("session", session_id)
    return _shown(request, acting, session_id, form)


@allow(Role.ADMIN)
@require_POST
def delete(request: HttpRequest, session_id: int) -> HttpResponse:
    """Take a session out of every list and sum."""
    acting = acting_of_page(request)
    try:
        actions.delete_session(
            acting=acting, session_id=session_id, reason=request.POST.get("reason", ""), now=clock.now()
        )
    except Invalid:
        messages.error(request, _("Nothing was changed: say why it is deleted."))
        return redirect("session", session_id)
    messages.success(request, _("The session was deleted. It is in no list and no sum; the log says why."))
    return redirect("sessions")


@allow(Role.ADMIN, Role.MANAGER)
@require_POST
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End a session that goes on: the agent stops within a second and says who did it."""
    acting, now = acting_of_page(request), clock.now()
    before = queries.session(acting, session_id, now=now)
    actions.end_session(acting=acting, session_id=session_id, reason=request.POST.get("reason", ""), now=now)
    if before.is_open:
        messages.success(request, _("The session was ended. The agent stops within a second and says that it was you."))
    else:
        messages.info(request, _("The session was over already; nothing was changed."))
    return redirect("session", session_id)
