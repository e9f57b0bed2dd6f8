"""Telling devices and gateways that something happened."""

from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.protocol.messages import NoticeKind
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices.models import Device, DeviceToken, Notice
from sundial.server.devices.types import DeviceKind
from sundial.server.lib import hints
from sundial.server.lib.errors import NotFound
from sundial.server.lib.scope import acting_for


def notify(
    *, company_id: int, device_id: int | None, kind: NoticeKind, body: dict[str, Any] | None = None, now: datetime
) -> Notice:
    """Tell one device, or without one every device of the company; streams hear at commit, the others when they ask."""
    with acting_for(company_id), transaction.atomic():
        if device_id is not None and not Device.objects.filter(id=device_id).exists():
            raise NotFound
        made = Notice.objects.create(
            company_id=company_id, device_id=device_id, kind=kind, body=body or {}, made_at=now
        )
        hints.send("notice", f"{company_id} {device_id or 0} {made.pk} {kind}")
    return made


def tell_person(
    *, company_id: int, user_id: int, kind: NoticeKind, body: dict[str, Any] | None = None, now: datetime
) -> int:
    """Tell every agent of one person; how many there are."""
    with acting_for(company_id), transaction.atomic():
        agents = Device.objects.filter(user_id=user_id, kind=DeviceKind.AGENT, revoked_at__isnull=True)
        ids = list(agents.order_by("id").values_list("id", flat=True))
        for device_id in ids:
            notify(company_id=company_id, device_id=device_id, kind=kind, body=body, now=now)
    return len(ids)


def tell_company_status(*, company_id: int, status: CompanyStatus, now: datetime) -> Notice:
    """Tell every device of a company that its status is another; gateways read the company again."""
    with acting_for(company_id), transaction.atomic():
        made = notify(
            company_id=company_id,
            device_id=None,
            kind="company_status",
            body={"company_status": str(status)},
            now=now,
        )
        hints.send("company", str(company_id))
    return made


def token_changed(token: DeviceToken) -> None:
    """Every gateway forgets this token, and if it has ended closes its streams."""
    hints.send("token", bytes(token.digest).hex())
