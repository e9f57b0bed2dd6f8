"""Writes of what people did, and of who looked at it."""

from sundial.server.activity.actions.classic import Counted, record_lengths
from sundial.server.activity.actions.days import drain, rebuild_days, sum_at_once, sum_days
from sundial.server.activity.actions.ending import delete_session, end_session, end_silent_sessions, mend_session
from sundial.server.activity.actions.erasing import Erased, delete_screenshot, erase_pictures_of
from sundial.server.activity.actions.keeping import drop_empty_partitions, let_go_of_old
from sundial.server.activity.actions.looking import archived_looks, archived_months, record_pictures_seen, record_view
from sundial.server.activity.actions.manual import Manual, ask_manual, decide_manual, enter_manual, withdraw_manual
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
from sundial.server.activity.actions.rewrapping import rewrap_person_keys, roots_of_person_keys
from sundial.server.activity.actions.starting import end_sessions_of, start_session, stop_session
from sundial.server.activity.actions.upkeep import (
    end_silence,
    make_partitions,
    part_whole_keys,
    rebuild_usage,
    sweep_files,
)

__all__ = [
    "Counted",
    "Erased",
    "Manual",
    "QuotaReached",
    "ScreenshotsDisabled",
    "Taken",
    "TooLarge",
    "archived_looks",
    "archived_months",
    "ask_manual",
    "decide_manual",
    "delete_screenshot",
    "delete_session",
    "drain",
    "drop_empty_partitions",
    "end_session",
    "end_sessions_of",
    "end_silence",
    "end_silent_sessions",
    "enter_manual",
    "erase_pictures_of",
    "keep_remade",
    "let_go_of_old",
    "make_partitions",
    "mark_broken",
    "mend_session",
    "open_picture",
    "original_of",
    "part_whole_keys",
    "rebuild_days",
    "rebuild_usage",
    "record_lengths",
    "record_pictures_seen",
    "record_view",
    "rewrap_person_keys",
    "roots_of_person_keys",
    "start_session",
    "stop_session",
    "sum_at_once",
    "sum_days",
    "sweep_files",
    "take_screenshot",
    "withdraw_manual",
]
