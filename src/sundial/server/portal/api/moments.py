"""Days and moments in the queries of the API."""

from datetime import UTC, date, datetime, time, timedelta

from sundial.server.lib.errors import Invalid


def moment(name: str, text: str, *, whole_day: bool = False) -> datetime | None:
    """The moment that is meant; a day is its start in UTC or, where it is included, the start of the next."""
    if not text:
        return None
    try:
        if len(text) <= 10:
            start = datetime.combine(date.fromisoformat(text), time.min, UTC)
            return start + timedelta(days=1) if whole_day else start
        # A `+` in a query that was not escaped arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid({name: "Write a day like 2026-11-21, or a moment like 2026-11-21T08:30:00Z."}) from error
