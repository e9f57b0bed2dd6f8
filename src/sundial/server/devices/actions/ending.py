"""Revoking: a device's token is dead everywhere within a second."""

from datetime import datetime

from django.db import transaction

from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.devices.actions.holding import hold_person
from sundial.server.devices.actions.telling import token_changed
from sundial.server.devices.models import Device, DeviceToken, EnrolmentCode
from sundial.server.devices.types import DeviceKind
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for


def revoke(*, acting: Acting, device_id: int, now: datetime) -> None:
    """End a device for good: by an ADMIN of its company, or by the person whose it is. Twice is once."""
    if acting.company_id is None:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        device = Device.objects.filter(id=device_id, kind=DeviceKind.AGENT).first()
        if device is None or not _may_see(acting, device):
            raise NotFound
        if acting.role is not Role.ADMIN and acting.id != device.user_id:
            raise NotAllowed("Only an administrator may revoke someone else's device.")
        hold_person(device.user_id)
        living = Device.objects.select_for_update(no_key=True).filter(id=device_id, revoked_at__isnull=True).first()
        if living is not None:
            _end(living, acting, now)


def revoke_all_of_person(*, acting: Acting, company_id: int, user_id: int, now: datetime) -> int:
    """End every device and unused code of a person in one company; how many. The caller has checked the right."""
    with acting_for(company_id), transaction.atomic():
        hold_person(user_id)
        EnrolmentCode.objects.filter(user_id=user_id, used_at__isnull=True, expires_at__gt=now).update(expires_at=now)
        living = Device.objects.select_for_update(no_key=True).filter(user_id=user_id, revoked_at__isnull=True)
        devices = list(living.filter(kind=DeviceKind.AGENT).order_by("id"))
        for device in devices:
            _end(device, acting, now)
    return len(devices)


def _may_see(acting: Acting, device: Device) -> bool:
    return acting.id == device.user_id or device.user_id in companies.visible_user_ids(acting)


def _end(device: Device, acting: Acting, now: datetime) -> None:
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    for token in DeviceToken.objects.filter(device=device, ended_at__isnull=True):
        token.ended_at = now
        token.save(update_fields=["ended_at"])
        token_changed(token)
    hints.send("status", str(device.company_id))
    email = companies.names_of([device.user_id])[device.user_id].email
    record(
        acting=acting,
        company_id=device.company_id,
        action="DEVICE_REVOKED",
        description=f"A device of {email} was revoked: {device.hostname}",
        details={"device_id": device.pk},
        personal={"target": email},
        target_kind="person",
        target_id=device.user_id,
        now=now,
    )
