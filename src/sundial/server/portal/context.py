"""What the frame around every page shows: who is signed in, where they may go, which room is live."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from sundial.server.activity import queries as activity
from sundial.server.alerts import queries as alerts
from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.ui.types import Frame, Link, NavGroup, NavItem

_ADMINISTERS = (Role.ADMIN, Role.MANAGER)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame of a signed-in page; nothing on public ones."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is None:
        return {"acting": None, "frame": Frame()}
    return {"acting": acting, "frame": _frame(request, acting)}


def _frame(request: HttpRequest, acting: Acting) -> Frame:
    face = None if acting.company_id is None else companies.face(acting.company_id)
    looks_at = "" if face is None else f"/branding/{acting.company_id}"
    searchable = acting.role in _ADMINISTERS
    return Frame(
        nav=_nav(acting, request.path),
        company=face.name if face else _("Platform"),
        style_href=f"{looks_at}.css?{face.mark}" if face and face.has_colour else "",
        logo_href=f"{looks_at}.png?{face.mark}" if face and face.has_logo else "",
        home="/owner/" if acting.is_owner else "/dashboard/",
        search_href="/owner/" if acting.is_owner else "/employees/" if searchable else "",
        search_label=_("Find a company") if acting.is_owner else _("Find a person"),
        alerts=alerts.unread_count(acting, now=clock.now()) if acting.role in alerts.READERS else 0,
        alerts_href="/alerts/" if acting.role in alerts.READERS else "",
        person=acting.label,
        role=_role_word(acting.role),
        links=_own_links(acting),
        live_room="admin" if acting.role in {Role.OWNER, Role.ADMIN} else "dashboard",
    )


def _own_links(acting: Acting) -> tuple[Link, ...]:
    account = Link(_("Your account"), "/account/", icon="person")
    return (account,) if acting.is_owner else (account, Link(_("Get the agent"), "/download/", icon="download"))


def _role_word(role: Role) -> str:
    words = {
        Role.OWNER: _("Owner of the platform"),
        Role.ADMIN: _("Administrator"),
        Role.MANAGER: _("Manager"),
        Role.EMPLOYEE: _("Employee"),
    }
    return words.get(role, str(role))


def _nav(acting: Acting, path: str) -> tuple[NavGroup, ...]:
    if acting.is_owner:
        return _owner_nav(path)
    watching = (_item(path, _("Alerts"), "/alerts/", "bell", "l"),) if acting.role in _ADMINISTERS else ()
    groups = [NavGroup(_("Now"), (_item(path, _("Dashboard"), "/dashboard/", "activity", "d"), *watching))]
    if acting.role in _ADMINISTERS:
        people = (
            _item(path, _("Console"), "/console/", "window", "c"),
            _item(path, _("People"), "/employees/", "people", "p"),
            _item(_arranged(path), _("Teams"), "/teams/", "person", "e"),
            _item(path, _("Devices"), "/devices/", "device", "v"),
            _item(path, _("Agents"), "/agent-sync-status/", "server", "n"),
        )
        groups.append(NavGroup(_("People"), people))
    else:
        groups.append(NavGroup(_("Mine"), (_item(path, _("My devices"), "/devices/", "device", "v"),)))
    groups += _recorded(acting, path)
    reports = _("Reports") if acting.role in _ADMINISTERS else _("My reports")
    groups.append(NavGroup(_("Reports"), (_item(path, reports, "/reports/", "chart", "r"),)))
    groups.append(NavGroup(_("Vault"), (_item(path, _("Vault"), "/vault/", "lock", "f"),)))
    groups.append(NavGroup(_("Policy"), (_item(path, _("Tracking policy"), "/policy/", "sliders", "t"),)))
    if acting.role is Role.ADMIN:
        audit = _item(path, _("Audit log"), "/audit-logs/", "shield", "a")
        plan = _item(path, _("Plan"), "/plan/", "document", "q")
        groups.append(NavGroup(_("System"), (audit, _item(path, _("Settings"), "/settings/", "sliders", "o"), plan)))
    elif acting.role is Role.EMPLOYEE:
        groups.append(NavGroup(_("About me"), (_item(path, _("My audit entries"), "/audit-logs/", "shield", "a"),)))
    return tuple(groups)


def _owner_nav(path: str) -> tuple[NavGroup, ...]:
    of_companies = path == "/owner/" or path.startswith("/owner/company/")
    companies = (
        NavItem(_("Companies"), "/owner/", "building", "c", current=of_companies),
        _item(path, _("Plans"), "/owner/plans/", "sliders", "p"),
        _item(path, _("Invoices"), "/owner/invoices/", "document", "i"),
    )
    system = (
        _item(path, _("Health"), "/owner/health/", "server", "h"),
        _item(path, _("Audit log"), "/audit-logs/", "shield", "a"),
    )
    return (
        NavGroup(_("Companies"), companies),
        NavGroup(_("Now"), (_item(path, _("Alerts"), "/alerts/", "bell", "l"),)),
        NavGroup(_("System"), system),
    )


def _recorded(acting: Acting, path: str) -> tuple[NavGroup, NavGroup]:
    """Where what was recorded is seen; everyone has a record of their own."""
    runs = acting.role in _ADMINISTERS
    time = _item(path, _("Sessions") if runs else _("My sessions"), "/sessions/", "clock", "s")
    todo = _item(path, _("Tasks") if runs else _("My tasks"), "/tasks/", "task", "k")
    shots = _item(path, _("Screenshots") if runs else _("My screenshots"), "/screenshots/", "camera", "x")
    used = _item(path, _("Apps and websites") if runs else _("My apps and websites"), "/activity/", "window", "w")
    mine = _item(path, _("My record"), "/me/", "person", "m")
    word = _("Manual time") if runs else _("My manual time")
    by_hand = replace(_item(path, word, "/manual-time/", "pencil", "h"), count=activity.waiting_manual(acting))
    return NavGroup(_("Time"), (time, by_hand, todo)), NavGroup(_("Activity"), (used, shots, mine))


def _arranged(path: str) -> str:
    """How people are arranged is one entry of the rail, with three tabs."""
    return path.replace("/departments/", "/teams/").replace("/attributes/", "/teams/")


def _item(path: str, label: str, href: str, icon: str, key: str) -> NavItem:
    return NavItem(label, href, icon, key, current=path.startswith(href))
