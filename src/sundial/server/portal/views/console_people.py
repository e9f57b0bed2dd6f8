"""What the console's table of people asks for: everybody, those whom an event named, what time alone changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sundial.server.companies import queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.queries.revisions import revision_of
from sundial.server.companies.types import Held
from sundial.server.devices import queries as devices
from sundial.server.devices.types import PersonPresence, Presence
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.words import storable
from sundial.server.portal.views.console_doors import json_door
from sundial.server.portal.views.console_told import body_of
from sundial.server.portal.views.people import company_of

MOST_NAMED = 1_000  # people whom one request may ask for by name


@allow(Role.ADMIN, Role.MANAGER)
@require_GET
@json_door
def people(request: HttpRequest) -> HttpResponse:
    """Everyone whom the reader may see, the departments, and the moment from which `passing` goes on."""
    acting, now = acting_of_page(request), clock.now()
    departments = [{"id": one.id, "path": one.path} for one in queries.tree()]
    items = _rows(acting, queries.people(acting), now)
    return JsonResponse({"items": items, "departments": departments, "moment": now.isoformat()})


@allow(Role.ADMIN, Role.MANAGER)
@require_POST
@json_door
def named(request: HttpRequest) -> HttpResponse:
    """The people of these addresses, as far as they are there; it only reads, but an address would be too short."""
    acting, now = acting_of_page(request), clock.now()
    emails = _emails(body_of(request).get("users"))
    return JsonResponse({"items": _rows(acting, queries.people(acting).filter(user__email__in=emails), now)})


@allow(Role.ADMIN)
@require_GET
@json_door
def passing(request: HttpRequest) -> HttpResponse:
    """What time alone changed since a moment: who is online, who was seen and when, and whom to ask for by name."""
    acting, now = acting_of_page(request), clock.now()
    since = _moment(request.GET.get("since", ""))
    seen = devices.seen_since(company_of(acting), since, now=now)
    return JsonResponse(
        {
            "moment": now.isoformat(),
            "online": [one.user_id for one in seen if one.presence is Presence.ONLINE],
            "seen": [
                (one.user_id, one.last_agent_sync_at.isoformat())
                for one in seen
                if one.last_agent_sync_at and one.last_agent_sync_at > since
            ],
            "named": sorted(
                {*queries.turned_by_time(acting, since=since, until=now), *queries.loans_ended(since=since, until=now)}
            ),
        }
    )


def _emails(told: Any) -> list[str]:
    if not isinstance(told, list) or len(told) > MOST_NAMED or not all(isinstance(one, str) for one in told):
        raise Invalid({"users": _("Name at most %(most)s people, by their addresses.") % {"most": MOST_NAMED}})
    return [storable(one).lower() for one in told]


def _moment(text: str) -> datetime:
    moment = clock.moment_in(text)
    if moment is None:
        raise Invalid({"since": _("This is no moment.")})
    return moment


def _rows(acting: Acting, rows: QuerySet[Any], now: datetime) -> list[dict[str, Any]]:
    found = list(rows)
    ids = [row.user_id for row in found]
    held = queries.attributes_of(ids, now=now)
    presence = devices.presence_of_people(company_of(acting), ids, now=now)
    teams, lent, seen = queries.teams_by_person(ids), queries.lent_to(ids, now=now), _teams_seen(acting)
    return [
        _shown(row, held.get(row.user_id, []), presence[row.user_id])
        | {
            "teams": [{"id": key, "name": name} for key, name in teams.get(row.user_id, {}).items() if key in seen],
            "lent": [each.text for each in lent.get(row.user_id, ())],
        }
        for row in found
    ]


def _teams_seen(acting: Acting) -> set[int]:
    """The ids of the teams whose names the reader sees."""
    return set(queries.teams(acting).values_list("id", flat=True))


def _shown(row: Any, held: Iterable[Held], presence: PersonPresence) -> dict[str, Any]:
    one = queries.as_person(row)
    seen = presence.last_agent_sync_at or one.signed_in_at
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "role": str(one.role),
        "status": str(one.status),
        "department_id": one.department_id,
        "department": one.department,
        "attributes": [each.text for each in held],
        "online": presence.presence is Presence.ONLINE,
        "last_seen": seen.isoformat() if seen else None,
        "revision": revision_of(row, held),
    }
