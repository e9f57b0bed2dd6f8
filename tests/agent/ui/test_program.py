"""The program: other threads post to it, and it is never hidden."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sundial.agent.core.shown import Pause, Quit, Refusal, Said, Start, Stop
from sundial.agent.ui.badge import Badge
from sundial.agent.ui.place import Place
from sundial.agent.ui.program import Program
from sundial.agent.ui.style import Look
from sundial.agent.ui.tray import Tray
from sundial.agent.ui.window import Window
from tests.agent.ui.scenes import IDLE, NOBODY, PAUSED, WORKING, text_of

PATIENCE_MS = 30_000


@pytest.fixture
def program(qapp: QApplication, said: list[Said]) -> Iterator[Program]:
    """A program that runs as soon as a test lets it."""
    made = Program(said.append, leave_ms=20)
    yield made
    for part in (made.tray, made.badge, made.window):
        part.hide()


def _elsewhere(*calls: Callable[[], None]) -> threading.Thread:
    """Another thread, in which these are called in order."""
    thread = threading.Thread(target=lambda: [call() for call in calls])
    thread.start()
    return thread


def test_another_thread_shows_refuses_and_ends(program: Program) -> None:
    drawn_in: list[bool] = []
    program.window.counted.connect(lambda _seconds: drawn_in.append(QThread.currentThread() is program.app.thread()))
    thread = _elsewhere(
        lambda: program.show(IDLE),
        lambda: program.refuse(Refusal("You work elsewhere.")),
        lambda: program.end(3),
    )
    assert program.run() == 3
    thread.join()
    assert text_of(program.window, "company") == "Meghna Textiles"
    assert program.window.work.problem.said == "You work elsewhere."
    assert drawn_in
    assert all(drawn_in)


def test_of_many_snapshots_the_newest_is_drawn(program: Program) -> None:
    drawn: list[int] = []
    program.window.counted.connect(drawn.append)
    for number in range(500):
        program.show(replace(IDLE, today_s=number))
    program.end()
    program.run()
    assert drawn == [499]


def test_without_a_tray_the_badge_is_seen_whether_the_window_is_or_not(program: Program, qtbot: QtBot) -> None:
    program.show(WORKING)
    seen: list[bool] = []
    QTimer.singleShot(0, lambda: (seen.append(program.badge.isVisible()), program.window.close()))
    QTimer.singleShot(50, lambda: (seen.append(program.badge.isVisible()), program.end()))
    program.run()
    assert seen == [True, True]
    assert not program.window.isVisible()


def test_the_badge_says_state_and_time_and_opens_the_window(program: Program, qtbot: QtBot) -> None:
    program.show(WORKING)
    program.badge.appear()
    qtbot.waitUntil(lambda: text_of(program.badge, "badge-state") == "Working", timeout=PATIENCE_MS)
    assert text_of(program.badge, "badge-time") == "1:02"
    assert not program.window.isVisible()
    qtbot.mouseClick(program.badge, Qt.MouseButton.LeftButton)
    assert program.window.isVisible()


def test_a_dragged_badge_moves_and_opens_nothing(program: Program, qtbot: QtBot) -> None:
    program.badge.appear()
    before = program.badge.pos()
    qtbot.mousePress(program.badge, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.mouseMove(program.badge, QPoint(-60, -40))
    qtbot.mouseRelease(program.badge, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert program.badge.pos() == before + QPoint(-65, -45)
    assert not program.window.isVisible()


def test_the_badge_stands_where_it_was_put_in_an_earlier_run(look: Look, qtbot: QtBot, tmp_path: Path) -> None:
    def badge() -> Badge:
        made = Badge(look, Place(tmp_path / "badge"))
        qtbot.addWidget(made)
        made.appear()
        return made

    first = badge()
    qtbot.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.mouseMove(first, QPoint(-60, -40))
    qtbot.mouseRelease(first, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert badge().pos() == first.pos()
    (tmp_path / "badge").write_text("99999 99999")
    far = badge()
    assert far.screen().availableVirtualGeometry().contains(far.geometry().bottomRight()), "a screen may be gone"
    (tmp_path / "badge").write_text("nonsense")
    assert badge().pos() != first.pos()


def test_the_badge_cannot_be_dragged_out_of_sight(program: Program, qtbot: QtBot) -> None:
    program.badge.appear()
    qtbot.mousePress(program.badge, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.mouseMove(program.badge, QPoint(9_000, 9_000))
    qtbot.mouseRelease(program.badge, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert program.badge.screen().availableGeometry().contains(program.badge.geometry())


def test_a_notice_of_our_own_is_seen_and_goes(program: Program, qtbot: QtBot) -> None:
    program.badge.appear()
    _elsewhere(lambda: program.notify("Settings updated (v5 → v6)", "Screenshot every 5 min")).join()
    qtbot.waitUntil(program.badge.note.isVisible, timeout=PATIENCE_MS)
    assert text_of(program.badge, "badge-note") == "Settings updated (v5 → v6): Screenshot every 5 min"
    program.badge._quiet.start(1)
    qtbot.waitUntil(lambda: not program.badge.note.isVisible(), timeout=PATIENCE_MS)


def test_another_thread_opens_the_window(program: Program, qtbot: QtBot) -> None:
    _elsewhere(program.open).join()
    qtbot.waitUntil(program.window.isVisible, timeout=PATIENCE_MS)


def test_quit_waits_to_be_ended_but_not_for_ever(program: Program, said: list[Said]) -> None:
    program.show(IDLE)
    QTimer.singleShot(0, program.window.leave)
    assert program.run() == 0
    assert said == [Quit()]


# The tray -----------------------------------------------------------------------------------------


def _menu(tray: Tray) -> list[str]:
    return [action.text() for action in tray.contextMenu().actions() if action.isVisible() and action.text()]


def test_the_tray_offers_what_can_be_done_now(window: Window) -> None:
    tray = Tray(window)
    tray.show_state(NOBODY)
    assert _menu(tray) == ["not connected", "Open Sundial", "Quit"]
    tray.show_state(IDLE)
    assert _menu(tray) == ["Not working", "Open Sundial", "Start work", "Quit"]
    tray.show_state(WORKING)
    assert _menu(tray)[1:] == ["Open Sundial", "Pause", "Stop work", "Quit"]
    tray.show_state(replace(PAUSED, connection="offline"))
    assert _menu(tray)[0].endswith(", offline")
    assert _menu(tray)[2] == "Resume"


def test_the_tray_says_what_the_window_says(window: Window, said: list[Said]) -> None:
    tray = Tray(window)
    for shown, actions in ((IDLE, (tray.start,)), (WORKING, (tray.pause, tray.stop, tray.quit))):
        window.show_state(shown)
        tray.show_state(shown)
        for action in actions:
            action.trigger()
    assert said == [Start(), Pause(), Stop()]
    assert window.leaving.isVisible()


def test_the_tray_looks_and_reads_different_in_each_state(window: Window) -> None:
    tray = Tray(window)
    looks = set()
    for shown in (WORKING, PAUSED, IDLE):
        tray.show_state(shown)
        tray.count(3725)
        looks.add((bytes(tray.icon().pixmap(32, 32).toImage().constBits()), tray.toolTip()))
    assert len({picture for picture, _tip in looks}) == 3
    assert {tip for _picture, tip in looks} >= {"Sundial: Not working, 1:02 today"}
