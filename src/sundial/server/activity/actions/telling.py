"""Telling other processes that somebody's facts changed, and having sums counted again."""

from datetime import datetime

from sundial.server.lib import hints, jobs

REBUILD = "activity.rebuild_usage"


def changed(company_id: int, user_id: int) -> None:
    """Live pages ask again; at commit."""
    hints.send("activity", f"{company_id} {user_id}")


def count_again(company_id: int, user_id: int, start: datetime, end: datetime) -> None:
    """Have the worker rebuild a person's sums of this time: in a transaction of its own, which holds writers off."""
    jobs.defer(REBUILD, company_id=company_id, user_id=user_id, start=start.isoformat(), end=end.isoformat())
