"""Who is offline and who was never heard of, as the first system's dashboards ask for it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from sundial.server.audit import queries as audit
from sundial.server.audit.types import EntryView
from sundial.server.classic.access import door
from sundial.server.classic.auth import caller_of, require_acting
from sundial.server.classic.forms import Body
from sundial.server.companies import queries as companies
from sundial.server.devices import queries as devices
from sundial.server.devices.queries import Absent
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import acting_for

RECENT = 10
_READERS = {Role.OWNER, Role.ADMIN, Role.MANAGER}


@door("GET")
def dashboard_alerts(request: HttpRequest, body: Body) -> HttpResponse:
    """ADMIN the company's people, MANAGER their own, OWNER counts and no person."""
    acting = require_acting(caller_of(request, body))
    if acting.role not in _READERS:
        raise NotAllowed("Only those who look after people may read this.")
    return JsonResponse({"status": "success", **(_sums() if acting.is_owner else _of_company(acting))})


def _of_company(acting: Acting) -> dict[str, Any]:
    now = clock.now()
    with acting_for(acting.company_id or 0):
        offline = devices.offline_people(acting, now=now)
        never = devices.never_synced_people(acting, now=now)
        recent = audit.entries(acting, page_size=RECENT).items if acting.role is Role.ADMIN else ()
    return _answer([_person(one) for one in offline], [_person(one) for one in never], recent)


def _person(one: Absent) -> dict[str, Any]:
    synced = clock.iso(one.last_agent_sync_at) if one.last_agent_sync_at else None
    return {
        "id": one.person.id,
        "username": one.person.name,
        "email": one.person.email,
        "last_agent_sync_at": synced,
    }


def _sums() -> dict[str, Any]:
    """How many there are in all companies; the lists are of people, so the platform's are empty."""
    everything = Acting("system", None, "system", Role.OWNER)
    counts = [devices.presence_counts(one.id, now=clock.now()) for one in companies.companies_of(everything)]
    told = _answer([], [], ())
    told["offline_agents_count"] = sum(one.offline for one in counts)
    told["never_synced_count"] = sum(one.never_synced for one in counts)
    return told


def _answer(offline: list[dict[str, Any]], never: list[dict[str, Any]], recent: Sequence[EntryView]) -> dict[str, Any]:
    return {
        "offline_agents_count": len(offline),
        "offline_agents": offline,
        "never_synced_count": len(never),
        "never_synced_agents": never,
        "recent_audit_logs": [_entry(one) for one in recent],
    }


def _entry(one: EntryView) -> dict[str, Any]:
    return {
        "id": one.id,
        "action_type": one.action_type,
        "description": one.description,
        "timestamp": clock.iso(one.at),
        "user__username": one.user,
    }
