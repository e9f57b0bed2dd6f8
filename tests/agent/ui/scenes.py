"""Snapshots as an agent would make them, and what one asks of a window."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel, QWidget

from sundial.agent.core.shown import Policy, Question, Recorded, Shown

NOW = datetime(2026, 11, 18, 14, 2, 10, tzinfo=UTC)
NOBODY = Shown(as_of=NOW, app_version="0.1.0")
IDLE = Shown(
    as_of=NOW,
    server="https://sundial.example.com",
    company="Meghna Textiles",
    connection="live",
    enrolled=True,
    app_version="0.1.0",
    today_s=3725,
    recording=(),
    policy=Policy(6, ("Screenshots every 5 minutes", "Applications are recorded"), NOW - timedelta(seconds=10)),
)
WORKING = replace(
    IDLE,
    working="yes",
    recording=("screenshots", "applications"),
    since=NOW - timedelta(hours=1),
    task="Quarterly figures",
)
PAUSED = replace(WORKING, working="paused", recording=())
QUESTION = Question(
    "e7",
    ("keyboard_counts",),
    "While you work, this computer records:\n- Count key presses. How many, as a number.\nYou see all of it.",
)
ASKING = replace(WORKING, question=QUESTION)


def recorded(kind: str = "app", name: str = "Chromium", title: str = "Orders", **changes: Any) -> Recorded:
    """One line of what was recorded, a minute long."""
    one = Recorded(kind, name, title, NOW - timedelta(minutes=2), NOW - timedelta(minutes=1))
    return replace(one, **changes)


def text_of(widget: QWidget, name: str) -> str:
    """What the label of this name says, to the eye; invisible characters left out."""
    QApplication.processEvents()  # lay it out
    label = widget.findChild(QLabel, name)
    assert label is not None, name
    return label.text().translate(dict.fromkeys(map(ord, "\u2068\u2069\u200b")))


def seen(widget: QWidget, name: str) -> bool:
    """Whether the widget of this name is on the page."""
    found = widget.findChild(QWidget, name)
    return found is not None and found.isVisibleTo(widget)
