"""The free line for what one works on."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from sundial.agent.ui.text import clean

LONGEST = 200


class TaskBox(QLineEdit):
    """Enter takes what was typed, Esc puts back what stood there; a snapshot never writes over what is being typed."""

    entered = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("What you work on")
        self.setPlaceholderText("What are you working on?")
        self.setMaxLength(LONGEST)
        self._shown = ""  # by the last snapshot
        self._known = ""  # what counts: as shown, or as told since
        self._working = False
        self.returnPressed.connect(self._enter)

    @property
    def line(self) -> str:
        """What stands there, fit to be sent."""
        return clean(self.text(), LONGEST)

    def take(self, task: str, *, working: bool) -> None:
        """Show what the session is about; what the person types meanwhile stays."""
        self._working = working
        known = clean(task, LONGEST)
        if known == self._shown:
            return
        untouched = self.text() == self._known or not (self.hasFocus() and self.isModified())
        self._shown = self._known = known
        if untouched:
            self._put_back()

    def event(self, event: QEvent) -> bool:
        """While there is something to take back, Esc is not the window's."""
        overridden = event.type() == QEvent.Type.ShortcutOverride
        if overridden and isinstance(event, QKeyEvent) and self._takes_back(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes back what was typed, once; then it is the window's."""
        if self._takes_back(event):
            self._put_back()
            event.accept()
            return
        super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed counts when one goes on to something else while working."""
        super().focusOutEvent(event)
        if self._working and event.reason() not in {Qt.FocusReason.PopupFocusReason}:
            self._tell()

    def _takes_back(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and self.text() != self._known

    def _enter(self) -> None:
        if self._working:
            self._tell()
        else:
            self.entered.emit(self.line)

    def _tell(self) -> None:
        if self.isModified() and self.line != self._known:
            self._known = self.line
            self.setModified(False)
            self.entered.emit(self.line)

    def _put_back(self) -> None:
        self.setText(self._known)
        self.setModified(False)
