"""A chart and the table of the same: markup in templates/ui/parts/chart.html, drawing in web/src/parts/chart.ts."""

from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.translation import get_language, gettext

from sundial.server.ui import rules
from sundial.server.ui.types import Chart, ChartKind

register = template.Library()

_NOTHING = "–"
_HEIGHT = 260
_LINE = 28  # of a chart that lies: one bar
_ROW = 36  # of a heatmap
_AROUND = 56
_LONGEST = 80


@register.inclusion_tag("ui/parts/chart.html")
def chart(kind: ChartKind, data: Chart, label: str, key: str = "chart") -> dict[str, Any]:
    """Draw `bars`, bars that lie (`across`), a `line` or a `heat` map; the page loads `src/pages/charts.ts`.

    `label` says what is seen; `key` tells charts of one page apart.
    """
    heat = kind == "heat"
    names = [rules.plain(one, _LONGEST) for one in data.labels]
    series = [rules.plain(one.label, _LONGEST) for one in data.series]
    words = [[_cell_words(value, data.unit, heat=heat) for value in one.values] for one in data.series]
    rows = zip(series, words, strict=True) if heat else zip(names, zip(*words, strict=True), strict=True)
    return {
        "kind": kind,
        "label": label,
        "id": key,
        "height": _height(kind, data),
        "head": data.head,
        "columns": names if heat else series,
        "rows": list(rows) if words else [],
        "zone": data.zone,
        "gaps": any(value is None for one in data.series for value in one.values),
        "legend": [] if heat or len(series) < 2 else _legend(data, series),
        "told": json_script(_told(kind, data, names, series, words)),
    }


def _cell_words(value: float | None, unit: str, *, heat: bool) -> str:
    # A map of hours is mostly empty: there a dash stands for nothing, too.
    return value_words((value or None) if heat else value, unit)


def value_words(value: float | None, unit: str) -> str:
    """A value as its chart, its tip and its table say it."""
    if value is None:
        return _NOTHING
    if unit == "length":
        return rules.clock_length(value)
    return rules.percent(value) if unit == "share" else f"{value:g}"


def _height(kind: ChartKind, data: Chart) -> int:
    if kind == "across":
        return _AROUND + _LINE * max(1, len(data.labels))
    return _AROUND + _ROW * max(1, len(data.series)) if kind == "heat" else _HEIGHT


def _hue(data: Chart, at: int) -> str:
    """The colour of a series: its own, or the next of the eight."""
    return data.series[at].hue or (str(at + 1) if at < 8 else "other")


def _legend(data: Chart, series: list[str]) -> list[dict[str, str]]:
    return [{"label": name, "hue": _hue(data, at)} for at, name in enumerate(series)]


def _told(kind: ChartKind, data: Chart, names: list[str], series: list[str], words: list[list[str]]) -> dict[str, Any]:
    return {
        "kind": kind,
        "unit": data.unit,
        "labels": names,
        "series": [
            {"label": name, "hue": _hue(data, at), "values": list(data.series[at].values), "words": words[at]}
            for at, name in enumerate(series)
        ],
        "hour": gettext("h"),
        "minute": gettext("min"),
        "language": get_language(),
    }
