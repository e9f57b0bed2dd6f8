"""What other apps may know about rooms, events and the people who listen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sundial.server.lib.acting import Role

PLATFORM_COMPANY = 0
REPLAY_LIMIT = 300  # events that are told again one by one, not counting the log's own
LOG_ENTRY = "audit_log_added"  # goes with nearly every other event, and says nothing that a page could not ask for
READ_AGAIN_LIMIT = 2 * REPLAY_LIMIT  # with the entries of the log


class RoomName(StrEnum):
    """Who hears an event: a company's admins, everyone in it, or the platform's owners."""

    ADMIN = "admin"
    DASHBOARD = "dashboard"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class RoomKey:
    """One room of one company; the platform's room belongs to company 0."""

    company_id: int
    name: RoomName

    @property
    def wire(self) -> str:
        """The room's full name as clients and hints know it: `company:5:admin`, `platform`."""
        if self.name is RoomName.PLATFORM:
            return str(self.name)
        return f"company:{self.company_id}:{self.name}"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a room's history: which counting (epoch) and how far (offset)."""

    epoch: int
    offset: int


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """One fact of a room, as stored in its outbox."""

    offset: int
    kind: str
    data: dict[str, Any]
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """Where a room stands, how far these events of it go, and the events (None: they cannot be told; ask again)."""

    head: Position
    upto: Position
    events: list[NumberedEvent] | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a web session belongs to at this moment, and what they are in which company."""

    user_id: int
    email: str
    role: Role
    company_id: int | None


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has the console open, and the things they are editing, such as `user:5`."""

    email: str
    editing: tuple[str, ...] = ()


IdentityOf = Callable[[str], Identity | None]
FactOf = Callable[[int, datetime], dict[str, Any]]
NarrowedFor = Callable[[dict[str, Any], Identity], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PassingFact:
    """A fact that is only true now: told to open rooms at most once a second, never stored.

    `topic` is the hint (its body begins with the company's id) after which it is worth telling again;
    `compute(company_id, now)` runs in a thread and opens its own scope. With `narrowed` each listener is told only
    `narrowed(fact, identity)`, their part of it, and only when that part changed.
    """

    kind: str
    topic: str
    rooms: tuple[RoomName, ...]
    compute: FactOf
    narrowed: NarrowedFor | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells facts apart: two rooms may hear different facts of one kind."""
        return self.kind, self.topic
