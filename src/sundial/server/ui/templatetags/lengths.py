"""Lengths of time to the second, and words that came from outside."""

from datetime import timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sundial.server.ui import rules

register = template.Library()

LONGEST_SHOWN = 200
_NOTHING = "–"


def seconds_of(length: timedelta | float | None) -> float:
    """A length as seconds; None is none."""
    return length.total_seconds() if isinstance(length, timedelta) else float(length or 0)


def spoken(length: timedelta | float | None) -> str:
    """A length as people say it: `7 h 32 min 5 s`."""
    whole = max(0, int(seconds_of(length)))
    parts = ((whole // 3600, gettext("h")), (whole // 60 % 60, gettext("min")), (whole % 60, gettext("s")))
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said) or f"0 {gettext('s')}"


@register.simple_tag
def length(value: timedelta | float | None, never: str = _NOTHING) -> SafeString | str:
    """Show a length as `7:32:05`, with its words on hover; `never` where none is known."""
    if value is None:
        return never
    whole = max(0, int(seconds_of(value)))
    shown = rules.clock_length(whole)
    return format_html('<time class="length" datetime="PT{}S" title="{}">{}</time>', whole, spoken(value), shown)


@register.simple_tag
def words(text: object, limit: int = LONGEST_SHOWN) -> SafeString:
    """Show words that came from outside: text, on one line, isolated from the words around it, the rest on hover."""
    whole = str(text or "")
    return format_html(
        '<bdi class="words" title="{}">{}</bdi>', rules.plain(whole, 600), rules.plain(whole, limit) or _NOTHING
    )


@register.filter
def seconds(milliseconds: int) -> float:
    """Milliseconds as seconds."""
    return milliseconds / 1000


@register.filter
def plainly(text: object, limit: int = LONGEST_SHOWN) -> str:
    """The same for an attribute, where no element can isolate it."""
    return rules.plain(str(text or ""), limit)
