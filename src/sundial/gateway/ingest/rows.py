"""Events as the database takes them: a row of JSON each, with the hash by which the same event is known again."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from sundial.protocol import codec
from sundial.protocol.events import (
    AckEvent,
    AppEvent,
    AwayEvent,
    Event,
    EventBase,
    InputEvent,
    PrivateEvent,
    SessionEvent,
    WebsiteEvent,
)

APP, WEBSITE, AWAY, PRIVATE, INPUT = 1, 2, 3, 4, 5  # as `activity_span.kind` has them

Optional: TypeAlias = str | UnsetType


class SpanRow(msgspec.Struct, omit_defaults=True, gc=False):
    """A row of `activity_span`; what is empty is left out."""

    eid: str
    session: str
    kind: int
    started: str
    ended: str
    tz_offset_min: int
    mono_ms: int
    boot_id: str
    name: str = ""
    title: Optional = UNSET
    detail: Optional = UNSET
    browser: str = ""
    answer: Optional = UNSET
    keys: int = 0
    clicks: int = 0
    scrolls: int = 0
    moved_s: int = 0


class MarkRow(msgspec.Struct, omit_defaults=True, gc=False):
    """A row of `activity_mark`."""

    eid: str
    session: str
    kind: str
    at: str
    state: str = ""
    reason: Optional = UNSET
    etag: str = ""


class Fact(msgspec.Struct, gc=False):
    """One event, checked: which it is, when it was, and its row, open at its beginning for what its batch adds."""

    eid: str
    session: str
    start: datetime
    end: datetime
    digest: str
    row: bytes
    mark: bool


def _span(event: EventBase, kind: int, **more: Any) -> SpanRow:
    return SpanRow(
        event.eid,
        event.session,
        kind,
        event.start,
        event.end,
        event.tz_offset_min,
        event.mono_ms,
        event.boot_id,
        **more,
    )


def _app(event: AppEvent) -> SpanRow:
    return _span(event, APP, name=event.app, title=event.title, detail=event.exe)


def _website(event: WebsiteEvent) -> SpanRow:
    return _span(event, WEBSITE, name=event.domain, title=event.title, detail=event.url, browser=event.browser)


def _away(event: AwayEvent) -> SpanRow:
    return _span(event, AWAY, name=event.cause, answer=event.answer)


def _private(event: PrivateEvent) -> SpanRow:
    return _span(event, PRIVATE)


def _input(event: InputEvent) -> SpanRow:
    return _span(event, INPUT, keys=event.keys, clicks=event.clicks, scrolls=event.scrolls, moved_s=event.moved_s)


def _session(event: SessionEvent) -> MarkRow:
    return MarkRow(event.eid, event.session, "session", event.start, state=event.state, reason=event.reason)


def _ack(event: AckEvent) -> MarkRow:
    return MarkRow(event.eid, event.session, "ack", event.start, etag=event.etag)


_ROW_OF: Final[dict[type, Callable[[Any], SpanRow | MarkRow]]] = {
    AppEvent: _app,
    WebsiteEvent: _website,
    AwayEvent: _away,
    PrivateEvent: _private,
    InputEvent: _input,
    SessionEvent: _session,
    AckEvent: _ack,
}


def fact_of(event: Event, start: datetime, end: datetime) -> Fact:
    """The event as a row; equal events have equal hashes, however their bytes were laid out."""
    row = _ROW_OF[type(event)](event)
    written = codec.encode(row)
    digest = blake2b(written, digest_size=16).hexdigest()
    signed = b'"payload":"%b",%b' % (digest.encode(), written[1:])
    return Fact(event.eid, event.session, start, end, digest, signed, type(row) is MarkRow)
