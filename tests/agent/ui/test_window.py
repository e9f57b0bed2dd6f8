"""The window draws every snapshot and gives what the person says."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from sundial.agent.core.shown import (
    Agree,
    Pause,
    Policy,
    Question,
    Queue,
    Quit,
    Refresh,
    Refusal,
    Resume,
    Said,
    Shown,
    Start,
    Stop,
    WorkOn,
)
from sundial.agent.ui.window import Window
from tests.agent.ui.conftest import Hand
from tests.agent.ui.scenes import ASKING, IDLE, NOBODY, NOW, PAUSED, QUESTION, WORKING, recorded, seen, text_of

CONTROL = Qt.KeyboardModifier.ControlModifier


def _click(qtbot: QtBot, window: Window, name: str) -> None:
    button = window.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _press(qtbot: QtBot, window: Window, key: Qt.Key, modifier: Qt.KeyboardModifier = CONTROL) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    qtbot.keyClick(window, key, modifier)


class Told(QObject):
    """Counts the events of one kind that come to a widget."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self._kind = kind
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == self._kind
        return False


def _pass(window: Window, hand: Hand, seconds: int) -> None:
    """So much later nothing but the time is another."""
    hand.at += seconds
    window.show_state(replace(WORKING, as_of=NOW + timedelta(seconds=seconds), today_s=WORKING.today_s + seconds))
    QApplication.processEvents()


# What the person says -----------------------------------------------------------------------------


def test_start_says_what_one_works_on(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(IDLE)
    qtbot.keyClicks(window.work.task, "Quarterly figures")
    _click(qtbot, window, "start")
    assert said == [Start("Quarterly figures")]


def test_enter_in_the_line_starts_too(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(IDLE)
    qtbot.keyClicks(window.work.task, "Stocktaking")
    qtbot.keyClick(window.work.task, Qt.Key.Key_Return)
    assert said == [Start("Stocktaking")]


def test_every_button_says_its_own_word(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(WORKING)
    _click(qtbot, window, "pause")
    _click(qtbot, window, "stop")
    window.show_state(PAUSED)
    _click(qtbot, window, "pause")
    assert said == [Pause(), Stop(), Resume()]


def test_every_key_says_its_own_word(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(IDLE)
    _press(qtbot, window, Qt.Key.Key_S)
    window.show_state(WORKING)
    _press(qtbot, window, Qt.Key.Key_P)
    _press(qtbot, window, Qt.Key.Key_T)
    _press(qtbot, window, Qt.Key.Key_R)
    window.show_state(PAUSED)
    _press(qtbot, window, Qt.Key.Key_P)
    _press(qtbot, window, Qt.Key.Key_Return)
    assert said == [Start(), Pause(), Stop(), Refresh(), Resume(), Resume()]


def test_keys_for_what_cannot_be_done_now_say_nothing(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(IDLE)
    _press(qtbot, window, Qt.Key.Key_P)
    _press(qtbot, window, Qt.Key.Key_T)
    window.show_state(WORKING)
    _press(qtbot, window, Qt.Key.Key_S)
    _press(qtbot, window, Qt.Key.Key_Return)
    assert said == []


def test_a_new_line_while_working_is_told_once(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(WORKING)
    window.work.task.clear()
    qtbot.keyClicks(window.work.task, "Stocktaking")
    qtbot.keyClick(window.work.task, Qt.Key.Key_Return)
    qtbot.keyClick(window.work.task, Qt.Key.Key_Return)
    assert said == [WorkOn("Stocktaking")]


def test_a_snapshot_does_not_write_over_what_is_being_typed(qtbot: QtBot, window: Window) -> None:
    window.show_state(WORKING)
    window.work.task.setFocus()
    window.work.task.selectAll()
    qtbot.keyClicks(window.work.task, "Stock")
    window.show_state(replace(WORKING, task="Renamed elsewhere"))
    assert window.work.task.text() == "Stock"


def test_escape_takes_back_what_was_typed_before_it_closes(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(WORKING)
    window.work.task.setFocus()
    qtbot.keyClicks(window.work.task, " and more")
    qtbot.keyClick(window.work.task, Qt.Key.Key_Escape)
    assert window.work.task.text() == "Quarterly figures"
    assert window.isVisible()
    _press(qtbot, window, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert not window.isVisible()
    assert said == []


# The question -------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_key", [False, True])
def test_i_understand_agrees_to_what_was_shown(qtbot: QtBot, window: Window, said: list[Said], by_key: bool) -> None:
    window.show_state(ASKING)
    assert text_of(window, "question-kind-1") == "Count key presses"
    assert text_of(window, "question-line-1") == "How many, as a number."
    assert seen(window, "work")
    if by_key:
        _press(qtbot, window, Qt.Key.Key_Return)
    else:
        _click(qtbot, window, "agree")
    assert said == [Agree("e7")]


def test_it_is_agreed_once_and_the_card_goes_with_the_next_snapshot(
    qtbot: QtBot, window: Window, said: list[Said]
) -> None:
    window.show_state(ASKING)
    for _ in range(2):
        _press(qtbot, window, Qt.Key.Key_Return)
    assert said == [Agree("e7")]
    window.show_state(WORKING)
    assert not seen(window, "question")


def test_a_later_question_is_asked_anew(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(ASKING)
    _press(qtbot, window, Qt.Key.Key_Return)
    window.show_state(replace(ASKING, question=Question("e8", ("mouse_counts",), "- Count mouse use. As numbers.")))
    assert text_of(window, "question-kind-0") == "Count mouse use"
    _press(qtbot, window, Qt.Key.Key_Return)
    assert said == [Agree("e7"), Agree("e8")]


def test_only_the_kind_that_is_asked_about_waits(window: Window) -> None:
    window.show_state(ASKING)
    states = {name: _accessible(window, f"kind-{name}") for name in ("keyboard_counts", "screenshots", "mouse_counts")}
    assert states == {
        "keyboard_counts": "Key press counts: waits for you",
        "screenshots": "Screenshots: on",
        "mouse_counts": "Mouse counts: off",
    }
    assert text_of(window, "recording-waiting") == "Waits for you: Key press counts."


def test_a_first_question_is_told_from_a_later_one(window: Window) -> None:
    window.show_state(replace(IDLE, recording=(), question=QUESTION))
    assert text_of(window, "question-title") == "Before you begin"
    window.show_state(replace(ASKING, question=replace(QUESTION, etag="e9")))
    assert text_of(window, "question-title") == "Something new would be recorded"


# Leaving ------------------------------------------------------------------------------------------


def test_quitting_while_one_works_asks_and_blocks_nothing(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(WORKING)
    _press(qtbot, window, Qt.Key.Key_Q)
    assert said == []
    assert seen(window, "leaving")
    assert QApplication.activeModalWidget() is None
    _click(qtbot, window, "stay")
    assert not seen(window, "leaving")
    _press(qtbot, window, Qt.Key.Key_Q)
    _click(qtbot, window, "quit")
    assert said == [Quit()]


def test_quitting_without_work_asks_nothing(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(IDLE)
    _press(qtbot, window, Qt.Key.Key_Q)
    assert said == [Quit()]


def test_escape_answers_the_question_before_it_closes_the_window(qtbot: QtBot, window: Window) -> None:
    window.show_state(WORKING)
    window.leave()
    _press(qtbot, window, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert window.isVisible()
    assert not seen(window, "leaving")


def test_closing_hides_the_window_and_says_nothing(window: Window, said: list[Said]) -> None:
    window.show_state(WORKING)
    window.close()
    assert not window.isVisible()
    window.open()
    assert window.isVisible()
    assert said == []


@pytest.mark.parametrize("shown", [ASKING, replace(IDLE, message="Dana Admin ended your session at 14:02.")])
def test_a_closed_window_comes_back_once_for_what_must_be_seen(window: Window, shown: Shown) -> None:
    window.show_state(WORKING)
    window.close()
    window.show_state(replace(WORKING, today_s=1))
    assert not window.isVisible()
    window.show_state(shown)
    assert window.isVisible()
    window.close()
    window.show_state(replace(shown, today_s=2))
    assert not window.isVisible()


# What it shows ------------------------------------------------------------------------------------


def test_before_the_first_snapshot_it_only_says_that_it_starts(window: Window) -> None:
    assert seen(window, "starting-text")
    assert not seen(window, "connect")
    window.show_state(NOBODY)
    assert seen(window, "connect")


def test_the_running_time_counts_on_by_itself(window: Window, hand: Hand) -> None:
    window.show_state(WORKING)
    assert text_of(window, "today") == "1:02:05"
    hand.at += 7
    window._tick()
    assert text_of(window, "today") == "1:02:12"


def test_the_window_ticks_without_new_snapshots(qtbot: QtBot, window: Window, hand: Hand) -> None:
    window.show_state(WORKING)
    hand.at += 61
    qtbot.waitUntil(lambda: text_of(window, "today") == "1:03:06", timeout=30_000)


@pytest.mark.parametrize("shown", [PAUSED, IDLE])
def test_the_running_time_stands_when_one_does_not_work(window: Window, hand: Hand, shown: Shown) -> None:
    window.show_state(shown)
    hand.at += 3600
    window._tick()
    assert text_of(window, "today") == "1:02:05"


def test_a_newer_snapshot_is_right(window: Window, hand: Hand) -> None:
    window.show_state(WORKING)
    hand.at += 50
    window.show_state(replace(WORKING, today_s=10))
    assert text_of(window, "today") == "0:00:10"


def test_the_state_of_work_is_said_in_words(window: Window) -> None:
    window.show_state(WORKING)
    assert text_of(window, "work-state").startswith("Working since ")
    window.show_state(PAUSED)
    assert text_of(window, "work-state").startswith("Paused since ")
    assert text_of(window, "recording-sentence") == "Paused: nothing is recorded."
    window.show_state(IDLE)
    assert text_of(window, "work-state") == "Not working"


def test_the_policy_is_shown_in_the_words_it_comes_in(window: Window) -> None:
    window.show_state(replace(WORKING, policy=Policy(7, ("Screenshots disabled",), NOW)))
    assert text_of(window, "policy-version") == "version 7"
    assert text_of(window, "policy-synced") == f"last synced {NOW.astimezone():%H:%M}"
    assert text_of(window, "policy-line-0") == "Screenshots disabled"


def test_a_changed_policy_replaces_every_line(window: Window) -> None:
    window.show_state(WORKING)
    window.show_state(replace(WORKING, policy=Policy(7, ("Screenshots every 30 seconds",))))
    assert text_of(window, "policy-line-0") == "Screenshots every 30 seconds"
    assert window.findChild(QWidget, "policy-line-1") is None or not seen(window, "policy-line-1")
    assert text_of(window, "policy-synced") == ""


def test_without_a_policy_it_says_that_nothing_is_recorded(window: Window) -> None:
    window.show_state(replace(IDLE, policy=None, recording=()))
    assert "No policy yet" in text_of(window, "policy-line-0")


@pytest.mark.parametrize(
    ("connection", "word"),
    [
        ("live", "Live"),
        ("polling", "Connected"),
        ("offline", "Offline"),
        ("suspended", "Suspended"),
        ("unknown", "Not recognised"),
        ("revoked", "Removed"),
        ("none", "Not connected"),
    ],
)
def test_the_connection_has_a_word_beside_its_dot(window: Window, connection: str, word: str) -> None:
    window.show_state(replace(IDLE, connection=connection))
    assert text_of(window, "connection") == word
    assert _accessible(window, "connection") == f"Connection: {word}"


def test_a_revoked_device_cannot_start(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(IDLE, connection="revoked"))
    _press(qtbot, window, Qt.Key.Key_S)
    assert not window.work.begin.isEnabled()
    assert said == []


def test_what_waits_and_what_was_lost_is_counted_with_its_reason(window: Window) -> None:
    lost = (("retention", 3), ("rejected:malformed", 1), ("something new", 2))
    window.show_state(replace(WORKING, connection="offline", queue=Queue(1312, lost)))
    assert text_of(window, "queue") == "1,312 records wait to be sent, kept on this device."
    assert text_of(window, "loss-0") == "3 records were lost: kept too long without being sent."
    assert text_of(window, "loss-1") == "1 record was lost: refused by the server (malformed)."
    assert text_of(window, "loss-2") == "2 records were lost: something new."
    window.show_state(WORKING)
    assert text_of(window, "queue") == "Everything is sent."
    assert not seen(window, "loss")


def test_messages_problems_and_notes_come_and_go(window: Window) -> None:
    told = replace(
        IDLE,
        message="Dana Admin ended your session at 14:02.",
        problems=("The disk is full.",),
        notes=("Websites: the browser extension is not installed.",),
    )
    window.show_state(told)
    assert text_of(window, "message-text") == "Dana Admin ended your session at 14:02."
    assert text_of(window, "problems-line-0") == "The disk is full."
    assert text_of(window, "notes-line-0") == "Websites: the browser extension is not installed."
    assert all(seen(window, name) for name in ("message", "problems", "notes"))
    window.show_state(IDLE)
    assert not any(seen(window, name) for name in ("message", "problems", "notes"))


def test_what_was_recorded_lately_stands_newest_first(window: Window) -> None:
    old = recorded("website", "cpa.gov.bd", "Arrivals", start=NOW - timedelta(minutes=9))
    away = recorded("away", "locked", "", start=NOW - timedelta(seconds=50), end=NOW - timedelta(seconds=10))
    window.show_state(replace(WORKING, recent=(old, recorded(), away)))
    assert text_of(window, "recent-0-name") == "Screen locked"
    assert text_of(window, "recent-0-length") == "40 s"
    assert text_of(window, "recent-1-name") == "Chromium"
    assert text_of(window, "recent-1-title") == "Orders"
    assert text_of(window, "recent-2-name") == "cpa.gov.bd"
    assert text_of(window, "recent-2-time") == f"{old.start.astimezone():%H:%M}"
    window.show_state(WORKING)
    assert not seen(window, "recent-0")
    assert seen(window, "recent-nothing")


def test_what_came_while_the_window_was_closed_stands_there_when_it_opens(window: Window) -> None:
    window.show_state(WORKING)
    window.close()
    window.show_state(replace(WORKING, recent=(recorded(name="Thunderbird"),)))
    window.open()
    assert text_of(window, "recent-0-name") == "Thunderbird"


def test_of_very_much_it_shows_the_newest_and_counts_the_rest(window: Window) -> None:
    window.show_state(replace(WORKING, recent=tuple(recorded(name=f"App {number}") for number in range(300))))
    assert text_of(window, "recent-more") == "and 260 more before"
    assert len(window.lately.rows) == 40


def test_a_refusal_stands_by_the_work_until_the_next_word(qtbot: QtBot, window: Window) -> None:
    window.show_state(IDLE)
    window.refuse(Refusal("You work on another device already."))
    assert text_of(window, "work-problem") == "You work on another device already."
    assert seen(window, "work-problem")
    _click(qtbot, window, "start")
    assert not seen(window, "work-problem")


# By keyboard and by ear ---------------------------------------------------------------------------


def test_tab_reaches_everything_that_can_be_done(qtbot: QtBot, window: Window) -> None:
    window.show_state(ASKING)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.work.task.setFocus()
    reached = set()
    for _ in range(12):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.objectName())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert {"agree", "task", "pause", "stop", "more"} <= reached


def test_everything_that_can_be_done_has_a_name(window: Window) -> None:
    window.show_state(ASKING)
    for kind in (QAbstractButton, QLineEdit):
        for widget in window.findChildren(kind):
            if widget.isVisible() and not widget.objectName().startswith("qt_"):
                assert widget.accessibleName(), widget.objectName()


def _accessible(window: Window, name: str) -> str:
    found = window.findChild(QWidget, name)
    assert found is not None
    return found.accessibleName()


def test_a_second_that_passes_is_drawn_where_the_time_stands_and_nothing_is_laid_out_anew(
    window: Window, hand: Hand
) -> None:
    window.show_state(WORKING)
    QApplication.processEvents()
    laid_out, drawn = Told(window.work, QEvent.Type.LayoutRequest), Told(window.work.time, QEvent.Type.Paint)
    shown = text_of(window, "today")
    _pass(window, hand, 1)
    assert text_of(window, "today") != shown
    assert drawn.times
    assert laid_out.times == 0
    window.show_state(replace(WORKING, today_s=360_000))
    assert text_of(window, "today") == "100:00:00"
    assert laid_out.times


def test_the_drawing_moves_in_steps_that_one_can_see(window: Window, hand: Hand) -> None:
    window.show_state(replace(WORKING, recent=(recorded(),)))
    timeline = window.lately.timeline
    QApplication.processEvents()
    drawn = Told(timeline, QEvent.Type.Paint)
    same = timeline.accessibleName()
    for second in (1, 2, 3):
        window.show_state(replace(WORKING, recent=(recorded(),), as_of=NOW + timedelta(seconds=second)))
        QApplication.processEvents()
    assert (drawn.times, timeline.accessibleName()) == (0, same)
    window.show_state(replace(WORKING, recent=(recorded(),), as_of=NOW + timedelta(minutes=1)))
    QApplication.processEvents()
    assert drawn.times
    assert timeline.accessibleName() != same
    before = drawn.times
    window.show_state(replace(WORKING, recent=(), as_of=NOW + timedelta(minutes=1)))
    assert not timeline.isVisible()
    window.show_state(replace(WORKING, recent=(recorded(name="Firefox"),), as_of=NOW + timedelta(minutes=1)))
    QApplication.processEvents()
    assert drawn.times > before
