"""Many devices at once, for load tests and the demo; the command that calls this refuses in production."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from sundial.protocol.tokens import digest, new_token
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.devices.models import Device, DeviceReport, DeviceToken
from sundial.server.devices.types import ReadyDevice
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import acting_for


def ready_devices(*, acting: Acting, company_id: int, count: int, now: datetime) -> list[ReadyDevice]:
    """Enrolled devices with their tokens, dealt out in turn to the employees, or to whoever works there else."""
    with acting_for(company_id), transaction.atomic():
        people = _ids(companies.active_people(Role.EMPLOYEE)) or _ids(companies.active_people())
        if not people:
            raise Invalid({"company": "Nobody works there yet."})
        devices = Device.objects.bulk_create(
            Device(
                company_id=company_id,
                user_id=people[n % len(people)],
                hostname=f"ready-{n + 1}",
                os="simulated",
                enrolled_at=now,
            )
            for n in range(count)
        )
        tokens = [new_token("device") for _ in devices]
        _equip(company_id, devices, tokens, now)
        _audit(acting, company_id, count, now)
        hints.send("status", str(company_id))
    return [ReadyDevice(device.pk, device.user_id, token) for device, token in zip(devices, tokens, strict=True)]


def heard_of(*, company_id: int, device_ids: Sequence[int], now: datetime) -> None:
    """Devices whose past was written for them were heard of, and went away properly: they are no strangers."""
    with acting_for(company_id), transaction.atomic():
        DeviceReport.objects.filter(device_id__in=device_ids).update(
            last_seen_at=now, last_agent_sync_at=now, had_stream=True, stream_closed_at=now, clean_close=True
        )
        hints.send("status", str(company_id))


def _ids(people: QuerySet[Any]) -> list[int]:
    return list(people.order_by("user_id").values_list("user_id", flat=True))


def _equip(company_id: int, devices: list[Device], tokens: list[str], now: datetime) -> None:
    DeviceToken.objects.bulk_create(
        DeviceToken(company_id=company_id, device=device, digest=digest(token), made_at=now)
        for device, token in zip(devices, tokens, strict=True)
    )
    DeviceReport.objects.bulk_create(DeviceReport(company_id=company_id, device=device) for device in devices)


def _audit(acting: Acting, company_id: int, count: int, now: datetime) -> None:
    record(
        acting=acting,
        company_id=company_id,
        action="DEVICES_READIED",
        description=f"{count} simulated devices were enrolled",
        details={"count": count},
        now=now,
    )
