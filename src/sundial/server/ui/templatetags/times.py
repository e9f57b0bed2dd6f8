"""Moments as people say them, with the exact one on hover; times.ts says them again as they age."""

from datetime import UTC, datetime

from django import template
from django.utils import dateformat, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from sundial.server.lib import clock

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400


def relative(moment: datetime, now: datetime) -> str:
    """Say how long ago `moment` was; from the day before yesterday on, say the day itself."""
    seconds = (now - moment).total_seconds()
    if seconds < -MINUTE:
        return calendar(moment, now)
    if seconds < 45:
        return gettext("just now")
    if seconds < HOUR - 30:
        return _counted(round(seconds / MINUTE), "minute")
    if seconds < DAY and timezone.localtime(moment).date() == timezone.localtime(now).date():
        return _counted(round(seconds / HOUR), "hour")
    return calendar(moment, now)


def _counted(count: int, unit: str) -> str:
    count = max(1, count)
    if unit == "minute":
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", count) % {"count": count}
    return ngettext("%(count)s hour ago", "%(count)s hours ago", count) % {"count": count}


def calendar(moment: datetime, now: datetime) -> str:
    """The day as people name it and the minute, in the page's time zone."""
    there, here = timezone.localtime(moment), timezone.localtime(now)
    days = (here.date() - there.date()).days
    clock_face = dateformat.format(there, "H:i")
    if days == 0:
        return gettext("today %(time)s") % {"time": clock_face}
    if days == 1:
        return gettext("yesterday %(time)s") % {"time": clock_face}
    if there.year == here.year:
        return dateformat.format(there, "j M H:i")
    return dateformat.format(there, "j M Y")


def exact(moment: datetime) -> str:
    """The whole moment with its time zone named."""
    return dateformat.format(timezone.localtime(moment), "l j F Y, H:i:s T")


@register.simple_tag
def when(moment: datetime | None, never: str = "", style: str = "relative") -> SafeString | str:
    """Show a moment; style `relative` ages, `clock` is to the second, `minute` to the minute, `day` the calendar."""
    if moment is None:
        return never or gettext("never")
    now = clock.now()
    words = {
        "relative": lambda: relative(moment, now),
        "clock": lambda: dateformat.format(timezone.localtime(moment), "H:i:s"),
        "minute": lambda: dateformat.format(timezone.localtime(moment), "H:i"),
        "day": lambda: calendar(moment, now),
    }[style]()
    iso = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ages = ' data-when=""' if style == "relative" else ""
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', iso, exact(moment), SafeString(ages), words)


@register.simple_tag
def as_of(moment: datetime | None) -> SafeString | str:
    """Say at what moment a figure was true; nothing where none is known."""
    if moment is None:
        return ""
    return format_html('<span class="as-of">{} {}</span>', gettext("as of"), when(moment, style="clock"))
