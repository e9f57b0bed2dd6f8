"""Tables of what people did; spans and their sums are written in groups by the gateway, all else by actions."""

from sundial.server.activity.models.days import (
    CompanyDay,
    CompanyHour,
    Day,
    DayHour,
    DayTask,
    DayTop,
    DayUsage,
    DayZone,
    Stale,
)
from sundial.server.activity.models.facts import Mark, Span, Usage, WorkSession
from sundial.server.activity.models.keeping import Kept
from sundial.server.activity.models.manual import ManualTime
from sundial.server.activity.models.months import Month, MonthHour, MonthUsage
from sundial.server.activity.models.pictures import PersonKey, Screenshot, Stored

__all__ = [
    "CompanyDay",
    "CompanyHour",
    "Day",
    "DayHour",
    "DayTask",
    "DayTop",
    "DayUsage",
    "DayZone",
    "Kept",
    "ManualTime",
    "Mark",
    "Month",
    "MonthHour",
    "MonthUsage",
    "PersonKey",
    "Screenshot",
    "Span",
    "Stale",
    "Stored",
    "Usage",
    "WorkSession",
]
