"""Applications and websites: what time went to, day by day, who, and down to a person's day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.server.activity import queries
from sundial.server.activity.types import NameUser, SpanKind, Total
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.lists import FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.portal.views.activity_words import day_address
from sundial.server.portal.views.asked import day_in, days_filter, people_filter, person_id, today
from sundial.server.portal.views.day import Nothing, zone_of
from sundial.server.ui.rules import percent, plain
from sundial.server.ui.types import Chart, Link, Series

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_KINDS = {"apps": SpanKind.APP, "sites": SpanKind.WEBSITE}
_LONGEST = timedelta(days=365)
_WEEK = timedelta(days=6)
_EXPORTED_AT_ONCE = 5000
_MOST_DAYS = 182  # beyond, a chart is drawn by month


@dataclass(frozen=True)
class _Asked:
    """What the address asks for."""

    kind: SpanKind
    since: date
    until: date
    user_id: int | None

    def days(self) -> list[date]:
        """Each of them."""
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1)]


@allow(*_IN_COMPANY)
@require_GET
def usage(request: HttpRequest) -> HttpResponseBase:
    """What most time went to in some days: the last seven, where the address names none."""
    acting, now = acting_of_page(request), clock.now()
    asked, search = _asked(request, now), request.GET.get("search", "")
    if request.GET.get("format") == "csv":
        head = ("name", "seconds", "share")
        return as_csv(
            "activity", head, ((one.name, one.ms // 1000, round(one.share, 4)) for one in _all(acting, asked, search))
        )
    found = queries.top_of_days(acting, **_where(asked), search=search, page=wanted_page(request))
    context = {
        **_frame(request, acting, asked, now),
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(one, percent(one.share), _name_href(request, one.name)) for one in found.items],
        "whole": found.whole_ms / 1000,
        "tabs": _tabs(request, asked),
        "filters": (*people_filter(acting), days_filter()),
        "formats": FORMATS,
        "nothing": _nothing(request, acting, asked),
        "chart": _chart(acting, asked, None)[0] if found.count else None,
    }
    return render(request, "portal/usage.html", context)


@allow(*_IN_COMPANY)
@require_GET
def name(request: HttpRequest) -> HttpResponseBase:
    """One application or website: day by day, by whom, and of one person the days that lead to the minute."""
    acting, now = acting_of_page(request), clock.now()
    asked, called = _asked(request, now), request.GET.get("name", "")
    chart, sums = _chart(acting, asked, called)
    if not sums:
        raise NotFound
    people = _people(acting, asked, called)
    if request.GET.get("format") == "csv":
        lines = ((one.user_id, one.name, one.email, one.ms // 1000, one.days) for one in people)
        return as_csv("activity", ("id", "person", "email", "seconds", "days"), lines)
    whose = asked.user_id or (acting.id if acting.role is Role.EMPLOYEE else None)
    context = {
        **_frame(request, acting, asked, now),
        "called": called,
        "back": f"{reverse('usage')}?{_kept(request, name=None, page=None)}",
        "whole": sum(sums.values()) / 1000,
        "chart": chart,
        "people": paged(request, people),
        "rows": [(one, f"?{_kept(request, person=str(one.user_id), page=None)}") for one in paged(request, people)],
        "days": _days(acting, whose, queries.trend(acting, **_where(asked), name=called)) if whose else [],
        "formats": FORMATS,
        "filters": (*people_filter(acting), days_filter()),
    }
    return render(request, "portal/usage_name.html", context)


def _asked(request: HttpRequest, now: datetime) -> _Asked:
    here = today(now)
    until = min(day_in(request.GET.get("to", "")) or here, here)
    since = min(day_in(request.GET.get("from", "")) or until - _WEEK, until)
    kind = _KINDS.get(request.GET.get("kind", ""), SpanKind.APP)
    return _Asked(kind, max(since, until - _LONGEST), until, person_id(request))


def _where(asked: _Asked) -> dict[str, Any]:
    return {"kind": asked.kind, "since": asked.since, "until": asked.until, "user_id": asked.user_id}


def _frame(request: HttpRequest, acting: Acting, asked: _Asked, now: datetime) -> dict[str, Any]:
    person = companies.as_person(companies.person(acting, asked.user_id)) if asked.user_id else None
    return {
        "asked": asked,
        "by_month": _by_month(asked),
        "person": person,
        "own": acting.role is Role.EMPLOYEE,
        "zone": zone_of(acting),
        "as_of": queries.last_drain(acting.company_id or 0, now=now),
    }


def _people(acting: Acting, asked: _Asked, called: str) -> list[NameUser]:
    """Who used it; nobody else where one person is asked about."""
    if asked.user_id is not None or acting.role is Role.EMPLOYEE:
        return []
    return queries.people_of_name(acting, kind=asked.kind, name=called, since=asked.since, until=asked.until)


def _days(acting: Acting, user_id: int, by_day: dict[date, int]) -> list[tuple[date, float, str]]:
    """The days of one person, newest first, each with its page."""
    return [(day, ms / 1000, day_address(acting, user_id, day)) for day, ms in sorted(by_day.items(), reverse=True)]


def _chart(acting: Acting, asked: _Asked, called: str | None) -> tuple[Chart, dict[date, int]]:
    """Day by day, of a long time month by month, and the sums it is drawn from; where there is nothing it is nought."""
    days, by_month = asked.days(), _by_month(asked)
    ask = queries.trend_by_month if by_month else queries.trend
    sums = ask(acting, **_where(asked), name=called)
    pieces = list(dict.fromkeys(day.replace(day=1) for day in days)) if by_month else days
    label = plain(called, 60) if called is not None else _kind_words()[asked.kind]
    chart = Chart(
        labels=tuple(formats.date_format(one, "M Y" if by_month else "j M") for one in pieces),
        series=(Series(label, tuple(sums.get(one, 0) / 1000 for one in pieces), "1"),),
        head=_("Month") if by_month else _("Day"),
        zone=zone_of(acting),
    )
    return chart, sums


def _by_month(asked: _Asked) -> bool:
    return (asked.until - asked.since).days >= _MOST_DAYS


def _kind_words() -> dict[SpanKind, str]:
    return {SpanKind.APP: _("Applications"), SpanKind.WEBSITE: _("Websites")}


def _tabs(request: HttpRequest, asked: _Asked) -> tuple[Link, ...]:
    words = _kind_words()
    return tuple(
        Link(words[kind], f"?{_kept(request, kind=key, page=None, search=None)}", current=kind is asked.kind)
        for key, kind in _KINDS.items()
    )


def _name_href(request: HttpRequest, called: str) -> str:
    return f"{reverse('usage-name')}?{_kept(request, name=called, page=None, search=None)}"


def _kept(request: HttpRequest, **changes: str | None) -> str:
    """The address's query with these changes; None takes one out."""
    return urlencode({key: value for key, value in {**request.GET.dict(), **changes}.items() if value})


def _all(acting: Acting, asked: _Asked, search: str) -> Iterator[Total]:
    page, pages = 1, 1
    while page <= pages:
        found = queries.top_of_days(acting, **_where(asked), search=search, page=page, page_size=_EXPORTED_AT_ONCE)
        yield from found.items
        page, pages = page + 1, found.pages


def _nothing(request: HttpRequest, acting: Acting, asked: _Asked) -> Nothing:
    if narrowed(request):
        text = _("Try other days or another word, or remove a filter.")
        return Nothing(_("Nothing fits"), text, _("Show the last seven days"), reverse("usage"))
    text = _("It appears here while people work, if the tracking policy records it.")
    return Nothing(_("Nothing was recorded in these days"), text, _("Read the tracking policy"), reverse("policy"))
