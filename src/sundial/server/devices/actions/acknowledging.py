"""A person's word that they have seen what a policy records."""

from datetime import datetime

from django.db import transaction

from sundial.protocol.settings import KINDS
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.devices.models import Acknowledgement
from sundial.server.devices.types import DeviceActing
from sundial.server.lib.scope import acting_for


def acknowledge(
    *, by: DeviceActing, etag: str, kinds: list[str], text_sha256: str, at: datetime, now: datetime
) -> Acknowledgement:
    """Keep it and audit it; the same word again, after a lost answer, is the same row, whatever the order of kinds."""
    with acting_for(by.company_id), transaction.atomic():
        kept, new = Acknowledgement.objects.get_or_create(
            company_id=by.company_id,
            device_id=by.device_id,
            etag=etag,
            text_sha256=text_sha256,
            at=at,
            kinds=[kind for kind in KINDS if kind in kinds],
            defaults={"user_id": by.user_id, "received_at": now},
        )
        if new:
            _audit(kept, by, now)
    return kept


def _audit(kept: Acknowledgement, by: DeviceActing, now: datetime) -> None:
    email = companies.names_of([by.user_id])[by.user_id].email
    record(
        acting=by.acting,
        company_id=by.company_id,
        action="POLICY_ACKNOWLEDGED",
        description=f"{email} acknowledged what is recorded: {', '.join(kept.kinds).replace('_', ' ')}",
        details={
            "device_id": by.device_id,
            "etag": kept.etag,
            "kinds": kept.kinds,
            "text_sha256": kept.text_sha256,
        },
        personal={"target": email},
        target_kind="person",
        target_id=by.user_id,
        now=now,
    )
