"""The style guide, and the page behind a refused form."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from sundial.server.lib import clock
from sundial.server.ui.types import (
    Bar,
    Change,
    Chart,
    Filter,
    Frame,
    Lane,
    Link,
    NavGroup,
    NavItem,
    Pin,
    Series,
    Timeline,
)

PARTS = (
    "tokens", "buttons", "stat", "state", "connection", "badge", "progress", "table", "difference", "slider", "fields",
    "confirm", "toast", "empty", "skeleton", "stale", "copy", "tabs", "menu", "errors", "timeline", "chart",
)  # fmt: skip

_HOSTILE = "<script>alert(1)</script> \u202etxt.exe " + "long " * 50


@require_safe
def style_guide(request: HttpRequest, part: str = "") -> HttpResponse:
    """Every part as it looks, alone or all on one page."""
    if part and part not in PARTS:
        raise Http404
    if not part and "toasts" in request.GET:
        messages.success(request, "Version 7 is saved and on its way to 25 agents.")
        messages.error(request, "The mail could not be sent. The link below still works; hand it over yourself.")
    shown = [part] if part else list(PARTS)
    sections = [f"ui/guide/{name}.html" for name in shown]
    return render(request, "ui/guide.html", {**_samples(request), "sections": sections, "parts": PARTS, "part": part})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: nothing was saved, and a fresh page helps."""
    return render(request, "ui/csrf.html", status=403)


class _SampleForm(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="They get a link to set their own password.")
    name = forms.CharField(label="Name", required=False, max_length=80)
    role = forms.ChoiceField(label="Role", choices=[("EMPLOYEE", "Employee"), ("MANAGER", "Manager")])
    reason = forms.CharField(label="Reason", widget=forms.Textarea, required=False)
    notify = forms.BooleanField(
        label="Send the link by mail", required=False, initial=True, help_text="You can also copy it."
    )


def _frame() -> Frame:
    nav = (
        NavGroup("Now", (NavItem("Dashboard", "/ui/", "clock", "d", current=True),)),
        NavGroup("People", (NavItem("People", "#", "people", "p"), NavItem("Devices", "#", "device", "v", count=2))),
        NavGroup("Policy", (NavItem("Tracking policy", "#", "sliders", "t"),)),
        NavGroup("System", (NavItem("Audit log", "#", "shield", "a"), NavItem("Settings", "#", "server", "s"))),
    )
    switch = (Link("Hypatia Maps", "#", current=True), Link("Ibn al-Haytham Optics", "#"))
    return Frame(
        nav=nav, company="Hypatia Maps", switch=switch, home="/ui/", search_href="/ui/", search_label="Search people",
        alerts=3, alerts_href="#", person="ada.park@hypatia.test", role="Administrator",
        links=(Link("Your record", "#", icon="person"),),
    )  # fmt: skip


def _people() -> list[dict[str, Any]]:
    now = clock.now()
    names = ("Ada Park", "Benoît Okafor", "Chiara Lind", "Dinesh Rao", "Elif Kaya", "Farid Haddad", "Grace Mbeki")
    states = ("online", "online", "idle", "away", "offline", "never", "online")
    return [
        {
            "id": index,
            "name": names[index % len(names)],
            "email": f"{names[index % len(names)].split()[0].lower()}{index}@hypatia.test",
            "state": states[index % len(states)],
            "seen": None if states[index % len(states)] == "never" else now - timedelta(minutes=index * index * 13),
            "version": 7 if index % 4 else 6,
            "role": "Manager" if index % 5 == 1 else "Employee",
        }
        for index in range(132)
    ]


def _day() -> Timeline:
    start = clock.now().replace(hour=8, minute=0, second=0, microsecond=0)

    def at(minutes: int) -> datetime:
        return start + timedelta(minutes=minutes)

    work = (
        Bar(at(24), at(200), "Work", "Autumn catalogue", "work"),
        Bar(at(200), at(221), "Paused", "", "pause"),
        Bar(at(221), at(330), "Work", "Autumn catalogue", "work"),
        Bar(at(300), at(312), "Away", "no key or mouse", "away"),
        Bar(at(330), at(341), "Private", "", "private"),
    )
    names = ("Code", "Firefox", "Slack", "Figma", "Terminal", "Calc", "Zoom", "Inbox", "Mill")
    hues = (*"12345678", "other")
    apps = tuple(
        Bar(at(24 + 33 * n), at(24 + 33 * n + 29), name, f"Window of {name}", hues[n]) for n, name in enumerate(names)
    )
    pins = tuple(Pin(at(30 + 27 * n), "Screenshot") for n in range(11))
    lanes = (
        Lane("work", "Work", "5:06:00", work),
        Lane("apps", "Applications", "4:21:00", apps),
        Lane("shots", "Screenshots", "11", (), pins),
    )
    return Timeline(start, at(480), lanes, at(345))


def _charts() -> dict[str, Chart]:
    days = tuple(f"{day} Nov" for day in range(3, 17))
    worked = tuple(None if day % 7 > 4 else 3600.0 * (6 + day % 5) + 754 for day in range(14))
    away = tuple(None if value is None else value / 9 for value in worked)
    hours = tuple(f"{hour:02}" for hour in range(24))
    week = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    warm = tuple(
        Series(day, tuple(max(0.0, 3000 - 160.0 * (hour - 13) ** 2) if at < 5 else None for hour in range(24)), "1")
        for at, day in enumerate(week)
    )
    names = ("Code", "Firefox", "Slack {b|x}", "<b>Figma</b>", "Quite a long name of an application: " + "long " * 9)
    return {
        "bars": Chart(days, (Series("Active", worked, "work"), Series("Away", away, "away")), head="Day", zone="UTC"),
        "line": Chart(days, (Series("Worked", worked), Series("Away", away)), head="Day", zone="UTC"),
        "across": Chart(names, (Series("Time", (41_000.0, 22_000.0, 9_100.0, 3_000.0, 61.0)),), head="Application"),
        "heat": Chart(hours, warm, head="Weekday", zone="UTC"),
        "share": Chart(("Maps", "Optics", "Sales"), (Series("Active", (0.83, 0.707, 0.004)),), "share", head="Team"),
    }


def _samples(request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    page = Paginator(_people(), 20).get_page(request.GET.get("page"))
    refused = _SampleForm({"email": "ada.park@", "role": "EMPLOYEE"})
    refused.is_valid()
    return {
        "frame": _frame(),
        "crumbs": [Link("Hypatia Maps", "#"), Link("Company", "#")],
        "now": now,
        "day": _day(),
        "charts": _charts(),
        "hostile": _HOSTILE,
        "earlier": now - timedelta(minutes=12), "long_ago": now - timedelta(days=3),
        "spark": [3, 5, 4, 8, 9, 7, 12, 14, 13, 18, 17, 21, 22],
        "flat": [4, 4, 4, 3, 4, 4, 2, 1, 1, 0, 1, 1],
        "counts": {"applied": 20, "applying": 2, "waiting": 1, "rejected": 1, "offline": 1},
        "done": {"applied": 25}, "none": {},
        "page": page,
        "filters": [
            Filter("role", "Role", (("EMPLOYEE", "Employee"), ("MANAGER", "Manager"), ("ADMIN", "Administrator"))),
            Filter("state", "State", (("online", "Online"), ("offline", "Offline"), ("never", "Never synced"))),
        ],
        "changes": [
            Change("Screenshot interval", "10 minutes", "5 minutes"),
            Change("Mouse counts", "off", "on"),
            Change("Screenshot quality", "85 %", "70 %"),
        ],
        "tabs": [
            Link("People", "#", current=True, count=132), Link("Invited", "#", count=4), Link("Left", "#", count=11),
        ],
        "form": _SampleForm(),
        "refused": refused,
        "form_wrong": ["Nothing was saved. One field needs another look."],
        "formats": ("csv",),
        "connections": (
            ("none", "Not live"), ("connecting", "Connecting"), ("live", "Live"), ("offline", "Offline since 14:03"),
        ),
        "tokens": ("canvas", "paper", "ink", "muted", "line", "accent", "good", "caution", "bad", "quiet"),
        "states": ("online", "idle", "away", "offline", "never"),
    }  # fmt: skip
