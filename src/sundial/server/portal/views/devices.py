"""Devices: which agents there are, whether they are online, which policy each has applied."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.devices import actions, queries
from sundial.server.devices.types import Standing
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import NotFound
from sundial.server.portal.views.lists import FORMATS, PAGE_SIZE, Counted, as_csv, paged, wanted_page
from sundial.server.tracking import queries as tracking
from sundial.server.ui.types import Filter

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_CSV_HEAD = ("id", "person", "computer", "system", "version", "state", "policy version", "standing", "last seen")


def _filters() -> tuple[Filter, ...]:
    states = (("online", _("Online")), ("offline", _("Offline")), ("never_synced", _("Never synced")))
    standings = {
        Standing.APPLIED: _("Applied"),
        Standing.APPLYING: _("Applying"),
        Standing.WAITING: _("Waiting for a person"),
        Standing.REJECTED: _("Rejected"),
        Standing.OFFLINE: _("Offline"),
    }
    return (
        Filter("state", _("State"), states),
        Filter("standing", _("Policy"), tuple((str(key), word) for key, word in standings.items())),
    )


@allow(*_IN_COMPANY)
@require_GET
def devices(request: HttpRequest) -> HttpResponseBase:
    """The devices the reader may see: all of the company, of their teams, or their own."""
    acting = acting_of_page(request)
    if acting.company_id is None:
        raise NotFound
    now, head = clock.now(), tracking.head(acting.company_id)
    page_number = wanted_page(request)
    found = queries.devices(
        acting,
        now=now,
        search=request.GET.get("search", ""),
        state=request.GET.get("state", ""),
        standing=request.GET.get("standing", ""),
        etag=head.etag,
        ordering=request.GET.get("ordering", "-last_seen_at"),
        page=page_number,
    )
    if request.GET.get("format") == "csv":
        return _export(request)
    names = companies.names_of({one.user_id for one in found.items})
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(one, names.get(one.user_id)) for one in found.items],
        "head": head,
        "filters": _filters(),
        "formats": FORMATS,
        "filtered": bool(set(request.GET) - {"page", "ordering"}),
        "may_change": acting.role is Role.ADMIN,
        "own": acting.role is Role.EMPLOYEE,
        "as_of": now,
    }
    return render(request, "portal/devices.html", context)


def _export(request: HttpRequest) -> HttpResponseBase:
    acting, now = acting_of_page(request), clock.now()
    lines: list[tuple[object, ...]] = []
    page, pages = 1, 1
    while page <= pages:
        found = queries.devices(acting, now=now, search=request.GET.get("search", ""), page=page)
        pages = -(-found.count // PAGE_SIZE)
        lines += [
            (
                one.id,
                one.email,
                one.hostname,
                one.os,
                one.app_version,
                one.presence,
                one.policy_version,
                one.state,
                one.last_seen_at.isoformat() if one.last_seen_at else "",
            )
            for one in found.items
        ]
        page += 1
    return as_csv("devices", _CSV_HEAD, lines)


@allow(*_IN_COMPANY)
@require_POST
def revoke(request: HttpRequest, device_id: int) -> HttpResponse:
    """End a device: its token dies within a second, it stops recording for good."""
    acting = acting_of_page(request)
    actions.revoke(acting=acting, device_id=device_id, now=clock.now())
    messages.success(request, _("The device was revoked. It stops within a second and has to be enrolled anew."))
    return redirect("devices")


@allow(*_IN_COMPANY)
@require_POST
def my_code(request: HttpRequest) -> HttpResponse:
    """A code with which one's own computer may enrol."""
    acting = acting_of_page(request)
    if acting.id is None:
        raise NotFound
    one = companies.as_person(companies.person(acting, acting.id))
    code = actions.make_enrolment_code(acting=acting, user_id=acting.id, now=clock.now())
    return render(request, "portal/enrolment_code.html", {"person": one, "code": code, "own": True})
