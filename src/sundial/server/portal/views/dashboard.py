"""Now: who is online, who is not, and which policy is in force."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import MemberStatus
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.portal.views.home import EVERYONE
from sundial.server.portal.views.lists import paged
from sundial.server.portal.views.policy_words import counts_of, groups
from sundial.server.tracking import queries as tracking


@allow(*EVERYONE)
@require_GET
def dashboard(request: HttpRequest) -> HttpResponse:
    """What is true at this moment, for the reader's role."""
    acting = acting_of_page(request)
    if acting.company_id is None:
        return redirect("owner")
    if acting.role is Role.EMPLOYEE:
        return render(request, "portal/dashboard_own.html", _own(acting, acting.company_id))
    return render(request, "portal/dashboard.html", _of_company(request, acting, acting.company_id))


def _of_company(request: HttpRequest, acting: Acting, company_id: int) -> dict[str, Any]:
    now, head = clock.now(), tracking.head(company_id)
    page = paged(request, companies.people(acting, status=MemberStatus.ACTIVE, role=Role.EMPLOYEE))
    shown = [companies.as_person(row) for row in page.object_list]
    presence = devices.presence_of_people(company_id, [one.id for one in shown], now=now)
    found = devices.progress(company_id, head.etag, now=now)
    return {
        "page": page,
        "rows": [(one, presence[one.id]) for one in shown],
        "offline": devices.offline_people(acting, now=now),
        "never": devices.never_synced_people(acting, now=now),
        "presence": devices.presence_counts(company_id, now=now) if acting.role is Role.ADMIN else None,
        "head": head,
        "counts": counts_of(found),
        "last": tracking.last_change(acting, company_id),
        "as_of": now,
    }


def _own(acting: Acting, company_id: int) -> dict[str, Any]:
    now, head = clock.now(), tracking.head(company_id)
    return {
        "devices": devices.devices(acting, now=now).items,
        "head": head,
        "groups": groups(head.settings),
        "as_of": now,
    }
