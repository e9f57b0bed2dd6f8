"""Events as the database takes them: a row of JSON each, with the hash by which the same event is known again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from sundial.protocol.events import (
    AckEvent,
    AppEvent,
    AwayEvent,
    Event,
    InputEvent,
    PrivateEvent,
    SessionEvent,
    WebsiteEvent,
)

APP, WEBSITE, AWAY, PRIVATE, INPUT = 1, 2, 3, 4, 5  # as `activity_span.kind` has them

Optional: TypeAlias = str | UnsetType
Timed: TypeAlias = tuple[Event, datetime, datetime]  # with its start and end

_encoder: Final = msgspec.json.Encoder()


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
    task: int | UnsetType = UNSET


class Fact(msgspec.Struct, gc=False):
    """One event, checked: which it is, when it was, and its row, open at its beginning for what its batch adds."""

    eid: str
    session: str
    start: datetime
    end: datetime
    digest: str
    row: bytes
    mark: bool


# One place per column, and no keywords: these are made for every event.
def _app(e: AppEvent) -> SpanRow:
    return SpanRow(
        e.eid, e.session, APP, e.start, e.end, e.tz_offset_min, e.mono_ms, e.boot_id, e.app, e.title, e.exe
    )  # fmt: skip


def _website(e: WebsiteEvent) -> SpanRow:
    return SpanRow(
        e.eid, e.session, WEBSITE, e.start, e.end, e.tz_offset_min, e.mono_ms, e.boot_id,
        e.domain, e.title, e.url, e.browser,
    )  # fmt: skip


def _away(e: AwayEvent) -> SpanRow:
    return SpanRow(
        e.eid, e.session, AWAY, e.start, e.end, e.tz_offset_min, e.mono_ms, e.boot_id,
        e.cause, UNSET, UNSET, "", e.answer,
    )  # fmt: skip


def _private(e: PrivateEvent) -> SpanRow:
    return SpanRow(e.eid, e.session, PRIVATE, e.start, e.end, e.tz_offset_min, e.mono_ms, e.boot_id)


def _input(e: InputEvent) -> SpanRow:
    return SpanRow(
        e.eid, e.session, INPUT, e.start, e.end, e.tz_offset_min, e.mono_ms, e.boot_id,
        "", UNSET, UNSET, "", UNSET, e.keys, e.clicks, e.scrolls, e.moved_s,
    )  # fmt: skip


def _session(event: SessionEvent) -> MarkRow:
    return MarkRow(
        event.eid, event.session, "session", event.start, state=event.state, reason=event.reason, task=event.task
    )


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
    """The event as a row."""
    return facts_of([(event, start, end)])[0]


def facts_of(timed: Sequence[Timed]) -> list[Fact]:
    """Events as rows, written at once; equal events have equal hashes, however their bytes were laid out."""
    rows = [_ROW_OF[type(event)](event) for event, _start, _end in timed]
    lines = _encoder.encode_lines(rows).split(b"\n")  # in JSON, a text's own line ends are written otherwise
    facts = []
    for (event, start, end), row, line in zip(timed, rows, lines, strict=False):  # after the last is one more end
        digest = blake2b(line, digest_size=16).hexdigest()
        signed = b'"payload":"%b",%b' % (digest.encode(), line[1:])
        facts.append(Fact(event.eid, event.session, start, end, digest, signed, type(row) is MarkRow))
    return facts
