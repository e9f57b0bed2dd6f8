"""Devices: which agents there are, whether they are online, which policy each has applied."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.devices import actions, queries
from sundial.server.devices.queries import DevicePage
from sundial.server.devices.types import DeviceRow, Standing
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.lists import FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.tracking import queries as tracking
from sundial.server.ui.types import Filter

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_CSV_HEAD = ("id", "person", "computer", "system", "agent", "state", "policy version", "policy", "last seen")
_EXPORTED_AT_ONCE = 500


def _filters() -> tuple[Filter, ...]:
    states = {
        "online": _("Online"),
        "offline": _("Offline"),
        "never_synced": _("Never synced"),
        "revoked": _("Revoked"),
    }
    standings = {
        Standing.APPLIED: _("Applied"),
        Standing.APPLYING: _("Applying"),
        Standing.WAITING: _("Waiting for a person"),
        Standing.REJECTED: _("Rejected"),
        Standing.OFFLINE: _("Offline"),
    }
    return (
        Filter("state", _("State"), tuple(states.items())),
        Filter("standing", _("Policy"), tuple((str(key), word) for key, word in standings.items())),
    )


def _found(request: HttpRequest, acting: Acting, etag: str, **more: Any) -> DevicePage:
    """The devices that the address asks for."""
    return queries.devices(
        acting,
        now=clock.now(),
        search=request.GET.get("search", ""),
        state=request.GET.get("state", ""),
        standing=request.GET.get("standing", ""),
        ordering=request.GET.get("ordering", "-last_seen_at"),
        etag=etag,
        **more,
    )


@allow(*_IN_COMPANY)
@require_GET
def devices(request: HttpRequest) -> HttpResponseBase:
    """The devices the reader may see: all of the company, of their teams, or their own."""
    acting = acting_of_page(request)
    if acting.company_id is None:
        raise NotFound
    head = tracking.head(acting.company_id)
    if request.GET.get("format") == "csv":
        return as_csv("devices", _CSV_HEAD, [_line(one) for one in _all(request, acting, head.etag)])
    found = _found(request, acting, head.etag, page=wanted_page(request))
    names = companies.names_of({one.user_id for one in found.items})
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(one, names.get(one.user_id)) for one in found.items],
        "head": head,
        "filters": _filters(),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "may_change": acting.role in {Role.ADMIN, Role.EMPLOYEE},
        "own": acting.role is Role.EMPLOYEE,
        "as_of": clock.now(),
    }
    return render(request, "portal/devices.html", context)


def _all(request: HttpRequest, acting: Acting, etag: str) -> Iterator[DeviceRow]:
    page, pages = 1, 1
    while page <= pages:
        found = _found(request, acting, etag, page=page, page_size=_EXPORTED_AT_ONCE)
        yield from found.items
        page, pages = page + 1, found.pages


def _line(one: DeviceRow) -> tuple[object, ...]:
    said = (one.presence, one.policy_version, one.standing, one.last_seen_at)
    return (one.id, one.email, one.hostname, one.os, one.app_version, *said)


@allow(*_IN_COMPANY)
@require_POST
def revoke(request: HttpRequest, device_id: int) -> HttpResponse:
    """End a device: its token dies within a second, it stops recording for good."""
    acting = acting_of_page(request)
    lifecycle.revoke_device(acting=acting, device_id=device_id, now=clock.now())
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
