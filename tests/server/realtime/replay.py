"""Old state + events == new state: the proof that a page which only hears events shows what a fresh page would.

For any action: `read` is what a page asks for when it opens, `apply` what it does with one event. Events are pointers,
so `apply` may ask by the ordinary door for the thing that an event names, and for nothing else.

    with replayed(company_id, "admin", read=read, apply=apply):
        add_person(...)
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sundial.server.realtime import queries, rules
from sundial.server.realtime.types import NumberedEvent

S = TypeVar("S")


@contextmanager
def told(company_id: int, room: str) -> Iterator[list[NumberedEvent]]:
    """Fills the list with every event that the room was told inside the block, in order."""
    key = rules.key_of(company_id, room)
    before = queries.position(key)
    events: list[NumberedEvent] = []
    yield events
    events += queries.events_between(key, before.offset, queries.position(key).offset)


@contextmanager
def replayed(
    company_id: int, room: str, *, read: Callable[[], S], apply: Callable[[S, NumberedEvent], S]
) -> Iterator[list[NumberedEvent]]:
    """Holds that the events told inside the block turn the old state into the new one, and that there were any."""
    state = read()
    with told(company_id, room) as events:
        yield events
    assert events, f"the action told the room {room!r} nothing"
    for event in events:
        state = apply(state, event)
    assert state == read()
