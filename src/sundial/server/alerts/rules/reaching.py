"""How often somebody may be reached: nobody is to be pestered by a button."""

from collections.abc import Collection
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
NOTIFY, CONTACT = "notify", "contact"
AT_MOST = {NOTIFY: 1, CONTACT: 3}  # to one person in a window
MOST_AT_ONCE = 200
LONGEST_SUBJECT, LONGEST_WORDS = 120, 4_000


def wait(kind: str, before: Collection[datetime], now: datetime) -> timedelta:
    """How long to wait until this person may be reached in this way again; nothing if they may be now."""
    lately = sorted(at for at in before if now - at < WINDOW)
    if len(lately) < AT_MOST[kind]:
        return timedelta()
    return lately[-AT_MOST[kind]] + WINDOW - now
