"""How the platform stands, in numbers that are about nobody."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """What can be looked at from anywhere: agents, jobs, the database, the disk."""

    agents: int
    jobs_waiting: int
    jobs_failed: int
    database_ms: float
    database_bytes: int
    storage_bytes: int
    storage_free: float


@dataclass(frozen=True, slots=True)
class History:
    """One number over a day: its last value, and its course in steps of a quarter of an hour, gaps left out."""

    last: float | None
    course: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The numbers of the platform with their day, by name; `at` is the last minute that was looked at."""

    at: datetime | None
    numbers: dict[str, History]
