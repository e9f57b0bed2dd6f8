"""How far a policy has come, counted from what devices themselves reported."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from sundial.server.devices.queries.presence import presence_counts
from sundial.server.devices.queries.standing import agents, spoken, with_standing
from sundial.server.devices.types import Halted, Progress, Standing
from sundial.server.lib.scope import acting_for

_SPOKEN = (Standing.APPLIED, Standing.APPLYING, Standing.WAITING, Standing.REJECTED)


def progress(company_id: int, etag: str, *, now: datetime) -> Progress:
    """Counts of reports that name this etag; and of devices that do not, whether they can be expected to."""
    with acting_for(company_id), transaction.atomic():
        rows = with_standing(agents(now), etag).order_by().values_list("standing").annotate(n=Count("pk"))
        counts: dict[str, int] = dict(rows)
    return Progress(
        etag=etag,
        total=sum(counts.values()),
        **{str(standing): counts.get(standing, 0) for standing in Standing},
    )


def halted(company_id: int, *, now: datetime) -> Halted:
    """Who has confirmed a suspension: a report in which no policy is in effect, from an agent that is here."""
    with acting_for(company_id), transaction.atomic():
        here = agents(now).filter(online=True)
        return Halted(here.filter(effective_etag="").exclude(state="").count(), here.count())


def by_version(company_id: int, *, now: datetime) -> dict[int, dict[str, int]]:
    """For each version that some device's last report names, how many stand where towards it."""
    with acting_for(company_id), transaction.atomic():
        rows = list(
            agents(now)
            .filter(policy_version__isnull=False)
            .annotate(standing=spoken())
            .order_by()
            .values_list("policy_version", "standing")
            .annotate(n=Count("pk"))
        )
    found: dict[int, dict[str, int]] = {}
    for version, standing, n in sorted(rows):
        found.setdefault(version, dict.fromkeys(map(str, _SPOKEN), 0))[standing] = n
    return found


def agents_status(company_id: int, now: datetime) -> dict[str, Any]:
    """The passing fact of contract §4: people by presence, devices by version and standing; no names."""
    people = presence_counts(company_id, now=now)
    return {
        "company_id": company_id,
        "online": people.online,
        "offline": people.offline,
        "never_synced": people.never_synced,
        "by_version": {str(n): counts for n, counts in by_version(company_id, now=now).items()},
    }
