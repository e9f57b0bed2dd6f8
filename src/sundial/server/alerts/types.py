"""What others may know of alerts: the rules, what is measured for them, and what pages show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

PLATFORM_ALERTS = 0  # the company id under which the platform's own alerts stand
REOPENS_WITHIN = timedelta(hours=1)
NEW_PLACE_STANDS_FOR = timedelta(days=7)
RAISED_MAIL, DIGEST_MAIL = "alerts.mail_raised", "alerts.mail_digest"
PLACE_MAIL, WORDS_MAIL = "alerts.mail_new_place", "alerts.mail_words"


class Rule(StrEnum):
    """What alerts are about; MAIL, JOBS, DISK, STORAGE and SEATS also stand among the platform's."""

    OFFLINE = "offline"
    NEVER_SYNCED = "never_synced"
    REJECTED = "rejected"
    SILENT = "silent"
    STORAGE = "storage"
    SEATS = "seats"
    NEW_PLACE = "new_place"
    MAIL = "mail"
    TRIAL = "trial"
    JOBS = "jobs"
    DISK = "disk"


IN_COMPANIES = tuple(rule for rule in Rule if rule not in {Rule.JOBS, Rule.DISK})
OF_PLATFORM = (Rule.STORAGE, Rule.SEATS, Rule.TRIAL, Rule.MAIL, Rule.JOBS, Rule.DISK)


class State(StrEnum):
    """A PENDING alert is seen but has not held long enough to be told of."""

    PENDING = "PENDING"
    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class Mails(StrEnum):
    """When somebody wants to be written to."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a company wants to know; `off` are rules that it does not want at all.

    `offline_minutes` None is the house's choice: four working hours, or a day where no working hours are set.
    """

    offline_minutes: int | None = None
    never_synced_days: int = 2
    silent_minutes: int = 60
    off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hours:
    """When a company works: its zone, and for each day ("mon") from when to when; empty: never said."""

    zone: str = "UTC"
    days: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """One device of an active person, as the rules look at it."""

    device_id: int
    user_id: int
    hostname: str
    enrolled_at: datetime
    online: bool
    synced_at: datetime | None
    seen_at: datetime | None
    rejected: bool
    policy_version: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """A running session and when a fact of it last came."""

    session_id: int
    user_id: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """All that is known of a company at one moment; `stored_mb` is None where it was not measured this time."""

    company_id: int
    hours: Hours
    agents: tuple[Agent, ...] = ()
    sessions: tuple[Quiet, ...] = ()
    seats: int = 0
    seats_limit: int | None = None
    stored_mb: int | None = None
    storage_limit_mb: int | None = None
    trial_ends_at: datetime | None = None
    mails_waiting: int = 0


@dataclass(frozen=True, slots=True)
class PlatformMeasured:
    """What is known of the platform: jobs that failed within a day by name, mails that wait, the disk's free share."""

    failed: Mapping[str, int]
    mails_waiting: int
    disk_free: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about, within its company."""

    rule: Rule
    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule that holds now; `user_id` is the person concerned, for those who may see them."""

    subject: Subject
    user_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as pages and programs show it, in words; `unread` is the reader's own."""

    id: int
    rule: Rule
    title: str
    text: str
    state: State
    subject_kind: str
    subject_id: int
    user_id: int | None
    person: str
    raised_at: datetime
    resolved_at: datetime | None
    snoozed_until: datetime | None
    times: int
    unread: bool
    href: str


@dataclass(frozen=True, slots=True)
class Told:
    """A message to somebody, and whether its mail has left."""

    id: int
    user_id: int
    person: str
    kind: str
    subject: str
    by: str
    made_at: datetime
    mailed_at: datetime | None
    problem: str
