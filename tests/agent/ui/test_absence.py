"""The card that asks what an absence was: beside everything else, by button or key, one after the other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from sundial.agent.core.absence import Absence
from sundial.agent.core.shown import Pause, Said, WasAway
from sundial.agent.ui import words
from sundial.agent.ui.window import Window
from tests.agent.ui.scenes import ASKING, NOW, WORKING, recorded, seen, text_of

CONTROL = Qt.KeyboardModifier.ControlModifier
FIRST = Absence(
    eid="0199f5a0-0000-7000-8000-000000000001", session="5f0c3f0e-6a1b-4d0c-9a53-0f7d3c3a9b11", cause="idle",
    start=NOW - timedelta(minutes=60), end=NOW - timedelta(minutes=31), mono_ms=0, boot_id="b", tz_offset_min=0,
)  # fmt: skip
SECOND = Absence(
    eid="0199f5a0-0000-7000-8000-000000000002", session=FIRST.session, cause="locked",
    start=NOW - timedelta(minutes=20), end=NOW, mono_ms=0, boot_id="b", tz_offset_min=0,
)  # fmt: skip
AWAY = replace(WORKING, absences=(FIRST,))


def button(window: Window, answer: str) -> QAbstractButton:
    found = window.findChild(QAbstractButton, f"absence-{answer}")
    assert found is not None
    return found


def test_the_window_asks_from_when_to_when_and_is_not_in_the_way(
    qtbot: QtBot, window: Window, said: list[Said]
) -> None:
    window.show_state(WORKING)
    assert not seen(window, "absence")
    window.show_state(AWAY)
    start, end = words.clock(FIRST.start), words.clock(FIRST.end)
    assert text_of(window, "absence-title") == f"You were away from {start} to {end}: what was it?"
    assert not seen(window, "absence-more")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_P, CONTROL)
    assert said == [Pause()], "work goes on beside the question"


@pytest.mark.parametrize("answer", ["keep", "meeting", "break", "discard"])
def test_every_button_says_its_own_answer_once(qtbot: QtBot, window: Window, said: list[Said], answer: str) -> None:
    window.show_state(AWAY)
    for _ in range(2):
        qtbot.mouseClick(button(window, answer), Qt.MouseButton.LeftButton)
    assert said == [WasAway(FIRST.eid, answer)]


def test_every_answer_has_its_key(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4):
        window.show_state(WORKING)
        qtbot.keyClick(window, key, CONTROL)
        window.show_state(AWAY)
        qtbot.keyClick(window, key, CONTROL)
    assert [one.answer for one in said if isinstance(one, WasAway)] == ["keep", "meeting", "break", "discard"]
    assert len(said) == 4, "where nothing is asked, nothing is answered"


def test_the_buttons_are_reached_by_tab_and_pressed_by_space(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(AWAY)
    button(window, "keep").setFocus()
    for expected in ("meeting", "break", "discard"):
        focused = window.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        assert window.focusWidget() is button(window, expected)
    qtbot.keyClick(button(window, "discard"), Qt.Key.Key_Space)
    assert said == [WasAway(FIRST.eid, "discard")]


def test_several_absences_are_asked_about_one_after_the_other(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(WORKING, absences=(FIRST, SECOND)))
    assert text_of(window, "absence-more") == "After this, 1 more."
    qtbot.mouseClick(button(window, "break"), Qt.MouseButton.LeftButton)
    window.show_state(replace(WORKING, absences=(SECOND,)))
    assert words.clock(SECOND.start) in text_of(window, "absence-title")
    assert button(window, "keep").isEnabled()
    qtbot.mouseClick(button(window, "keep"), Qt.MouseButton.LeftButton)
    window.show_state(WORKING)
    assert not seen(window, "absence")
    assert said == [WasAway(FIRST.eid, "break"), WasAway(SECOND.eid, "keep")]


def test_a_snapshot_from_before_the_answer_does_not_ask_for_another(
    qtbot: QtBot, window: Window, said: list[Said]
) -> None:
    window.show_state(AWAY)
    qtbot.mouseClick(button(window, "break"), Qt.MouseButton.LeftButton)
    window.show_state(replace(AWAY, today_s=AWAY.today_s + 1))
    qtbot.mouseClick(button(window, "keep"), Qt.MouseButton.LeftButton)
    assert said == [WasAway(FIRST.eid, "break")]


def test_it_stands_beside_the_question_of_what_is_recorded(window: Window) -> None:
    window.show_state(replace(ASKING, absences=(FIRST,)))
    assert seen(window, "question")
    assert seen(window, "absence")
    card = window.findChild(QWidget, "absence")
    assert card is not None
    assert "You were away" in card.accessibleName()


def test_an_absence_of_another_day_is_asked_about_with_its_date(window: Window) -> None:
    window.show_state(replace(WORKING, absences=(replace_times(FIRST, NOW - timedelta(days=2)),)))
    assert "Nov" in text_of(window, "absence-title")


def replace_times(one: Absence, start: object) -> Absence:
    return Absence(one.eid, one.session, one.cause, start, NOW, 0, "b", 0)


def test_an_answered_absence_goes_by_its_answer_in_the_list(window: Window) -> None:
    assert words.named(recorded("away", "idle", "")) == ("No keyboard or mouse", "")
    assert words.named(recorded("away", "idle", "meeting")) == ("Meeting", "")
    assert words.named(recorded("away", "locked", "<b>")) == ("Screen locked", "")
