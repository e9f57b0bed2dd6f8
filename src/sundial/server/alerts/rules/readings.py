"""Which rules hold for a company, or for the platform, at a given moment."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sundial.server.alerts.rules.hours import working_minutes
from sundial.server.alerts.types import (
    Agent,
    Measured,
    PlatformMeasured,
    Reading,
    Rule,
    Subject,
    Thresholds,
)

OFFLINE_IN_HOURS, OFFLINE_WITHOUT_HOURS = 4 * 60, 24 * 60
NEAR, NEARLY_FULL, CALM_BELOW = 0.80, 0.95, 0.78  # shares of a limit
TRIAL_ENDS_WITHIN = timedelta(days=7)
DISK_LOW, DISK_CALM = 0.10, 0.12  # free shares


def company_readings(
    measured: Measured, wanted: Thresholds, open_now: Collection[Subject], now: datetime
) -> list[Reading]:
    """All that holds in a company; `open_now` are alerts that stand, for limits let go later than they take hold."""
    found = [
        *_offline(measured, wanted, now),
        *_never_synced(measured, wanted, now),
        *_rejected(measured),
        *_silent(measured, wanted, now),
        *_limits(measured, open_now),
        *_trial(measured, now),
        *_mails(measured.mails_waiting),
    ]
    return [one for one in found if one.subject.rule not in wanted.off]


def platform_readings(
    measured: PlatformMeasured, companies: Collection[Measured], open_now: Collection[Subject], now: datetime
) -> list[Reading]:
    """All that holds for those who run the platform: companies by number, never a person."""
    found = [*_mails(measured.mails_waiting), *_disk(measured, open_now)]
    if failed := sum(measured.failed.values()):
        said = {"failed": failed, "names": dict(sorted(measured.failed.items()))}
        found.append(Reading(Subject(Rule.JOBS, "platform", 0), None, said))
    for one in companies:
        found += _limits(one, open_now, "company", one.company_id)
        found += _trial(one, now, "company", one.company_id)
    return found


def measured_rules(stored: bool) -> frozenset[Rule]:
    """The rules about which silence of the readings means that they do not hold."""
    unmeasured = {Rule.NEW_PLACE} if stored else {Rule.NEW_PLACE, Rule.STORAGE}
    return frozenset(Rule) - unmeasured


def _offline(measured: Measured, wanted: Thresholds, now: datetime) -> Iterator[Reading]:
    limit = wanted.offline_minutes or (OFFLINE_IN_HOURS if measured.hours.days else OFFLINE_WITHOUT_HOURS)
    for user_id, agents in _by_person(measured.agents).items():
        seen = [one.seen_at or one.synced_at for one in agents if one.synced_at]
        last = max(seen, default=None)
        if last is None or any(one.online for one in agents):
            continue
        if working_minutes(last, now, measured.hours) >= limit:
            said = {"since": last.isoformat()}
            yield Reading(Subject(Rule.OFFLINE, "person", user_id), user_id, said)


def _by_person(agents: Collection[Agent]) -> dict[int, list[Agent]]:
    found: dict[int, list[Agent]] = {}
    for one in agents:
        found.setdefault(one.user_id, []).append(one)
    return found


def _never_synced(measured: Measured, wanted: Thresholds, now: datetime) -> Iterator[Reading]:
    for one in measured.agents:
        unheard = one.synced_at is None and not one.online
        if unheard and now - one.enrolled_at >= timedelta(days=wanted.never_synced_days):
            said = {"since": one.enrolled_at.isoformat(), "computer": one.hostname}
            yield Reading(Subject(Rule.NEVER_SYNCED, "device", one.device_id), one.user_id, said)


def _rejected(measured: Measured) -> Iterator[Reading]:
    for one in measured.agents:
        if one.rejected:
            said = {"computer": one.hostname, "version": one.policy_version, "error": one.error[:200]}
            yield Reading(Subject(Rule.REJECTED, "device", one.device_id), one.user_id, said)


def _silent(measured: Measured, wanted: Thresholds, now: datetime) -> Iterator[Reading]:
    for one in measured.sessions:
        if working_minutes(one.last_at, now, measured.hours) >= wanted.silent_minutes:
            said = {"since": one.last_at.isoformat()}
            yield Reading(Subject(Rule.SILENT, "session", one.session_id), one.user_id, said)


def _limits(
    measured: Measured, open_now: Collection[Subject], kind: str = "company", subject_id: int = 0
) -> Iterator[Reading]:
    used = (
        (Rule.SEATS, measured.seats, measured.seats_limit),
        (Rule.STORAGE, measured.stored_mb, measured.storage_limit_mb),
    )
    for rule, have, limit in used:
        subject = Subject(rule, kind, subject_id)
        if have is None or not limit:
            continue
        if have / limit >= (CALM_BELOW if subject in open_now else NEAR):
            yield Reading(subject, None, {"used": have, "limit": limit, "full": have / limit >= NEARLY_FULL})


def _trial(measured: Measured, now: datetime, kind: str = "company", subject_id: int = 0) -> Iterator[Reading]:
    ends = measured.trial_ends_at
    if ends is not None and ends - now <= TRIAL_ENDS_WITHIN:
        yield Reading(Subject(Rule.TRIAL, kind, subject_id), None, {"ends": ends.isoformat()})


def _mails(waiting: int) -> Iterator[Reading]:
    if waiting:
        yield Reading(Subject(Rule.MAIL, "mail", 0), None, {"waiting": waiting})


def _disk(measured: PlatformMeasured, open_now: Collection[Subject]) -> Iterator[Reading]:
    subject = Subject(Rule.DISK, "platform", 0)
    if measured.disk_free < (DISK_CALM if subject in open_now else DISK_LOW):
        yield Reading(subject, None, {"free_percent": round(measured.disk_free * 100)})
