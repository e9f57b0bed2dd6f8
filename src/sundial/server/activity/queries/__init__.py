"""Reads of what people did, each scoped to what the asker may see."""

from sundial.server.activity.queries.board import now_board, with_worked
from sundial.server.activity.queries.day import day_of
from sundial.server.activity.queries.everything import SPAN_COLUMNS, own_spans
from sundial.server.activity.queries.keeping import Keeping, keeping
from sundial.server.activity.queries.manual import (
    letter_about,
    manual_time,
    manual_times,
    may_decide,
    recorded_in,
    waiting_manual,
)
from sundial.server.activity.queries.names import people_of_name, top_of_days, trend, trend_by_month
from sundial.server.activity.queries.own import recorded_about_me, who_looked
from sundial.server.activity.queries.screenshots import neighbours, screenshot, screenshots
from sundial.server.activity.queries.sessions import open_session_of, session, sessions, worked_today
from sundial.server.activity.queries.story import session_story
from sundial.server.activity.queries.task_time import task_time
from sundial.server.activity.queries.usage import sums_for_owner, top_usage, usage_by_bucket
from sundial.server.activity.queries.waiting import last_drain
from sundial.server.activity.queries.week import worked_days

__all__ = [
    "SPAN_COLUMNS",
    "Keeping",
    "day_of",
    "keeping",
    "last_drain",
    "letter_about",
    "manual_time",
    "manual_times",
    "may_decide",
    "neighbours",
    "now_board",
    "open_session_of",
    "own_spans",
    "people_of_name",
    "recorded_about_me",
    "recorded_in",
    "screenshot",
    "screenshots",
    "session",
    "session_story",
    "sessions",
    "sums_for_owner",
    "task_time",
    "top_of_days",
    "top_usage",
    "trend",
    "trend_by_month",
    "usage_by_bucket",
    "waiting_manual",
    "who_looked",
    "with_worked",
    "worked_days",
    "worked_today",
]
