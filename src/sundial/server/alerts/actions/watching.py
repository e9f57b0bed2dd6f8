"""Looking at what holds now, and raising and resolving accordingly; nobody acts here but the platform itself."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from sundial.server.alerts import queries, rules
from sundial.server.alerts.actions.telling import tell_pages
from sundial.server.alerts.models import Alert
from sundial.server.alerts.rules import Known, Step
from sundial.server.alerts.types import (
    NEW_PLACE_STANDS_FOR,
    RAISED_MAIL,
    REOPENS_WITHIN,
    Mails,
    Measured,
    PlatformMeasured,
    Reading,
    Rule,
    State,
    Subject,
)
from sundial.server.lib import jobs
from sundial.server.lib.scope import PLATFORM, acting_for

MOST_NAMED = 50  # alerts named in one mail; of the rest it says how many
_FIELDS = ["state", "against", "details", "user_id", "times", "raised_at", "resolved_at", "snoozed_until"]


@dataclass
class _Found:
    """What one look changes."""

    fresh: list[Alert] = field(default_factory=list)
    changed: list[Alert] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)
    raised: list[Alert] = field(default_factory=list)
    is_news: bool = False


def watch_company(measured: Measured, *, now: datetime) -> list[int]:
    """Raise and resolve the alerts of one company; answers which were raised."""
    company_id = measured.company_id
    wanted = queries.thresholds(company_id)
    with acting_for(company_id), transaction.atomic():
        standing = _standing(company_id, now)
        readings = rules.company_readings(measured, wanted, _open(standing), now)
        covered = rules.measured_rules(measured.stored_mb is not None)
        return _look(company_id, standing, readings, covered, now)


def watch_platform(measured: PlatformMeasured, companies: Collection[Measured], *, now: datetime) -> list[int]:
    """Raise and resolve what those who run the platform should look into; answers which were raised."""
    with acting_for(PLATFORM), transaction.atomic():
        standing = _standing(PLATFORM, now)
        readings = rules.platform_readings(measured, companies, _open(standing), now)
        covered = rules.measured_rules(all(one.stored_mb is not None for one in companies))
        return _look(PLATFORM, standing, readings, covered, now)


def _standing(company_id: int, now: datetime) -> dict[Subject, Alert]:
    """The alert that lives for each subject, or was resolved lately; held until the transaction ends."""
    alive = Q(state__in=(State.PENDING, State.OPEN)) | Q(resolved_at__gt=now - 2 * REOPENS_WITHIN)
    rows = Alert.objects.select_for_update().filter(alive, company_id=company_id).order_by("id")
    found: dict[Subject, Alert] = {}
    for row in rows:
        subject = Subject(Rule(row.rule), row.subject_kind, row.subject_id)
        before = found.get(subject)
        if before is None or before.state == State.RESOLVED:
            found[subject] = row
    return found


def _open(standing: dict[Subject, Alert]) -> set[Subject]:
    return {subject for subject, row in standing.items() if row.state == State.OPEN}


def _look(
    company_id: int,
    standing: dict[Subject, Alert],
    readings: Iterable[Reading],
    covered: Collection[Rule],
    now: datetime,
) -> list[int]:
    holding = {one.subject: one for one in readings}
    found = _Found()
    for subject in {*standing, *holding}:
        if subject.rule in covered:
            _one(company_id, subject, standing.get(subject), holding.get(subject), now, found)
    _resolve_places(standing, now, found)
    _save(found)
    if found.is_news:
        tell_pages(company_id)
    if found.raised:
        write_at_once(company_id, found.raised)
    return [row.pk for row in found.raised]


def _one(
    company_id: int, subject: Subject, row: Alert | None, reading: Reading | None, now: datetime, found: _Found
) -> None:
    step = rules.step(_known(row), holds=reading is not None, now=now)
    if step is Step.BEGIN and reading is not None:
        found.fresh.append(_begun(company_id, reading, now))
    elif step is Step.FORGET and row is not None:
        found.forgotten.append(row.pk)
    elif row is not None:
        before = (row.details, row.user_id)
        if reading is not None:
            row.details, row.user_id = dict(reading.details), reading.user_id
        if step in _CHANGES:
            _CHANGES[step](row, now, found)
        if step is not Step.NOTHING or before != (row.details, row.user_id):
            found.changed.append(row)


def _known(row: Alert | None) -> Known | None:
    if row is None:
        return None
    state = State(row.state)
    since = row.resolved_at if state is State.RESOLVED else row.first_seen_at
    return Known(state, row.against, since or row.first_seen_at)


def _begun(company_id: int, reading: Reading, now: datetime) -> Alert:
    subject = reading.subject
    return Alert(
        company_id=company_id,
        rule=subject.rule,
        subject_kind=subject.kind,
        subject_id=subject.id,
        user_id=reading.user_id,
        details=dict(reading.details),
        first_seen_at=now,
    )


def _raise(row: Alert, now: datetime, found: _Found) -> None:
    row.state, row.raised_at, row.against = State.OPEN, now, None
    found.raised.append(row)
    found.is_news = True


def _reopen(row: Alert, _now: datetime, found: _Found) -> None:
    # The same alert as before, so nobody is written to again, and who has read it has read it.
    row.state, row.resolved_at, row.against, row.times = State.OPEN, None, None, row.times + 1
    found.is_news = True


def _resolve(row: Alert, now: datetime, found: _Found) -> None:
    row.state, row.resolved_at, row.against, row.snoozed_until = State.RESOLVED, now, None, None
    found.is_news = True


def _turn(row: Alert, now: datetime, _found: _Found) -> None:
    row.against = now


def _return(row: Alert, _now: datetime, _found: _Found) -> None:
    row.against = None


_CHANGES: dict[Step, Any] = {
    Step.RAISE: _raise,
    Step.REOPEN: _reopen,
    Step.RESOLVE: _resolve,
    Step.TURN: _turn,
    Step.RETURN: _return,
}


def _resolve_places(standing: dict[Subject, Alert], now: datetime, found: _Found) -> None:
    """A new place is no longer new after a week."""
    for subject, row in standing.items():
        old = row.raised_at is not None and now - row.raised_at >= NEW_PLACE_STANDS_FOR
        if subject.rule is Rule.NEW_PLACE and row.state == State.OPEN and old:
            _resolve(row, now, found)
            found.changed.append(row)


def _save(found: _Found) -> None:
    Alert.objects.bulk_create(found.fresh)
    if found.changed:
        Alert.objects.bulk_update(found.changed, _FIELDS, batch_size=500)
    if found.forgotten:
        Alert.objects.filter(id__in=found.forgotten).delete()


def write_at_once(company_id: int, raised: list[Alert]) -> None:
    """One mail to each who wants it, however much was raised at this look."""
    ids = ",".join(str(row.pk) for row in raised[:MOST_NAMED])
    for one in queries.recipients(company_id):
        if one.mails is Mails.AT_ONCE:
            more = max(0, len(raised) - MOST_NAMED)
            jobs.defer(RAISED_MAIL, company_id=company_id, user_id=one.user_id, ids=ids, more=more)
