"""Top applications and websites: what most time went to."""

from typing import Any

from django.utils.translation import gettext as _

from sundial.server.activity.queries import whole
from sundial.server.activity.types import SpanKind
from sundial.server.lib.words import holds
from sundial.server.reports import rules
from sundial.server.reports.queries.frame import Frame
from sundial.server.reports.types import Column, Cut, Drawing, Line
from sundial.server.ui.types import Chart, Series

_DRAWN = 10
_UNITS = 1000  # shares are shown in tenths of a per cent, which together are all of them


def top(frame: Frame, cut: Cut | None) -> dict[str, Any]:
    """One line a name, most first; shares are of all time in applications, or on websites."""
    period = frame.period
    kind = SpanKind.WEBSITE if frame.asked.kind == "website" else SpanKind.APP
    found = whole.names(frame.acting, kind=kind, since=period.since, until=period.until, user_ids=frame.ids)
    shares = rules.apportioned([seconds for _name, seconds in found], _UNITS)
    rows = [
        (name, seconds, share / _UNITS)
        for (name, seconds), share in zip(found, shares, strict=True)
        if holds(name, frame.asked.search)
    ]
    shown = rows if cut is None else rows[cut.first : cut.first + cut.most]
    sums = (sum(row[1] for row in rows), round(sum(row[2] for row in rows), 3)) if rows else (0, None)
    label = _("Website") if kind is SpanKind.WEBSITE else _("Application")
    return {
        "title": _("Top websites") if kind is SpanKind.WEBSITE else _("Top applications"),
        "columns": (
            Column("name", label),
            Column("time", _("Time"), "length"),
            Column("share", _("Share"), "share"),
        ),
        "lines": [Line(row) for row in shown],
        "count": len(rows),
        "total": (_("Total"), *sums),
        "drawings": (_drawing(rows, label),),
        "notes": (),
    }


def _drawing(rows: list[tuple[str, int, float]], label: str) -> Drawing:
    named = [(name, float(seconds)) for name, seconds, _share in rows[:_DRAWN]]
    if rest := sum(seconds for _name, seconds, _share in rows[_DRAWN:]):
        named.append((_("All others"), float(rest)))
    series = Series(_("Time"), tuple(seconds for _name, seconds in named))
    return Drawing("across", _("Most time"), Chart(tuple(name for name, _seconds in named), (series,), head=label))
