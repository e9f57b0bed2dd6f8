"""The older clients' sign of life, kept as a device of its own so that presence is told in one way."""

from datetime import datetime

from django.db import transaction

from sundial.server.devices.models import Device, DeviceReport
from sundial.server.devices.types import DeviceKind
from sundial.server.lib import hints
from sundial.server.lib.scope import acting_for


def record_heartbeat(*, company_id: int, user_id: int, now: datetime) -> datetime:
    """A client of this person was heard of; answers when, as presence knows it. Told also while suspended."""
    classic_device(company_id=company_id, user_id=user_id, now=now)
    return now


def classic_device(*, company_id: int, user_id: int, now: datetime) -> int:
    """The device that stands for a person's older clients, heard of now; its id."""
    with acting_for(company_id), transaction.atomic():
        device, new = Device.objects.get_or_create(
            company_id=company_id,
            user_id=user_id,
            kind=DeviceKind.CLASSIC,
            defaults={"hostname": "Older client", "enrolled_at": now},
        )
        if new:
            DeviceReport.objects.get_or_create(device=device, defaults={"company_id": company_id})
        DeviceReport.objects.filter(device=device).update(last_agent_sync_at=now, last_seen_at=now)
        hints.send("status", str(company_id))
    return device.pk
