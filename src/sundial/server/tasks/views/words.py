"""Tasks in the words that people read: status, days, people, and what happened."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sundial.server.lib.acting import Acting
from sundial.server.tasks import rules
from sundial.server.tasks.types import Happened, Status, TaskView

TONES = {Status.OPEN: "", Status.IN_PROGRESS: "live", Status.DONE: "good"}
ICONS = {Status.OPEN: "", Status.IN_PROGRESS: "clock", Status.DONE: "check"}


def status_word(status: str) -> str:
    """What people call a status."""
    return {"OPEN": _("Open"), "IN_PROGRESS": _("In progress"), "DONE": _("Done")}.get(status, status)


def statuses() -> tuple[tuple[str, str], ...]:
    """Every status and its word."""
    return tuple((str(one), status_word(one)) for one in Status)


def due_word(day: date, today: date) -> str:
    """A day as people say it."""
    days = (day - today).days
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    if days in near:
        return near[days]
    if day.year == today.year:
        return date_format(day, "D j M")
    return date_format(day, "j M Y")


def row(acting: Acting, one: TaskView, today: date) -> dict[str, Any]:
    """A task as lists and cards show it."""
    return {
        "task": one,
        "word": status_word(one.status),
        "tone": TONES[one.status],
        "icon": ICONS[one.status],
        "due": due_word(one.due_date, today) if one.due_date else "",
        "overdue": one.is_overdue(today),
        "next": _next(one),
        "may_move": may_move(acting, one),
    }


def may_move(acting: Acting, one: TaskView) -> bool:
    """Whether the reader may say where it stands: whoever has it, and those who run tasks."""
    return acting.role in rules.RUNS or one.assigned_to_id == acting.id


def _next(one: TaskView) -> tuple[str, str] | None:
    """The status that comes next, and the word on its button."""
    return {
        Status.OPEN: (str(Status.IN_PROGRESS), _("Start")),
        Status.IN_PROGRESS: (str(Status.DONE), _("Done")),
        Status.DONE: None,
    }[one.status]


def estimate_word(minutes: int | None) -> str:
    """How long it was thought to take."""
    if minutes is None:
        return ""
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return _("1 hour") if hours == "1" else _("%(n)s hours") % {"n": hours}


def happened(one: Happened, names: Mapping[int, str]) -> dict[str, Any]:
    """A line of the history."""
    by = _("From the agent") if one.by.startswith("device ") else one.by
    return {"at": one.at, "by": by, "text": _told(one.action, one.details, names)}


def _told(action: str, details: Mapping[str, Any], names: Mapping[int, str]) -> str:
    new: Mapping[str, Any] = details.get("new_values") or {}
    if action == "TASK_CREATED":
        to = details.get("assigned_to")
        return _("made it for %(name)s") % {"name": _who(to, names)} if to else _("made it")
    if action == "TASK_ASSIGNED":
        to = new.get("assigned_to")
        return _("gave it to %(name)s") % {"name": _who(to, names)} if to else _("took it from whoever had it")
    if action in {"TASK_STATUS_CHANGED", "TASK_DONE"}:
        return _("moved it to %(status)s") % {"status": status_word(str(new.get("status", "")))}
    if action == "TASK_CHANGED" and "progress" in new:
        return _("said it is %(n)s %% done") % {"n": new["progress"]}
    plain = {
        "TASK_CHANGED": _("changed what it says"),
        "TASK_COMMENTED": _("commented"),
        "TASK_DELETED": _("deleted it"),
        "TASK_RESTORED": _("brought it back"),
    }
    return plain.get(action, action)


def _who(user_id: Any, names: Mapping[int, str]) -> str:
    return names.get(user_id, "") or _("somebody")
