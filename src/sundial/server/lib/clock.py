"""The one place that reads the wall clock; only doors (views, api, jobs, sockets, commands) call it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the door every other module is sent to


def iso(moment: datetime) -> str:
    """The moment as the outside reads it: ISO 8601 in UTC with `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
