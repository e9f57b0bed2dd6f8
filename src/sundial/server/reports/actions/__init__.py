"""Taking reports away."""

from sundial.server.reports.actions import keeping
from sundial.server.reports.actions.exporting import (
    AT_ONCE,
    MAKE_EXPORT,
    MOST_LINES,
    count_of,
    fetch,
    is_large,
    prepare,
    require,
    take_away,
)
from sundial.server.reports.actions.preparing import give_up, make_export, sweep_exports

__all__ = [
    "AT_ONCE",
    "MAKE_EXPORT",
    "MOST_LINES",
    "count_of",
    "fetch",
    "give_up",
    "is_large",
    "keeping",
    "make_export",
    "prepare",
    "require",
    "sweep_exports",
    "take_away",
]
