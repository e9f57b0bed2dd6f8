"""The line above a report: its days, its other side, whom it is about; all of it lives in the address."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sundial.server.lib.acting import Acting
from sundial.server.reports import queries, rules
from sundial.server.reports.types import Asked, Period, Report
from sundial.server.reports.views.words import period_words, preset_words
from sundial.server.ui.rules import plain
from sundial.server.ui.types import Filter, Link

_OF_PERIOD = ("range", "from", "to", "month", "page")
_MONTHS = ("month", "last-month")


def period_of(request: HttpRequest, asked: Asked, today: date) -> dict[str, Any]:
    """The stretch of days, those beside it, and those that have a name."""
    before, after = rules.neighbours(asked.period, today)
    words = preset_words()
    offered = _MONTHS if asked.report is Report.MONTHLY else rules.PRESETS
    return {
        "words": period_words(asked.period),
        "chosen": words.get(asked.period.preset, ""),
        "presets": [(words[name], _with(request, range=name), _is_now(asked, name, today)) for name in offered],
        "before": _days(request, before),
        "after": _days(request, after) if after else "",
        "since": asked.period.since,
        "until": asked.period.until,
        "today": today,
        "by_month": asked.report is Report.MONTHLY,
        "kept": [(key, value) for key, value in request.GET.items() if key not in _OF_PERIOD],
    }


def _is_now(asked: Asked, name: str, today: date) -> bool:
    if asked.report is not Report.MONTHLY:
        return asked.period.preset == name
    return asked.period == rules.month_of(rules.named(name, today).since)


def _with(request: HttpRequest, **values: str) -> str:
    query = request.GET.copy()
    for name in _OF_PERIOD:
        query.pop(name, None)
    for name, value in values.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _days(request: HttpRequest, period: Period) -> str:
    return _with(request, **{"from": period.since.isoformat(), "to": period.until.isoformat()})


def filters_of(acting: Acting, asked: Asked) -> tuple[Filter, ...]:
    """Chips for people, teams and departments; none where there is nothing to choose."""
    found = queries.choices(acting)
    offered = (
        ("person", _("Person"), found.people),
        ("team", _("Team"), found.teams),
        ("department", _("Department"), found.departments),
    )
    return tuple(
        Filter(name, label, tuple((str(key), plain(word, 60)) for key, word in options))
        for name, label, options in offered
        if options
    )


def tabs_of(request: HttpRequest, asked: Asked) -> tuple[Link, ...]:
    """The two sides of a report that has two."""
    sides = {
        Report.TOP: ("kind", asked.kind, (("app", _("Applications")), ("website", _("Websites")))),
        Report.COMPARISON: ("by", asked.by, (("team", _("Teams")), ("department", _("Departments")))),
    }
    if asked.report not in sides:
        return ()
    name, current, options = sides[asked.report]
    return tuple(Link(word, _turned(request, name, value), value == current) for value, word in options)


def _turned(request: HttpRequest, name: str, value: str) -> str:
    query = request.GET.copy()
    for gone in ("page", "ordering", "search"):
        query.pop(gone, None)
    query[name] = value
    return f"?{query.urlencode()}"
