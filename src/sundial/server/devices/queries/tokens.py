"""From a token or a code to whose it is, before any company is in scope."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sundial.protocol.tokens import digest, normal_code, well_formed
from sundial.server.devices.models import Device, DeviceToken, EnrolmentCode
from sundial.server.lib.scope import across_companies, acting_for


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """The device that a token belongs to; `ended` tokens open nothing and are told so."""

    device_id: int
    user_id: int
    company_id: int
    ended: bool


def holder_of(token: str) -> TokenHolder | None:
    """Whose device token this is; None if it is not known."""
    if not well_formed(token, "device"):
        return None
    with transaction.atomic():
        with across_companies():
            columns = ("company_id", "device_id", "ended_at")
            found = (
                DeviceToken.objects.filter(digest=digest(token)).order_by("company_id").values_list(*columns).first()
            )
        if found is None:
            return None
        company_id, device_id, ended_at = found
        with acting_for(company_id):
            device = Device.objects.get(id=device_id)
    ended = ended_at is not None or device.revoked_at is not None
    return TokenHolder(device_id, device.user_id, company_id, ended)


def company_of_code(code: str, *, now: datetime) -> int | None:
    """The company that a living enrolment code lets a device into; None for any other code."""
    written = normal_code(code)
    if written is None:
        return None
    with transaction.atomic(), across_companies():
        living = EnrolmentCode.objects.filter(digest=digest(written), expires_at__gt=now, used_at__isnull=True)
        return living.order_by("id").values_list("company_id", flat=True).first()
