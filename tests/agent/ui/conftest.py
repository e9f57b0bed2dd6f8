"""The window without a screen: Qt's own offscreen platform; what needs a screen starts one of its own."""

import os
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from sundial.agent.core.shown import Said
from sundial.agent.ui.lasting import guard_constants
from sundial.agent.ui.style import LIGHT, Look
from sundial.agent.ui.window import Window

os.environ["QT_QPA_PLATFORM"] = "offscreen"


class Hand:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture(scope="session", autouse=True)
def _lasting_none() -> None:
    """Before the first of many calls into Qt."""
    guard_constants()


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> Look:
    """One look for all windows of the run, as in a program."""
    return Look(qapp)


@pytest.fixture
def said() -> list[Said]:
    """What the person said."""
    return []


@pytest.fixture
def hand() -> Hand:
    """The window's clock."""
    return Hand()


@pytest.fixture
def window(qtbot: QtBot, look: Look, said: list[Said], hand: Hand) -> Iterator[Window]:
    """A window that is open, before its first snapshot."""
    if look.tokens is not LIGHT:
        look.wear(LIGHT)
    made = Window(said.append, look, hand)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.hide()
