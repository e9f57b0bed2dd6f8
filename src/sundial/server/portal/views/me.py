"""One's own record: today, the week, who looked, what is recorded, and the state of one's agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from sundial.protocol.settings import Value
from sundial.server.activity import queries
from sundial.server.activity.types import Look
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.devices import queries as devices
from sundial.server.devices.types import DeviceRow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.portal.views.asked import day_in, today
from sundial.server.portal.views.attributes import attributes_of
from sundial.server.portal.views.day import facts, zone_of
from sundial.server.tracking import queries as tracking

_LOOKS = 200
_LOOKS_SHOWN = 12
_ONE_VISIT = timedelta(minutes=10)


@dataclass(frozen=True)
class WeekDay:
    """One column of the week: how long, and how much of the longest."""

    day: date
    seconds: float
    share: float
    href: str
    current: bool

    @property
    def below(self) -> float:
        """Where the column begins, from the top, in per cent."""
        return 100 - self.share


@dataclass(frozen=True)
class Kind:
    """A kind of data in plain words: is it recorded, how, and since when the person knows."""

    icon: str
    label: str
    is_on: bool
    how: str
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class Looked:
    """One visit of somebody: a day, or so many pictures one after another; `at` is when it was last."""

    by: str
    at: datetime
    day: str
    seen: frozenset[int]
    href: str

    @property
    def pictures(self) -> int:
        """How many; one that was looked at twice is one."""
        return len(self.seen)


@dataclass(frozen=True)
class Lost:
    """How many facts an agent could not keep, and why."""

    reason: str
    count: int


@dataclass(frozen=True)
class Missing:
    """What an agent of one's own cannot do, and why."""

    device: str
    what: str
    why: str


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    acting, now = acting_of_page(request), clock.now()
    user_id, head = acting.id or 0, tracking.head(acting.company_id or 0)
    here = today(now)
    asked = min(day_in(request.GET.get("date", "")) or here, here)
    mine = devices.devices(acting, now=now, user_id=user_id, etag=head.etag).items
    context = {
        "own": True,
        "day": asked,
        "today": here,
        "as_of": now,
        "week": _week(acting, asked, here, now),
        "looks": looks(queries.who_looked(acting, user_id, limit=_LOOKS))[:_LOOKS_SHOWN],
        "kept": queries.recorded_about_me(acting, user_id),
        "kinds": kinds(head.settings, devices.acknowledgements(acting, user_id=user_id)),
        "head": head,
        **attributes_of(acting, user_id, now),
        "devices": mine,
        "waiting": sum(device.queue_waiting for device in mine),
        "lost": _lost(mine),
        "missing": [one for device in mine for one in _missing(device)],
        **facts(acting, queries.day_of(acting, user_id, asked, zone_of(acting), now=now), now),
    }
    return render(request, "portal/me.html", context)


def _week(acting: Acting, asked: date, here: date, now: datetime) -> list[WeekDay]:
    first = asked - timedelta(days=asked.weekday())
    days = [first + timedelta(days=count) for count in range(7)]
    lengths = queries.worked_days(acting, acting.id or 0, days, zone_of(acting), now=now)
    longest = max(*lengths.values(), 1)
    return [
        WeekDay(
            day,
            lengths[day] / 1000,
            round(100 * lengths[day] / longest, 2),
            f"{reverse('me')}?date={day.isoformat()}" if day <= here else "",
            day == asked,
        )
        for day in days
    ]


def kinds(settings: Mapping[str, Value], told: Sequence[Any]) -> list[Kind]:
    """Every kind of data that can be recorded, in the words of the policy, with when the person acknowledged it."""
    known: dict[str, datetime] = {}
    for row in told:
        for kind in row.kinds:
            known.setdefault(kind, row.received_at)
    return [_kind(settings, known, *one) for one in _all_kinds(settings)]


def looks(told: Sequence[Look]) -> list[Looked]:
    """Who looked, latest first: pictures seen one after another by the same person are one line."""
    found: list[Looked] = []
    for one in told:
        before = found[-1] if found else None
        seen = frozenset(one.screenshot_ids)
        if seen and before and before.seen and before.by == one.by and before.at - one.at < _ONE_VISIT:
            found[-1] = replace(before, seen=before.seen | seen, href=reverse("screenshots"))
        else:
            found.append(Looked(one.by, one.at, one.day, seen, _place_of(one)))
    return found


def _place_of(look: Look) -> str:
    """Where one sees what was looked at."""
    if look.screenshot_id is not None:
        return reverse("screenshot", args=[look.screenshot_id])
    place = reverse("screenshots") if look.pictures else reverse("my-day")
    return f"{place}?date={look.day}"


def kind_label(kind: str) -> str:
    """A kind of data as people call it."""
    known = {
        "applications": _("Applications"),
        "websites": _("Websites"),
        "screenshots": _("Screenshots"),
        "idle": _("Being away"),
        "keyboard_counts": _("Keyboard counts"),
        "mouse_counts": _("Mouse counts"),
    }
    return known.get(kind, kind.replace("_", " "))


def _kind(
    settings: Mapping[str, Value], known: Mapping[str, datetime], name: str, switch: str, icon: str, how: str
) -> Kind:
    return Kind(icon, kind_label(name), bool(settings[switch]), how, known.get(name))


def _all_kinds(settings: Mapping[str, Value]) -> list[tuple[str, str, str, str]]:
    pace, idle = int(settings["screenshot_interval_seconds"]), int(settings["idle_threshold_seconds"])
    every = _("every %(count)s seconds") % {"count": pace}
    if pace % 60 == 0:
        every = ngettext("every minute", "every %(count)s minutes", pace // 60) % {"count": pace // 60}
    away = _("after %(count)s minutes without a key or the mouse") % {"count": max(1, idle // 60)}
    return [
        ("applications", "app_tracking_enabled", "window",
         _("Which program is in front, the title of its window, and how long.")),
        ("websites", "website_tracking_enabled", "globe",
         _("Which site is in front in the browser, and how long; never in private windows.")),
        ("screenshots", "screenshots_enabled", "camera", _("A picture of each screen, %s.") % every),
        ("idle", "enable_idle_detection", "clock", _("Away %s, or while the screen is locked.") % away),
        ("keyboard_counts", "enable_keyboard_tracking", "keyboard",
         _("How many keys, never which.")),
        ("mouse_counts", "enable_mouse_tracking", "mouse", _("How many clicks and turns of the wheel.")),
    ]  # fmt: skip


def _missing(device: DeviceRow) -> list[Missing]:
    """What this device says it cannot record, with its reason."""
    reasons = device.capabilities.get("missing")
    if device.revoked_at is not None or not isinstance(reasons, dict):
        return []
    return [Missing(device.hostname, kind_label(str(kind)), str(why)) for kind, why in sorted(reasons.items())]


def _lost(mine: Sequence[DeviceRow]) -> list[Lost]:
    """What the agents say they could not keep."""
    told = [one for device in mine for one in device.lost if isinstance(one, dict)]
    return [Lost(str(one.get("reason", "")), int(one.get("count", 0))) for one in told]
