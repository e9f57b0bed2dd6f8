"""Becoming a company's device: what is sent, and where the person reads why it failed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from sundial.agent.core.shown import Enrol, Refusal, Said, SignIn
from sundial.agent.ui.connect import address
from sundial.agent.ui.window import Window
from tests.agent.ui.scenes import IDLE, NOBODY, seen, text_of


def _type(qtbot: QtBot, window: Window, **texts: str) -> None:
    for name, text in texts.items():
        box = window.connecting.fields[name].box
        box.clear()
        qtbot.keyClicks(box, text)


def _click(qtbot: QtBot, window: Window, name: str) -> None:
    button = window.findChild(QAbstractButton, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_code_enrols(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(NOBODY)
    _type(qtbot, window, server="https://sundial.example.com/", code=" K7QF-22MX ")
    _click(qtbot, window, "connect-button")
    assert said == [Enrol("https://sundial.example.com", "K7QF-22MX")]


def test_enter_in_a_box_connects(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(NOBODY, server="http://127.0.0.1:8000"))
    _type(qtbot, window, code="K7QF")
    qtbot.keyClick(window.connecting.code.box, Qt.Key.Key_Return)
    assert said == [Enrol("http://127.0.0.1:8000", "K7QF")]


def test_the_primary_key_connects(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(NOBODY, server="http://127.0.0.1:8000"))
    _type(qtbot, window, code="K7QF")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=30_000)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert said == [Enrol("http://127.0.0.1:8000", "K7QF")]


def test_e_mail_and_password_sign_in_and_the_password_is_not_kept(
    qtbot: QtBot, window: Window, said: list[Said]
) -> None:
    window.show_state(NOBODY)
    assert not seen(window, "password")
    _click(qtbot, window, "by-password")
    assert not seen(window, "code")
    _type(qtbot, window, server="sundial.example.com", email="rana@example.com", password=" a long walk ")
    _click(qtbot, window, "connect-button")
    assert said == [SignIn("https://sundial.example.com", "rana@example.com", " a long walk ")]
    assert window.connecting.password.box.text() == ""


def test_an_empty_box_is_named_and_nothing_is_sent(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(NOBODY)
    _click(qtbot, window, "connect-button")
    assert said == []
    assert text_of(window, "server-problem") == "Type the address of your company's Sundial server."
    assert text_of(window, "code-problem") == "Type the code that you were given."
    assert QApplication.focusWidget() is window.connecting.server.box
    _type(qtbot, window, server="x")
    assert not seen(window, "server-problem")


def test_while_it_connects_it_is_not_said_twice(qtbot: QtBot, window: Window, said: list[Said]) -> None:
    window.show_state(replace(NOBODY, server="http://localhost"))
    _type(qtbot, window, code="K7QF")
    for _ in range(2):
        window.primary()
    assert len(said) == 1
    assert window.connecting.button.text() == "Connecting…"


@pytest.mark.parametrize("field", ["server", "code"])
def test_a_refusal_stands_by_the_box_it_is_about(qtbot: QtBot, window: Window, said: list[Said], field: str) -> None:
    window.show_state(replace(NOBODY, server="http://localhost"))
    _type(qtbot, window, code="K7QF")
    window.primary()
    window.refuse(Refusal("This code was used already.", field))
    assert text_of(window, f"{field}-problem") == "This code was used already."
    assert window.connecting.fields[field].box.accessibleDescription() == "This code was used already."
    assert QApplication.focusWidget() is window.connecting.fields[field].box
    window.primary()
    assert len(said) == 2


def test_a_refusal_about_nothing_on_the_page_stands_above_the_button(window: Window) -> None:
    window.show_state(NOBODY)
    window.refuse(Refusal("The server cannot be reached.", "password"))
    assert text_of(window, "connect-problem") == "The server cannot be reached."
    assert seen(window, "connect-problem")


def test_a_snapshot_does_not_change_the_address_that_is_being_typed(qtbot: QtBot, window: Window) -> None:
    window.show_state(NOBODY)
    _type(qtbot, window, server="sundial.exam")
    window.show_state(replace(NOBODY, server="https://other.example"))
    assert window.connecting.server.text == "sundial.exam"


def test_once_connected_the_page_is_gone_and_comes_back_ready(qtbot: QtBot, window: Window) -> None:
    window.show_state(replace(NOBODY, server="http://localhost"))
    _type(qtbot, window, code="K7QF")
    window.primary()
    window.show_state(IDLE)
    assert not seen(window, "connect")
    window.show_state(replace(NOBODY, connection="revoked", message="This device was removed from its company."))
    assert text_of(window, "connect-problems-0") == "This device was removed from its company."
    assert window.connecting.button.isEnabled()
    assert window.connecting.code.text == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sundial.example.com", "https://sundial.example.com"),
        ("sundial.example.com/", "https://sundial.example.com"),
        ("localhost:8000", "http://localhost:8000"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("localhost.example.com", "https://localhost.example.com"),
        ("http://sundial.example.com", "http://sundial.example.com"),
    ],
)
def test_an_address_is_completed(typed: str, meant: str) -> None:
    assert address(typed) == meant
