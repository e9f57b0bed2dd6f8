"""One person's day: what was recorded, to the second. Looking at somebody else's is noted and shown to them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.server.activity import actions, queries
from sundial.server.activity.types import DayView, SpanKind, Worked
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.portal.views import activity_words as words
from sundial.server.portal.views.asked import day_in, today
from sundial.server.tracking import queries as tracking
from sundial.server.ui.rules import clock_length, plain

SHOWN_SHOTS = 12
SHOWN_LINES = 500


@dataclass(frozen=True)
class Card:
    """One figure of a day."""

    key: str
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Nothing:
    """What an empty place says, and where it leads."""

    title: str
    text: str
    action: str = ""
    href: str = ""


@allow(Role.ADMIN, Role.MANAGER)
@require_GET
def person_day(request: HttpRequest, user_id: int) -> HttpResponse:
    """Somebody's day, for those who may see them."""
    acting = acting_of_page(request)
    return render(request, "portal/day.html", _page(request, acting, user_id))


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    """One's own day."""
    acting = acting_of_page(request)
    return render(request, "portal/day.html", _page(request, acting, acting.id or 0))


def _page(request: HttpRequest, acting: Acting, user_id: int) -> dict[str, Any]:
    now = clock.now()
    here = today(now)
    asked = min(day_in(request.GET.get("date", "")) or here, here)
    person = companies.as_person(companies.person(acting, user_id))
    own = acting.id == user_id
    if not own:
        actions.record_view(acting=acting, user_id=user_id, day=asked, now=now)
    found = queries.day_of(acting, user_id, asked, zone_of(acting), now=now)
    shown = [one.id for one in found.screenshots[:SHOWN_SHOTS]]
    actions.record_pictures_seen(acting=acting, screenshot_ids=shown, now=now)
    return {
        "person": person,
        "own": own,
        "looked": not own,
        "day": asked,
        "today": here,
        "previous": asked - timedelta(days=1),
        "next": asked + timedelta(days=1) if asked < here else None,
        "as_of": now,
        **facts(acting, found, now),
    }


def zone_of(acting: Acting) -> str:
    """The zone in which this company's days are counted."""
    return companies.company(acting.company_id or 0).time_zone


def facts(acting: Acting, day: DayView, now: datetime) -> dict[str, Any]:
    """All that the page and the own record draw of a day."""
    table = words.lines(day)
    something = bool(day.sessions or day.stretches or day.screenshots or day.manual)
    label = _("%(name)s, %(day)s") % {"name": plain(day.name, 60), "day": day.day.isoformat()}
    return {
        "zone": day.zone,
        "cards": cards(day),
        "something": something,
        "nothing": _nothing(day.day, today(now)),
        "line": words.timeline_of(acting, day, now) if something else None,
        "label": label,
        "apps": words.shares(day.apps, none=_none(acting, SpanKind.APP)),
        "sites": words.shares(day.websites, none=_none(acting, SpanKind.WEBSITE)),
        "sessions": [words.session_row(acting, one) for one in day.sessions],
        "shots": words.shots(acting, day.screenshots[:SHOWN_SHOTS]),
        "shot_count": len(day.screenshots),
        "all_shots": f"{reverse('screenshots')}?person={day.user_id}&from={day.day}&to={day.day}",
        "one_person": True,
        "rows": table[:SHOWN_LINES],
        "rows_left": max(0, len(table) - SHOWN_LINES),
    }


def cards(day: DayView) -> list[Card]:
    """The figures of a day, each to the second."""
    worked = day.worked
    return [
        Card("worked", _("Worked"), _face(worked.worked_ms), _worked_note(day)),
        Card("active", _("Active"), _face(_active(worked)), _share(worked.active_ms, worked.worked_ms)),
        Card("away", _("Away"), _face(worked.away_ms), _("no key or mouse, or locked")),
        Card("paused", _("Breaks"), _face(worked.break_ms), _("not counted as work")),
        Card("private", _("Private"), _face(worked.private_ms), _("no details are kept")),
        Card("shots", _("Screenshots"), str(len(day.screenshots))),
    ]


def _active(worked: Worked) -> int:
    """Time at the computer as reports say it: the parts of a day, each in whole seconds, make up the whole."""
    whole, away, private = (each // 1000 for each in (worked.worked_ms, worked.away_ms, worked.private_ms))
    return 1000 * (whole - away - private)


def _face(milliseconds: int) -> str:
    return clock_length(milliseconds / 1000)


def _share(part: int, whole: int) -> str:
    return _("%(share)s %% of the time worked") % {"share": round(100 * part / whole)} if whole else ""


def _worked_note(day: DayView) -> str:
    manual = day.worked.manual_ms
    said = _("of it %(length)s manual time") % {"length": _face(manual)} if manual else ""
    return ", ".join(words for words in (_from_to(day), said) if words)


def _from_to(day: DayView) -> str:
    if not day.sessions:
        return ""
    first = timezone.localtime(max(min(one.started_at for one in day.sessions), day.start))
    ends = [one.ended_at for one in day.sessions]
    if any(end is None for end in ends):
        return _("since %(time)s, going on") % {"time": f"{first:%H:%M:%S}"}
    last = timezone.localtime(min(max(end for end in ends if end), day.end))
    return f"{first:%H:%M:%S} – {last:%H:%M:%S}"


def _nothing(day: date, here: date) -> Nothing:
    if day == here:
        return Nothing(_("Nothing yet today"), _("It begins when work is started in the agent."))
    return Nothing(_("Nothing was recorded on this day"), _("No work session touches it."))


def _none(acting: Acting, kind: SpanKind) -> str:
    """Why no application or website is listed: the policy says so, or there was none."""
    settings = tracking.head(acting.company_id or 0).settings
    name = "app_tracking_enabled" if kind is SpanKind.APP else "website_tracking_enabled"
    if not settings[name]:
        return _("Not recorded: the tracking policy has this switched off.")
    return _("Nothing was recorded.")
