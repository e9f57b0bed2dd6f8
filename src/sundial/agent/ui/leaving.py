"""The question before the program ends while one works: a card in the window, which blocks nothing."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from sundial.agent.ui.parts import Button, Card, Text

CONSEQUENCE = "Your work session ends now. What was recorded is kept and sent."


class LeavingCard(Card):
    """`Stop work and quit?`"""

    def __init__(self, leave: Callable[[], None]) -> None:
        super().__init__("leaving", tint="caution")
        self.setAccessibleName("Stop work and quit?")
        self._leave = leave
        self.yes = Button("quit", "Stop and quit", "primary")
        self.no = Button("stay", "Keep working", tip="Keep working (Esc)")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.no, 1)
        buttons.addWidget(self.yes, 1)
        self.inside.addWidget(Text("leaving-title", "Stop work and quit?", "heading"))
        self.inside.addWidget(Text("leaving-text", CONSEQUENCE))
        self.inside.addLayout(buttons)
        self.yes.clicked.connect(self._yes)
        self.no.clicked.connect(self.forget)
        self.setVisible(False)

    def ask(self) -> None:
        """Show the question, with the harmless answer ready."""
        self.yes.setEnabled(True)
        self.setVisible(True)
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Not now."""
        self.setVisible(False)

    def _yes(self) -> None:
        self.yes.setEnabled(False)
        self._leave()
