"""Writes of what people did, and of who looked at it."""

from sundial.server.activity.actions.ending import delete_session, end_session, end_silent_sessions
from sundial.server.activity.actions.looking import record_view
from sundial.server.activity.actions.starting import end_sessions_of, start_session, stop_session

__all__ = [
    "delete_session",
    "end_session",
    "end_sessions_of",
    "end_silent_sessions",
    "record_view",
    "start_session",
    "stop_session",
]
