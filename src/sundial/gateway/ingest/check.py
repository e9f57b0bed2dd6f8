"""What a batch must be before it may queue: one malformed event is set aside and does not cost the others theirs."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Raw, Struct

from sundial.gateway.ingest.rows import Fact, Timed, facts_of
from sundial.protocol import codec
from sundial.protocol.events import Batch, Event, InputEvent, Rejected, SessionEvent, Uuid
from sundial.protocol.messages import Count

LONGEST: Final = timedelta(hours=24)
LARGEST: Final = 2**63 - 1
LARGEST_COUNT: Final = 2**31 - 1
NUL: Final = b"\\u0000"  # in JSON; PostgreSQL's text cannot hold it
HALF_LETTER: Final = re.compile(rb"\\u[dD][89a-fA-F]")
MALFORMED: Final = "malformed"
CONFLICT: Final = "conflict"
OTHERWISE: Final = "Another event was sent under this id before."


class _Envelope(Struct, frozen=True):
    """A batch whose events are looked at one by one."""

    batch: Uuid
    seq: Count
    events: Annotated[list[Raw], Meta(min_length=1, max_length=500)]


@dataclass(slots=True)
class Checked:
    """What of a batch can be kept, what cannot and why, and what came twice in it."""

    facts: list[Fact] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


_batches: Final = msgspec.json.Decoder(Batch)
_events: Final = msgspec.json.Decoder(Event)
_time: Final = msgspec.json.Decoder(datetime)
_times: Final = msgspec.json.Decoder(list[datetime])


def check(data: bytes) -> Checked:
    """Look at every event; raises `codec.Malformed` if this is no batch at all."""
    checked, seen = Checked(), dict[str, str]()
    for fact in facts_of(list(_sound(_each(data, checked), checked))):
        before = seen.setdefault(fact.eid, fact.digest)
        if before is fact.digest:
            checked.facts.append(fact)
        elif before == fact.digest:
            checked.repeated.append(fact.eid)
        else:
            checked.rejected.append(Rejected(fact.eid, CONFLICT, OTHERWISE))
    return checked


def _each(data: bytes, checked: Checked) -> list[Event]:
    if NUL not in data:
        try:
            return _batches.decode(data).events
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # which of them it is, is found below
    return list(_one_by_one(_envelope(data), checked))


def _envelope(data: bytes) -> _Envelope:
    """The batch with its events apart, also where one of them holds half a letter, over which msgspec stops."""
    try:
        return codec.decode(_Envelope, data)
    except codec.Malformed:
        if not HALF_LETTER.search(data):
            raise
    try:
        whole = json.loads(data)
        whole["events"] = [Raw(json.dumps(event).encode()) for event in whole["events"]]
        return msgspec.convert(whole, _Envelope)
    except (ValueError, TypeError, KeyError, RecursionError) as failure:  # msgspec's refusals are ValueErrors
        raise codec.Malformed(str(failure)) from failure


def _one_by_one(envelope: _Envelope, checked: Checked) -> Iterator[Event]:
    for raw in envelope.events:
        try:
            event = _events.decode(raw)
            _without_nul(event)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, codec.Malformed) as failure:
            checked.rejected.append(Rejected(_named(raw), MALFORMED, str(failure)))
        else:
            yield event


def _without_nul(event: Event) -> None:
    if any("\0" in value for value in msgspec.structs.astuple(event) if isinstance(value, str)):
        raise codec.Malformed("a text holds the character NUL")


def _named(raw: Raw) -> str:
    """The id that a malformed event bears, so that its sender knows which it is."""
    try:
        eid: Any = codec.decode_object(bytes(raw)).get("eid")
    except codec.Malformed:
        return ""
    return eid[:64] if isinstance(eid, str) else ""


def _sound(events: list[Event], checked: Checked) -> Iterator[Timed]:
    moments = _all_moments(events)
    for n, event in enumerate(events):
        try:
            if moments is None:
                start, end = _moment(event.start, "start"), _moment(event.end, "end")
            else:
                start, end = moments[2 * n], moments[2 * n + 1]
            _examine(event, start, end)
        except codec.Malformed as failure:
            checked.rejected.append(Rejected(event.eid, MALFORMED, str(failure)))
        else:
            yield event, start, end


def _all_moments(events: list[Event]) -> list[datetime] | None:
    """Starts and ends in turn, read at once; None if one of them is not in order."""
    texts = [text for event in events for text in (event.start, event.end)]
    if all(text[-1:] == "Z" for text in texts):
        try:
            return _times.decode(codec.encode(texts))
        except msgspec.DecodeError:
            pass  # which of them it is, is found one by one
    return None


def _examine(event: Event, start: datetime, end: datetime) -> None:
    if end < start:
        raise codec.Malformed("start is after end")
    if end - start > LONGEST:
        raise codec.Malformed("longer than 24 hours")
    if event.mono_ms > LARGEST:
        raise codec.Malformed("mono_ms is larger than 64 bits hold")
    if type(event) is InputEvent and max(event.keys, event.clicks, event.scrolls, event.moved_s) > LARGEST_COUNT:
        raise codec.Malformed("a count is larger than 32 bits hold")
    if type(event) is SessionEvent and event.task is not UNSET and abs(event.task) > LARGEST:
        raise codec.Malformed("task is larger than 64 bits hold")


def _moment(text: str, where: str) -> datetime:
    if text[-1:] == "Z":
        try:
            return _time.decode(f'"{text}"')
        except msgspec.DecodeError:
            pass
    raise codec.Malformed(f"{where} is not a time in UTC, as in 2026-01-31T09:30:00Z")
