"""What readers do with alerts: mark them read, and put them off."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from sundial.server.alerts import queries
from sundial.server.alerts.actions.telling import tell_pages
from sundial.server.alerts.models import Alert, Seen
from sundial.server.alerts.types import AlertRow, State
from sundial.server.audit.actions import record
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import acting_for

SNOOZE_HOURS = (4, 24, 7 * 24)


def mark_read(*, acting: Acting, ids: Iterable[int], now: datetime) -> int:
    """This person has read these alerts, those they may see; how many were unread. It is their own mark alone."""
    return _mark(acting, set(ids) & set(queries.unread_ids(acting, now=now)))


def mark_all_read(*, acting: Acting, now: datetime) -> int:
    """This person has read every open alert that they may see; how many were unread."""
    return _mark(acting, set(queries.unread_ids(acting, now=now)))


def _mark(acting: Acting, ids: set[int]) -> int:
    company_id = queries.company_of(acting)
    with acting_for(company_id), transaction.atomic():
        rows = [Seen(company_id=company_id, alert_id=one, user_id=acting.id or 0) for one in sorted(ids)]
        Seen.objects.bulk_create(rows, ignore_conflicts=True)
        if rows:
            tell_pages(company_id)
    return len(ids)


def snooze(*, acting: Acting, alert_id: int, hours: int, now: datetime) -> AlertRow:
    """Have nobody be reminded of an open alert for some hours (0: be reminded again); raises NotFound, Invalid."""
    if hours and hours not in SNOOZE_HOURS:
        raise Invalid({"hours": "One of 4, 24, 168; 0 to be reminded again."})
    shown = queries.alert(acting, alert_id, now=now)
    if shown.state is not State.OPEN:
        raise Invalid({"alert": "This alert is resolved already."})
    company_id = queries.company_of(acting)
    until = now + timedelta(hours=hours) if hours else None
    with acting_for(company_id), transaction.atomic():
        Alert.objects.filter(id=alert_id).update(snoozed_until=until)
        record(
            acting=acting,
            company_id=company_id,
            action="ALERT_SNOOZED",
            description=f"{shown.title} was put off" if hours else f"{shown.title} is no longer put off",
            details={"rule": shown.rule, "hours": hours, "alert": alert_id},
            target_kind="person" if shown.user_id else "",
            target_id=shown.user_id,
            now=now,
        )
        tell_pages(company_id)
    return queries.alert(acting, alert_id, now=now)
