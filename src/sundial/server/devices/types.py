"""What others may know of devices."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sundial.protocol.messages import PublicKey
from sundial.server.lib.acting import Acting, Role

DROPPED_AFTER = timedelta(seconds=60)  # a stream that broke, or whose gateway was killed
HEARTBEAT_COUNTS_FOR = timedelta(minutes=15)
CODE_LIVES_FOR = timedelta(minutes=10)
ATTEMPT_WINDOW = timedelta(minutes=10)
ATTEMPTS_ALLOWED = 10  # wrong codes from one address in one window


class DeviceKind(StrEnum):
    """An `agent` was enrolled; `classic` is every older client of a person, taken together."""

    AGENT = "agent"
    CLASSIC = "classic"


class Presence(StrEnum):
    """Where a device or a person stands now."""

    ONLINE = "online"
    OFFLINE = "offline"
    NEVER_SYNCED = "never_synced"


class Standing(StrEnum):
    """What a device has made of one policy, by its own word; the last two say that it has not spoken of it."""

    APPLIED = "applied"
    APPLYING = "applying"
    WAITING = "waiting"
    REJECTED = "rejected"
    OFFLINE = "offline"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Signs:
    """All that presence is judged by; `gateway_alive_at` is of the gateway that holds the stream."""

    stream_open_since: datetime | None = None
    gateway_alive_at: datetime | None = None
    had_stream: bool = False
    stream_closed_at: datetime | None = None
    clean_close: bool = False
    last_agent_sync_at: datetime | None = None
    last_poll_at: datetime | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as lists show it."""

    id: int
    user_id: int
    email: str
    kind: DeviceKind
    hostname: str
    os: str
    app_version: str
    enrolled_at: datetime
    revoked_at: datetime | None
    presence: Presence
    streaming: bool
    last_seen_at: datetime | None
    last_agent_sync_at: datetime | None
    policy_version: int | None
    policy_etag: str
    state: str
    effective_etag: str
    withheld: list[str]
    error: str
    session: dict[str, Any] | None
    queue_waiting: int
    lost: list[dict[str, Any]]
    capabilities: dict[str, Any]
    reported_at: datetime | None
    standing: Standing | None = None  # towards the policy that was asked about


@dataclass(frozen=True, slots=True)
class PersonPresence:
    """Where a person stands, over all their devices."""

    user_id: int
    presence: Presence
    last_agent_sync_at: datetime | None
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one policy has come: counts of devices by their own word, and of those that have not spoken."""

    etag: str
    total: int
    applied: int
    applying: int
    waiting: int
    rejected: int
    offline: int
    unanswered: int

    @property
    def settled(self) -> bool:
        """Nothing more is to be expected from a device that is reachable."""
        return self.applying == 0 and self.unanswered == 0


@dataclass(frozen=True, slots=True)
class Halted:
    """How many of a suspended company's connected agents say that they record nothing."""

    confirmed: int
    online: int


@dataclass(frozen=True, slots=True)
class PresenceCounts:
    """How many people stand where."""

    online: int
    offline: int
    never_synced: int


@dataclass(frozen=True, slots=True)
class NewCode:
    """An enrolment code, shown once."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Installation:
    """What a new device says of itself."""

    hostname: str
    os: str
    app_version: str
    boot_id: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A device that was just let in; the token is told here and never again."""

    device_id: int
    token: str
    company_id: int
    company_name: str
    user_id: int
    keys: list[PublicKey]


@dataclass(frozen=True, slots=True)
class ReadyDevice:
    """A device for a load test, with the token that opens its doors."""

    device_id: int
    user_id: int
    token: str


@dataclass(frozen=True, slots=True)
class DeviceActing:
    """The device behind a request, and whose it is."""

    acting: Acting
    device_id: int
    user_id: int
    company_id: int


def acting_device(device_id: int, company_id: int, ip: str | None) -> Acting:
    """A device as the one who acts; its label says nothing about a person."""
    return Acting("device", device_id, f"device {device_id}", Role.DEVICE, company_id, ip)
