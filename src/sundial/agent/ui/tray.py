"""The icon in the desktop's tray: its shape and tooltip say the state, its menu what can be done."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from sundial.agent.core.shown import Shown
from sundial.agent.ui import words
from sundial.agent.ui.glyph import icon
from sundial.agent.ui.header import LIGHTS
from sundial.agent.ui.text import clean
from sundial.agent.ui.window import Window

BALLOON_MS = 8000


class Tray(QSystemTrayIcon):
    """Does what the window does."""

    def __init__(self, window: Window) -> None:
        super().__init__(icon("off"))
        self.setObjectName("tray")
        self._window = window
        self._light = "off"
        self._knows = False
        self._menu = QMenu()
        self.state = self._action("tray-state", "Starting…")
        self.state.setEnabled(False)
        self._menu.addSeparator()
        self.open = self._action("tray-open", "Open Sundial")
        self.start = self._action("tray-start", "Start work")
        self.pause = self._action("tray-pause", "Pause")
        self.stop = self._action("tray-stop", "Stop work")
        self._menu.addSeparator()
        self.quit = self._action("tray-quit", "Quit")
        self._wire()
        self.setToolTip("Sundial")
        self.setContextMenu(self._menu)

    def show_state(self, shown: Shown) -> None:
        """Icon and menu as the session stands."""
        self._knows = True
        works = shown.working != "no"
        light = LIGHTS[shown.working]
        if light != self._light:
            self._light = light
            self.setIcon(icon(light))
        self.start.setVisible(shown.enrolled and not works)
        self.pause.setVisible(works)
        self.pause.setText("Resume" if shown.working == "paused" else "Pause")
        self.stop.setVisible(works)
        self.state.setText(self._state(shown))

    def count(self, seconds: int) -> None:
        """The tooltip says state and time, to the minute."""
        if self._knows:
            tip = f"Sundial: {self.state.text()}, {words.short(seconds)} today"
            if tip != self.toolTip():
                self.setToolTip(tip)

    def balloon(self, title: str, text: str) -> None:
        """A notice by Qt's own means, where the desktop has no notifications."""
        self.showMessage(clean(title), clean(text), icon("recording"), BALLOON_MS)

    def _state(self, shown: Shown) -> str:
        if not shown.enrolled:
            return "not connected"
        word = words.state(shown)[1]
        offline = words.CONNECTIONS[shown.connection][1].lower()
        return word if shown.connection in {"live", "polling"} else f"{word}, {offline}"

    def _action(self, name: str, text: str) -> QAction:
        action = self._menu.addAction(text)
        action.setObjectName(name)
        return action

    def _wire(self) -> None:
        self.open.triggered.connect(lambda _on: self._window.open())
        self.start.triggered.connect(lambda _on: self._window.work.start_work())
        self.pause.triggered.connect(lambda _on: self._window.work.pause_or_resume())
        self.stop.triggered.connect(lambda _on: self._window.work.stop_work())
        self.quit.triggered.connect(lambda _on: self._window.leave())
        self.messageClicked.connect(self._window.open)
        self.activated.connect(self._activated)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self._window.open()
