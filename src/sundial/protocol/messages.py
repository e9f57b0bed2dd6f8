"""Every message of the agent protocol, version 1. Field names are the wire; unknown fields are passed over.

Times are ISO 8601 in UTC with `Z`; ids of companies, people and devices are integers, ids of events are UUIDs.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sundial.protocol.settings import Kind

CompanyStatus = Literal["TRIAL", "ACTIVE", "SUSPENDED"]
PolicyState = Literal["received", "applying", "applied", "waiting", "rejected", "unsupported"]
TaskStatus = Literal["OPEN", "IN_PROGRESS", "DONE"]
NoticeKind = Literal["session_ended", "task_changed", "message", "update_available", "company_status"]

Short = Annotated[str, Meta(max_length=128)]
Text = Annotated[str, Meta(max_length=1000)]
Count = Annotated[int, Meta(ge=0)]

HEARTBEAT_S = 300
SILENCE_S = 60
COMMENT_EVERY_S = 25
STREAMS_PER_DEVICE = 4


class ErrorBody(Struct, frozen=True):
    """`code` says why a door is closed; two of them an agent obeys: `revoked` ends it, `suspended` pauses it."""

    code: str
    message: str


class ErrorAnswer(Struct, frozen=True):
    """The body of every refusal under `/agent/v1/`."""

    error: ErrorBody


# Enrolment ---------------------------------------------------------------------------------------


class PublicKey(Struct, frozen=True):
    """An Ed25519 key that signs policies: its id, and its 32 bytes in base 64 (URL alphabet, no padding)."""

    key_id: Short
    public_key: Short


class Endorsement(Struct, frozen=True):
    """An older key's word for a newer one, so that a device which slept through the announcement still finds across."""

    key: PublicKey
    by: Short
    signature: Short


class EnrolRequest(Struct, frozen=True):
    code: Short
    hostname: Short
    os: Short
    app_version: Short
    boot_id: Short


class EnrolAnswer(Struct, frozen=True):
    device_id: int
    token: str
    company_id: int
    company_name: str
    keys: list[PublicKey]


# The policy --------------------------------------------------------------------------------------


class PolicyDocument(Struct, frozen=True):
    """A policy as it is sent; `doc` stays as it came, for its bytes are signed with everything in them."""

    company_id: int
    scope: str
    epoch: int
    version: int
    etag: str
    doc: dict[str, Any]
    key_id: str
    signature: str


class PolicyName(Struct, frozen=True):
    """Which policy, without what is in it."""

    epoch: int
    version: int
    etag: str


class Notice(Struct, frozen=True):
    """Something happened; what it is stands behind `GET /agent/v1/notices`."""

    kind: str
    id: int


class Goaway(Struct, frozen=True):
    """The server will restart: come back after a time between these two, in milliseconds."""

    reconnect_ms: tuple[Count, Count]


class Revoked(Struct, frozen=True):
    """The last event of a stream whose token has been ended."""

    reason: str = ""


class NoticeItem(Struct, frozen=True):
    """One notice in full; `body` by kind, such as `{"company_status": "SUSPENDED"}` or `{"text": "…"}`."""

    id: int
    kind: str
    at: str
    body: dict[str, Any] = {}


class NoticesAnswer(Struct, frozen=True):
    """Notices after the id asked for, oldest first; `more` when the list was cut."""

    notices: list[NoticeItem]
    more: bool = False


# The status report -------------------------------------------------------------------------------


class PolicyStatus(Struct, frozen=True, omit_defaults=True):
    """What became of the newest policy that this agent was given.

    `effective_etag` names the one whose values the collectors run on, empty or null for none;
    `withheld` are the kinds of data that wait for the person's acknowledgement.
    """

    epoch: int
    version: int
    etag: Short
    state: PolicyState
    effective_etag: Short | None
    withheld: list[Kind]
    error: Text | UnsetType = UNSET


class SessionStatus(Struct, frozen=True):
    id: Short
    state: Literal["started", "paused", "resumed", "stopped"]
    since: Short


class Lost(Struct, frozen=True):
    reason: Short
    count: Count


class QueueStatus(Struct, frozen=True):
    waiting: Count
    lost: list[Lost]


class StatusReport(Struct, frozen=True, omit_defaults=True):
    boot_id: Short
    app_version: Short
    os: Short
    policy: PolicyStatus
    queue: QueueStatus
    capabilities: dict[str, Any]
    session: SessionStatus | UnsetType = UNSET


class StatusAnswer(Struct, frozen=True, omit_defaults=True):
    """`latest` is the newest policy there is; `full` asks for the whole report now."""

    now: str
    latest: PolicyName
    heartbeat_s: Annotated[int, Meta(gt=0)]
    poll_s: Annotated[int, Meta(gt=0)]
    company_status: CompanyStatus
    full: bool = False


class Acknowledgement(Struct, frozen=True):
    """The person has read what will be recorded; `text_sha256` names the very words that were shown."""

    etag: Short
    kinds: Annotated[list[Kind], Meta(min_length=1)]
    text_sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    at: Short


class AcknowledgementAnswer(Struct, frozen=True):
    id: int


# Tasks -------------------------------------------------------------------------------------------


class TaskItem(Struct, frozen=True):
    """A task of the device's person; `due_date` is a day like 2026-11-30, `project` empty where it has none."""

    id: int
    title: str
    project: str
    status: TaskStatus
    due_date: str | None


class TasksAnswer(Struct, frozen=True):
    """What the person has still to do, soonest due first; comes with an `ETag`."""

    tasks: list[TaskItem]


class TaskUpdate(Struct, frozen=True):
    """Where a task stands now, by the person's word; the answer is the task."""

    status: TaskStatus
