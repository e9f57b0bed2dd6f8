"""What others may know of exports and of closing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ExportState(StrEnum):
    """ASKED for, MAKING it, READY to be fetched, FAILED with a reason, or GONE after its time."""

    ASKED = "ASKED"
    MAKING = "MAKING"
    READY = "READY"
    FAILED = "FAILED"
    GONE = "GONE"


@dataclass(frozen=True)
class ExportFacts:
    """An export of everything a company has, without its content."""

    id: int
    state: ExportState
    asked_at: datetime
    asked_by_owner: bool
    done: int
    total: int
    bytes: int
    made_at: datetime | None
    expires_at: datetime | None
    fetched_at: datetime | None
    problem: str

    @property
    def percent(self) -> int:
        """How much of it is made, 0 to 100."""
        return 100 * self.done // self.total if self.total else 0


@dataclass(frozen=True)
class ClosingFacts:
    """When a company was closed, when its data goes, and when it went."""

    closed_at: datetime
    delete_at: datetime
    deleted_at: datetime | None
