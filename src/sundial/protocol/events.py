"""Facts on their way up: events by kind, batches of them, and what becomes of each."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from sundial.protocol.messages import Count, Short, Text

Uuid = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]


class EventBase(Struct, frozen=True, omit_defaults=True, tag_field="kind", kw_only=True):
    """What every event has: `mono_ms` and `boot_id` order events even when the clock is wrong."""

    eid: Uuid
    start: Short
    end: Short
    mono_ms: Count
    boot_id: Short
    tz_offset_min: Annotated[int, Meta(ge=-1080, le=1080)]
    session: Uuid


class SessionEvent(EventBase, frozen=True, tag="session"):
    """`reason` of a stop is why; of a start and each time work goes on, what one works on from then on.

    That is the person's own line, empty if they left it empty; `task` is the task that they chose.
    """

    state: Literal["started", "paused", "resumed", "stopped"]
    task: int | UnsetType = UNSET
    reason: Text | UnsetType = UNSET


class AppEvent(EventBase, frozen=True, tag="app"):
    app: Text
    title: Text | UnsetType = UNSET
    exe: Text | UnsetType = UNSET


class WebsiteEvent(EventBase, frozen=True, tag="website"):
    browser: Short
    domain: Text
    url: Annotated[str, Meta(max_length=4000)] | UnsetType = UNSET
    title: Text | UnsetType = UNSET


class AwayEvent(EventBase, frozen=True, tag="away"):
    cause: Literal["idle", "locked", "sleep"]
    answer: Literal["keep", "discard", "meeting", "break"] | UnsetType = UNSET


class PrivateEvent(EventBase, frozen=True, tag="private"):
    """Time that the person keeps to themselves: recorded as such, with nothing in it."""


class InputEvent(EventBase, frozen=True, tag="input"):
    """Counts only."""

    keys: Count
    clicks: Count
    scrolls: Count
    moved_s: Count


class AckEvent(EventBase, frozen=True, tag="ack"):
    """The person was shown a policy and acknowledged it, told in the stream of facts too."""

    etag: Short


Event = SessionEvent | AppEvent | WebsiteEvent | AwayEvent | PrivateEvent | InputEvent | AckEvent


class Batch(Struct, frozen=True):
    batch: Uuid
    seq: Count
    events: Annotated[list[Event], Meta(min_length=1, max_length=500)]


class Rejected(Struct, frozen=True):
    eid: str
    code: str
    message: str


class BatchAnswer(Struct, frozen=True):
    """Sent after COMMIT: only what stands here may the agent forget."""

    accepted: list[str]
    duplicate: list[str]
    rejected: list[Rejected]


class ScreenshotMeta(Struct, frozen=True):
    eid: Uuid
    taken_at: Short
    session: Uuid
    screen: Count
    blurred: bool
    mono_ms: Count
    boot_id: Short
