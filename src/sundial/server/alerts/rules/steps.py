"""How an alert comes and goes without flapping.

What holds must hold for a while before it is raised, and must be gone for a while before it is resolved; what returns
within an hour is the same alert. `against` is since when what is measured contradicts the alert's state.

    none ── holds ──▶ PENDING ── held long enough ──▶ OPEN ── gone long enough ──▶ RESOLVED
                        └─ gone ──▶ forgotten           ▲                            │
                                                        └── holds again, within an hour
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sundial.server.alerts.types import REOPENS_WITHIN, State

HOLDS_FOR = timedelta(minutes=2)
GONE_FOR = timedelta(minutes=3)


class Step(Enum):
    """What becomes of an alert at one look."""

    NOTHING = auto()
    BEGIN = auto()  # remembered, and told to nobody yet
    RAISE = auto()
    REOPEN = auto()
    RESOLVE = auto()
    FORGET = auto()
    TURN = auto()  # what is measured begins to contradict the state
    RETURN = auto()  # what is measured fits the state again


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of an alert: its state, since when that is contradicted, when it began or was resolved."""

    state: State
    against: datetime | None
    since: datetime


def step(known: Known | None, *, holds: bool, now: datetime) -> Step:
    """What becomes of this alert, if its rule holds now or does not."""
    if known is None or (known.state is State.RESOLVED and _is_past(known, now)):
        return Step.BEGIN if holds else Step.NOTHING
    return _STEPS[known.state](known, holds, now)


def _is_past(known: Known, now: datetime) -> bool:
    return (known.against or now) - known.since > REOPENS_WITHIN


def _pending(known: Known, holds: bool, now: datetime) -> Step:
    if not holds:
        return Step.FORGET
    return Step.RAISE if now - known.since >= HOLDS_FOR else Step.NOTHING


def _open(known: Known, holds: bool, now: datetime) -> Step:
    return _contradicted(known, not holds, Step.RESOLVE, GONE_FOR, now)


def _resolved(known: Known, holds: bool, now: datetime) -> Step:
    return _contradicted(known, holds, Step.REOPEN, HOLDS_FOR, now)


def _contradicted(known: Known, is_so: bool, then: Step, after: timedelta, now: datetime) -> Step:
    if not is_so:
        return Step.RETURN if known.against else Step.NOTHING
    if known.against is None:
        return Step.TURN
    return then if now - known.against >= after else Step.NOTHING


_STEPS = {State.PENDING: _pending, State.OPEN: _open, State.RESOLVED: _resolved}
