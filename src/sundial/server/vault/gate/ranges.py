"""Which part of a file a request asks for (RFC 9110): one range, or all of it; pure."""

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*")


class OutOfRange(Exception):
    """No byte of the file lies where the request asks for some."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to and without `stop`; `part` where the request asked for no more."""

    start: int
    stop: int
    part: bool


def wanted(header: str, size: int) -> Span:
    """What a Range header means for a file of this size; several ranges, and what is none, mean all of it."""
    found = _ONE.fullmatch(header)
    if found is None or not (found[1] or found[2]):
        return Span(0, size, part=False)
    if not found[1]:
        return _last(int(found[2]), size)
    start, stop = int(found[1]), int(found[2]) + 1 if found[2] else size
    if stop <= start and found[2]:
        return Span(0, size, part=False)  # "5-3" is no range at all
    if start >= size:
        raise OutOfRange
    return Span(start, min(stop, size), part=True)


def _last(count: int, size: int) -> Span:
    if not count or not size:
        raise OutOfRange
    return Span(max(0, size - count), size, part=True)


def begins_at(header: str) -> int:
    """Where a range begins, as far as its header alone can tell; 0 else."""
    found = _ONE.fullmatch(header)
    return int(found[1] or 0) if found else 0
