"""How the agents of many companies stand, in a fixed number of queries: for the owner's pages, who sees no person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.aggregates import BoolOr
from django.db import connection, transaction
from django.db.models import Count, F, Max

from sundial.server.devices.models import DeviceReport
from sundial.server.devices.queries.standing import agents, reports
from sundial.server.devices.types import PresenceCounts
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.scope import across_companies

# The same counts as `presence_counts` makes for one company: EMPLOYEEs, and whoever else has a device.
_COUNTED = """
SELECT m.company_id,
  count(*) FILTER (WHERE p."on"),
  count(*) FILTER (WHERE NOT p."on" AND p.synced IS NOT NULL),
  count(*) FILTER (WHERE (NOT p."on" AND p.synced IS NULL) OR (p.company_id IS NULL AND m.role = 'EMPLOYEE')),
  max(p.synced)
FROM companies_membership m LEFT JOIN ({people}) p ON p.company_id = m.company_id AND p."user" = m.user_id
WHERE m.status = 'ACTIVE' AND m.company_id = ANY(%s) GROUP BY m.company_id
"""


@dataclass(frozen=True, slots=True)
class AgentNumbers:
    """How the agents of a company stand, in numbers; `versions` counts agents by the version they told last."""

    presence: PresenceCounts = PresenceCounts(0, 0, 0)  # noqa: RUF009 - a frozen value may be shared
    last_sync_at: datetime | None = None
    versions: dict[str, int] = field(default_factory=dict)


def agent_numbers(acting: Acting, company_ids: Sequence[int], *, now: datetime) -> dict[int, AgentNumbers]:
    """For the OWNER: numbers of each of these companies."""
    if not acting.is_owner and acting.kind != "system":
        raise NotAllowed("Numbers over companies are for the owner of the platform.")
    ids = list(company_ids)
    if not ids:
        return {}
    with transaction.atomic(), across_companies():
        counted = _presence(ids, now)
        versions = _versions(ids, now)
    nobody = PresenceCounts(0, 0, 0), None
    return {one: AgentNumbers(*counted.get(one, nobody), versions.get(one, {})) for one in ids}


def _presence(ids: list[int], now: datetime) -> dict[int, tuple[PresenceCounts, datetime | None]]:
    people = (
        reports(now)
        .filter(company_id__in=ids)
        .order_by()
        .values("company_id", user=F("device__user_id"))
        .annotate(on=BoolOr("online"), synced=Max("last_agent_sync_at"))
    )
    statement, parameters = people.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED.format(people=statement), [*parameters, ids])  # made by Django, values apart
        return {row[0]: (PresenceCounts(*row[1:4]), row[4]) for row in cursor.fetchall()}


def _versions(ids: list[int], now: datetime) -> dict[int, dict[str, int]]:
    rows = agents(now).filter(company_id__in=ids).exclude(app_version="").order_by()
    found: dict[int, dict[str, int]] = {}
    for company_id, version, n in rows.values_list("company_id", "app_version").annotate(n=Count("pk")):
        found.setdefault(company_id, {})[version] = n
    return found


def open_streams() -> int:
    """How many agents of all companies hold a stream open; the caller crosses companies."""
    return DeviceReport.objects.filter(stream_open_since__isnull=False).count()
