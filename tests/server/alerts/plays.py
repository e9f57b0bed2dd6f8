"""What the plays of this folder share: looking at a company at given moments, and what stands then."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from sundial.server.alerts import actions, queries
from sundial.server.alerts.models import Alert
from sundial.server.alerts.queries import AlertFilters
from sundial.server.alerts.types import AlertRow, PlatformMeasured
from sundial.server.lib.scope import PLATFORM, acting_for
from tests.cast import Cast, Player
from tests.server.devices.plays import enrol, report

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def look(cast: Cast, at: datetime, *, with_storage: bool = True) -> list[int]:
    """One look at the company, as the job has it; which alerts were raised."""
    measured = queries.measure_company(cast.company.pk, now=at, with_storage=with_storage)
    return actions.watch_company(measured, now=at)


def look_for(cast: Cast, since: datetime, minutes: int) -> list[int]:
    """A look every minute, from the moment on; all that was raised."""
    raised: list[int] = []
    for minute in range(minutes + 1):
        raised += look(cast, since + minute * MINUTE)
    return raised


def look_at_platform(measured: PlatformMeasured, since: datetime, minutes: int, companies: Any = ()) -> list[int]:
    """The same of the platform."""
    raised: list[int] = []
    for minute in range(minutes + 1):
        raised += actions.watch_platform(measured, companies, now=since + minute * MINUTE)
    return raised


def shown(player: Player, at: datetime, state: str = "", rule: str = "", search: str = "") -> list[AlertRow]:
    """What this person's list holds."""
    return list(queries.alerts(player.acting, AlertFilters(state, rule, search), now=at, page_size=100).items)


def settle(company_id: int = PLATFORM) -> None:
    """Nothing stands: other plays left the platform's alerts behind."""
    with acting_for(company_id), transaction.atomic():
        Alert.objects.all().delete()


def laptop(cast: Cast, player: Player | None = None) -> int:
    """A device of somebody; the employee's where nobody is named."""
    return enrol(cast, player).device_id


def was_seen(cast: Cast, device_id: int, at: datetime, **more: Any) -> None:
    """The device was there at that moment, and closed its stream properly."""
    signs = {"last_seen_at": at, "last_agent_sync_at": at, "had_stream": True, "stream_closed_at": at}
    report(cast.company.pk, device_id, **{**signs, "stream_open_since": None, "clean_close": True, **more})


def is_here(cast: Cast, device_id: int, at: datetime) -> None:
    """The device has just reported without a stream."""
    signs = {"had_stream": False, "stream_open_since": None, "stream_closed_at": None, "clean_close": False}
    report(cast.company.pk, device_id, last_seen_at=at, last_agent_sync_at=at, **signs)


def set_company(cast: Cast, **columns: Any) -> None:
    """Give the company what its plan or its administrators would."""
    with acting_for(cast.company.pk), transaction.atomic(), connection.cursor() as cursor:
        names = ", ".join(f"{name} = %s" for name in columns)
        cursor.execute(f"UPDATE companies_company SET {names} WHERE id = %s", [*columns.values(), cast.company.pk])


def orders(task: str, company_id: int) -> list[dict[str, Any]]:
    """The mails that were ordered for a company, by the name of their task."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = %s AND args->>'company_id' = %s ORDER BY id",
            [task, str(company_id)],
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]
