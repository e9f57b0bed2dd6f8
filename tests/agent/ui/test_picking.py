"""The task picker: one's own tasks, the one that one works on, and that it is done."""

from dataclasses import replace

from msgspec.structs import replace as replaced
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from sundial.agent.core.shown import Choose, Chosen, Said, Start, TaskDone
from sundial.agent.ui.picking import NONE, Choice, named
from sundial.agent.ui.window import Window
from sundial.protocol.messages import TaskItem
from tests.agent.ui.scenes import IDLE, WORKING, seen

FIRST = TaskItem(71, "Proof the catalogue", "Catalogue", "IN_PROGRESS", "2026-11-07")
SECOND = TaskItem(68, "Sort the sample room", "", "OPEN", None)
CHOSEN = Chosen(71, "Proof the catalogue")
TASKS = (FIRST, SECOND)


def box(window: Window) -> Choice:
    return window.work.picker.box


def lines(window: Window) -> list[str]:
    texts = [box(window).itemText(number) for number in range(box(window).count())]
    return [text.strip("\u2068\u2069") for text in texts]


def pick(qtbot: QtBot, window: Window, steps: int) -> None:
    """By keyboard, as in any list."""
    for _ in range(abs(steps)):
        qtbot.keyClick(box(window), Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)


def test_without_tasks_there_is_nothing_to_choose_from(window: Window) -> None:
    window.show_state(WORKING)
    assert not seen(window, "task-choice")
    window.show_state(replace(WORKING, tasks=TASKS))
    assert seen(window, "task-choice")
    assert not seen(window, "task-done")


def test_each_task_is_one_line_with_its_project_and_when_it_is_due(window: Window) -> None:
    window.show_state(replace(WORKING, tasks=TASKS))
    assert lines(window) == [NONE, "Proof the catalogue · Catalogue · due 7 Nov", "Sort the sample room"]


def test_a_title_that_is_too_long_is_cut_with_a_sign_and_whole_in_the_tip(window: Window) -> None:
    window.show_state(replace(WORKING, tasks=TASKS, chosen=Chosen(68, SECOND.title)))
    assert box(window).fitting().strip("\u2068\u2069") == SECOND.title
    long = "Proof the autumn catalogue <b>and</b> everything that belongs to it"
    window.show_state(replace(WORKING, tasks=(replaced(FIRST, title=long), SECOND), chosen=CHOSEN))
    cut = box(window).fitting().strip("\u2068\u2069")
    assert cut.startswith("Proof the")
    assert cut.endswith("…")
    assert "&lt;b&gt;and&lt;/b&gt; everything that belongs to it" in box(window).toolTip()
    window.show_state(replace(WORKING, tasks=TASKS))
    assert box(window).fitting().strip("\u2068\u2069") == NONE
    assert "Ctrl+K" in box(window).toolTip()


def test_choosing_while_one_works_is_said_at_once(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(WORKING, tasks=TASKS))
    pick(qtbot, window, 1)
    window.show_state(replace(WORKING, tasks=TASKS, chosen=CHOSEN))
    assert box(window).currentIndex() == 1
    pick(qtbot, window, -1)
    assert said == [Choose(CHOSEN), Choose(None)]


def test_choosing_before_work_waits_for_the_start(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(IDLE, tasks=TASKS))
    pick(qtbot, window, 2)
    window.show_state(replace(IDLE, tasks=TASKS, today_s=IDLE.today_s + 1))
    assert said == []
    window.work.start_work()
    assert said == [Start("", Chosen(68, "Sort the sample room"))]


def test_after_the_end_of_work_nothing_is_chosen(window: Window) -> None:
    window.show_state(replace(WORKING, tasks=TASKS, chosen=CHOSEN))
    window.show_state(replace(IDLE, tasks=TASKS))
    assert box(window).currentIndex() == 0
    assert window.work.picker.chosen is None


def test_a_task_that_is_assigned_meanwhile_is_there_and_the_choice_stays(window: Window) -> None:
    window.show_state(replace(WORKING, tasks=(FIRST,), chosen=CHOSEN))
    window.show_state(replace(WORKING, tasks=(SECOND, FIRST), chosen=CHOSEN))
    assert lines(window)[1] == "Sort the sample room"
    assert box(window).currentIndex() == 2


def test_the_task_that_one_works_on_stays_when_it_is_taken_away(window: Window) -> None:
    window.show_state(replace(WORKING, tasks=(), chosen=CHOSEN))
    assert lines(window) == [NONE, "Proof the catalogue"]
    assert box(window).currentIndex() == 1
    window.show_state(replace(IDLE, tasks=()))
    assert not seen(window, "task-choice")


def test_a_task_that_was_chosen_for_later_and_is_taken_away_is_chosen_no_more(qtbot: QtBot, window: Window) -> None:
    window.show_state(replace(IDLE, tasks=TASKS))
    pick(qtbot, window, 1)
    window.show_state(replace(IDLE, tasks=(SECOND,)))
    assert window.work.picker.chosen is None


def test_that_it_is_done_is_said_by_button_and_key(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(WORKING, tasks=TASKS, chosen=CHOSEN))
    qtbot.mouseClick(window.work.picker.finished, Qt.MouseButton.LeftButton)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert said == [TaskDone(71), TaskDone(71)]
    window.show_state(replace(WORKING, tasks=(SECOND,)))
    qtbot.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(said) == 2, "where nothing is chosen, nothing is done"


def test_hostile_titles_are_one_line_of_text(window: Window) -> None:
    evil = TaskItem(1, "<script>alert(1)</script>\u202eabc\n" + "x" * 900, "a\x00b", "OPEN", None)
    window.show_state(replace(WORKING, tasks=(evil,), chosen=Chosen(2, evil.title)))
    for line in lines(window)[1:]:
        assert "\n" not in line
        assert "\u202e" not in line
        assert len(line) < 300
    assert named(evil).startswith("<script>alert(1)</script>")
    assert window.width() < 500
