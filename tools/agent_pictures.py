"""Pictures of the agent's window in every state, light and dark: `python -m tools.agent_pictures`, then look at them.

It starts an X server of its own, so that nothing of the desktop it runs on is seen; `--only NAME` takes some of them.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from sundial.agent.core.absence import Absence
from sundial.agent.core.asking import text_for
from sundial.agent.core.shown import Chosen, Policy, Question, Queue, Recorded, Refusal, Shown
from sundial.agent.ui.glyph import TRAY_SIZES, icon
from sundial.agent.ui.header import LIGHTS
from sundial.agent.ui.program import Program
from sundial.agent.ui.style import DARK, LIGHT
from sundial.protocol.messages import TaskItem
from sundial.protocol.settings import Kind, defaults
from sundial.protocol.words import policy_lines

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
NOW = datetime(2026, 11, 18, 14, 2, 10, tzinfo=UTC)
HEIGHTS = {
    "agent-working": 980,
    "agent-first-run": 900,
    "agent-policy": 980,
    "agent-absence": 980,
    "agent-offline": 1060,
}
IN_THE_DARK = {"agent-working", "agent-first-run", "agent-connect"}
LINES = policy_lines({**defaults(), "screenshot_interval_seconds": 300})
OFF = policy_lines({**defaults(), "screenshots_enabled": False})
ALL: tuple[Kind, ...] = ("screenshots", "websites", "applications", "idle")


def _recent() -> tuple[Recorded, ...]:
    def one(kind: str, name: str, title: str, start_s: int, end_s: int) -> Recorded:
        return Recorded(kind, name, title, NOW - timedelta(seconds=start_s), NOW - timedelta(seconds=end_s))

    return (
        one("app", "LibreOffice Calc", "Quarterly figures.ods", 600, 452),
        one("app", "Chromium", "Dhaka port, arrivals this week", 452, 301),
        one("website", "cpa.gov.bd", "Arrivals", 440, 330),
        one("screenshot", "Screenshot", "1 screen", 412, 412),
        one("away", "idle", "", 301, 200),
        one("app", "Thunderbird", "Re: Container 4411, papers missing", 200, 61),
        one("screenshot", "Screenshot", "1 screen", 112, 112),
        one("app", "Chromium", "Meghna Textiles: Orders", 61, 0),
        one("website", "orders.meghna.example", "Order 20931", 55, 0),
    )


WORKING = Shown(
    as_of=NOW,
    server="https://sundial.example.com",
    company="Meghna Textiles",
    connection="live",
    enrolled=True,
    app_version="0.1.0",
    working="yes",
    since=NOW - timedelta(hours=2, minutes=47, seconds=13),
    today_s=17_833,
    task="Quarterly figures",
    recording=ALL,
    policy=Policy(6, LINES, NOW - timedelta(seconds=8)),
    recent=_recent(),
)
IDLE = replace(WORKING, working="no", since=None, task="", recent=(), recording=())
QUESTION = Question("e1", ALL, text_for(ALL, defaults()))
KEYS = Question("e2", ("keyboard_counts",), text_for(("keyboard_counts",), defaults()))
AWAY = tuple(
    Absence("", "", "idle", NOW - timedelta(minutes=start), NOW - timedelta(minutes=end), 0, "", 0)
    for start, end in ((52, 23), (5, 0))
)
TASKS = (
    TaskItem(
        71, "Proof the autumn catalogue and everything that belongs to it", "Catalogue", "IN_PROGRESS", "2026-11-27"
    ),
    TaskItem(68, "Sort the sample room", "", "OPEN", None),
)
NOTES = ("Websites: the browser extension is not installed.", "Screenshots: Wayland lets no program see the screen.")
SCENES: dict[str, Shown] = {
    "agent-connect": Shown(as_of=NOW, app_version="0.1.0"),
    "agent-first-run": replace(IDLE, recording=(), question=QUESTION, today_s=0),
    "agent-question": replace(WORKING, question=KEYS),
    "agent-working": WORKING,
    "agent-tasks": replace(WORKING, tasks=TASKS, chosen=Chosen(71, TASKS[0].title)),
    "agent-tasks-idle": replace(IDLE, tasks=TASKS),
    "agent-absence": replace(WORKING, absences=AWAY),
    "agent-paused": replace(WORKING, working="paused", recording=(), since=NOW - timedelta(minutes=4)),
    "agent-idle": IDLE,
    "agent-ended": replace(IDLE, message="Dana Admin ended your session at 14:02."),
    "agent-policy": replace(WORKING, recording=ALL[1:], policy=Policy(7, OFF, NOW)),
    "agent-offline": replace(
        WORKING, connection="offline", queue=Queue(1312, (("retention", 3), ("rejected:malformed", 1)))
    ),
    "agent-problems": replace(
        WORKING,
        connection="suspended",
        recording=(),
        problems=("The disk is full: nothing more can be recorded until there is room. What was recorded is kept.",),
        notes=NOTES,
    ),
}


@contextmanager
def screen() -> Iterator[str]:
    """An X server of our own, on a display that it finds itself."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-noreset", "-screen", "0", "1280x1200x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            yield f":{said.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def take(program: Program, folder: Path, only: str, *, everything: bool) -> None:
    """Every scene in the light, and the chosen ones or all in the dark."""
    program.window.show()
    for tokens, suffix in ((LIGHT, ""), (DARK, "-dark")):
        program.look.wear(tokens)
        for name, shown in SCENES.items():
            wanted = everything or not suffix or name in IN_THE_DARK
            if wanted and only in f"{name}{suffix}":
                _take_scene(program, folder / f"{name}{suffix}.png", name, shown)
        _take_small(program, folder / f"agent-small{suffix}.png")


def _take_scene(program: Program, path: Path, name: str, shown: Shown) -> None:
    program.window.resize(408, HEIGHTS.get(name, 720))
    program.show(shown)
    _settle(program)
    if name == "agent-connect":
        program.window.connecting.server.box.setText("sundial.example.com")
        program.window.connecting.code.box.setText("K7QF-22MX-PA9D")
        program.refuse(Refusal("This code was used already. Ask for a new one.", "code"))
    elif shown.question is None:
        program.window.work.task.clearFocus()
    _settle(program)
    program.window.grab().save(str(path))
    print(path.name)


def _take_small(program: Program, path: Path) -> None:
    """Badge and tray icons, side by side as they are and enlarged."""
    program.badge.appear()
    program.show(WORKING)
    _settle(program)
    sheet = QPixmap(560, 120)
    sheet.fill(QColor(program.look.tokens.canvas))
    painter = QPainter(sheet)
    painter.drawPixmap(QPoint(16, 40), program.badge.grab())
    for row, light in enumerate(LIGHTS.values()):
        for column, size in enumerate(TRAY_SIZES[:4]):
            painter.drawPixmap(QPoint(280 + column * 40, 8 + row * 36), icon(light).pixmap(size, size))
    painter.end()
    sheet.save(str(path))
    program.badge.hide()


def _settle(program: Program) -> None:
    for _ in range(5):
        program.app.processEvents()


def main() -> int:
    """0 when all were taken."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--only", default="")
    reader.add_argument("--all", action="store_true", help="every state in the dark too")
    reader.add_argument("--folder", type=Path, default=FOLDER)
    asked = reader.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with screen() as display:
        os.environ.update(DISPLAY=display, QT_QPA_PLATFORM="xcb", TZ="UTC", DBUS_SESSION_BUS_ADDRESS="disabled:")
        time.tzset()
        program = Program(lambda _said: None)
        program.window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
        take(program, asked.folder, asked.only, everything=asked.all)
    return 0


if __name__ == "__main__":
    sys.exit(main())
