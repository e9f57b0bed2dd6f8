"""Writes of what people did, and of who looked at it."""

from sundial.server.activity.actions.classic import Counted, record_lengths
from sundial.server.activity.actions.ending import delete_session, end_session, end_silent_sessions
from sundial.server.activity.actions.erasing import Erased, delete_screenshot, erase_pictures_of
from sundial.server.activity.actions.looking import record_view
from sundial.server.activity.actions.pictures import (
    QuotaReached,
    ScreenshotsDisabled,
    Taken,
    TooLarge,
    keep_remade,
    mark_broken,
    open_picture,
    original_of,
    take_screenshot,
)
from sundial.server.activity.actions.starting import end_sessions_of, start_session, stop_session
from sundial.server.activity.actions.upkeep import end_silence, make_partitions, rebuild_usage, sweep_files

__all__ = [
    "Counted",
    "Erased",
    "QuotaReached",
    "ScreenshotsDisabled",
    "Taken",
    "TooLarge",
    "delete_screenshot",
    "delete_session",
    "end_session",
    "end_sessions_of",
    "end_silence",
    "end_silent_sessions",
    "erase_pictures_of",
    "keep_remade",
    "make_partitions",
    "mark_broken",
    "open_picture",
    "original_of",
    "rebuild_usage",
    "record_lengths",
    "record_view",
    "start_session",
    "stop_session",
    "sweep_files",
    "take_screenshot",
]
