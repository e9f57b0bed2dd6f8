"""How reports count, without a database."""

from sundial.server.reports.rules.addresses import address_of, asked_from, day_in
from sundial.server.reports.rules.buckets import buckets
from sundial.server.reports.rules.cells import NOTHING, tenths, words_of
from sundial.server.reports.rules.employed import Stay, belonged, expected_days, expected_people
from sundial.server.reports.rules.periods import (
    LONGEST_DAYS,
    PRESETS,
    days_of,
    month_before,
    month_of,
    named,
    neighbours,
    period_from,
)
from sundial.server.reports.rules.shares import apportioned, part_of
from sundial.server.reports.rules.targets import Hours, hours_from, working_days
from sundial.server.reports.rules.windows import Window, window

__all__ = [
    "LONGEST_DAYS",
    "NOTHING",
    "PRESETS",
    "Hours",
    "Stay",
    "Window",
    "address_of",
    "apportioned",
    "asked_from",
    "belonged",
    "buckets",
    "day_in",
    "days_of",
    "expected_days",
    "expected_people",
    "hours_from",
    "month_before",
    "month_of",
    "named",
    "neighbours",
    "part_of",
    "period_from",
    "tenths",
    "window",
    "words_of",
    "working_days",
]
