"""The one place that reads the wall clock; only doors (views, api, jobs, sockets, commands) call it."""

from contextlib import suppress
from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the door every other module is sent to


def iso(moment: datetime) -> str:
    """The moment as the outside reads it: ISO 8601 in UTC with `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_in(text: str) -> datetime | None:
    """The moment that ISO 8601 with a zone means, in UTC; None for anything else."""
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    return None
