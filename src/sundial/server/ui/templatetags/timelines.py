"""A day as lanes of stretches and moments; the markup is in templates/ui/parts/timeline.html."""

from typing import Any

from django import template
from django.utils import dateformat, timezone

from sundial.server.ui import rules
from sundial.server.ui.templatetags.lengths import spoken
from sundial.server.ui.types import Bar, Lane, Pin, Timeline

register = template.Library()

_THINNEST = 0.06  # per cent of the whole: about a pixel of a wide screen


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(day: Timeline, label: str, key: str = "day") -> dict[str, Any]:
    """Lanes over the hours of a day: zoomed and walked by keyboard; the page brings a table of the same."""
    zone = timezone.get_current_timezone()
    at = [(rules.share(one, day.start, day.end), _face(one, "H:i")) for one in rules.ticks(day.start, day.end, zone)]
    return {
        "label": label,
        "key": key,
        "ticks": at,
        "now": rules.share(day.now, day.start, day.end) if day.now and day.start < day.now < day.end else None,
        "lanes": [_laid(lane, day) for lane in day.lanes],
        "zone": _face(day.start, "T"),
    }


def _laid(lane: Lane, day: Timeline) -> dict[str, Any]:
    return {
        "key": lane.key,
        "label": lane.label,
        "total": lane.total,
        "bars": [_bar(bar, day) for bar in lane.bars],
        "pins": [_pin(pin, day) for pin in lane.pins],
    }


def _bar(bar: Bar, day: Timeline) -> dict[str, Any]:
    x = rules.share(bar.start, day.start, day.end)
    width = max(rules.share(bar.end, day.start, day.end) - x, _THINNEST)
    seconds = (bar.end - bar.start).total_seconds()
    return {
        "x": x,
        "width": round(width, 4),
        "hue": bar.hue,
        "label": rules.plain(bar.label, 80),
        "note": rules.plain(bar.note, 160),
        "from": _face(bar.start, "H:i:s"),
        "to": _face(bar.end, "H:i:s"),
        "length": rules.clock_length(seconds),
        "spoken": spoken(seconds),
    }


def _pin(pin: Pin, day: Timeline) -> dict[str, Any]:
    at = rules.share(pin.at, day.start, day.end)
    label = rules.plain(pin.label, 80)
    return {"x": at, "label": label, "href": pin.href, "thumb": pin.thumb, "at": _face(pin.at, "H:i:s")}


def _face(moment: Any, style: str) -> str:
    return dateformat.format(timezone.localtime(moment), style)
