"""What a company wants to know from when on, and when each reader wants to be written to."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from sundial.server.alerts import queries
from sundial.server.alerts.models import Preference, Wanted
from sundial.server.alerts.types import IN_COMPANIES, Mails, Thresholds
from sundial.server.audit.actions import record
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for

_RANGES = {"offline_minutes": (15, 10_080), "never_synced_days": (1, 60), "silent_minutes": (15, 1_440)}


def change_thresholds(*, acting: Acting, wanted: Thresholds, now: datetime) -> Thresholds:
    """Set from when on an ADMIN's company wants to know; a change is audited, raises Invalid, NotAllowed."""
    if acting.role is not Role.ADMIN or acting.company_id is None:
        raise NotAllowed("Only an administrator may change what alerts are raised.")
    _check(wanted)
    company_id = acting.company_id
    with acting_for(company_id), transaction.atomic():
        before = queries.thresholds(company_id)
        old, new = _values(before), _values(wanted)
        if old == new:
            return before
        Wanted.objects.update_or_create(company_id=company_id, defaults=new)
        changed = [name for name in new if old[name] != new[name]]
        record(
            acting=acting,
            company_id=company_id,
            action="SETTINGS_CHANGED",
            description="When alerts are raised was changed",
            details={
                "old_values": {name: old[name] for name in changed},
                "new_values": {name: new[name] for name in changed},
            },
            now=now,
        )
    return wanted


def _check(wanted: Thresholds) -> None:
    wrong = {}
    for name, (least, most) in _RANGES.items():
        value = getattr(wanted, name)
        if value is not None and not least <= value <= most:
            wrong[name] = f"From {least} to {most}."
    if unknown := wanted.off - {str(rule) for rule in IN_COMPANIES}:
        wrong["off"] = f"Not known: {', '.join(sorted(unknown))}."
    if wrong:
        raise Invalid(wrong)


def _values(wanted: Thresholds) -> dict[str, object]:
    numbers = {name: getattr(wanted, name) for name in _RANGES}
    return {**numbers, "off": sorted(wanted.off)}


def choose_mails(*, acting: Acting, mails: Mails) -> None:
    """When this person wants to be written to about alerts; their own choice, so no entry in the log."""
    company_id = queries.company_of(acting)
    with acting_for(company_id), transaction.atomic():
        Preference.objects.update_or_create(
            company_id=company_id, user_id=acting.id or 0, defaults={"mails": str(mails)}
        )


def claim_digest(*, company_id: int, user_ids: Collection[int], usual: Mails, day: date) -> None:
    """These people have been given their digest of that day, so that they are given it once."""
    with acting_for(company_id), transaction.atomic():
        Preference.objects.bulk_create(
            [Preference(company_id=company_id, user_id=one, mails=str(usual), digest_on=day) for one in user_ids],
            update_conflicts=True,
            unique_fields=["company_id", "user_id"],
            update_fields=["digest_on"],
        )
