"""The box in which a person chooses which of their tasks they work on, and says that it is done."""

from datetime import date

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from sundial.agent.core.shown import Chosen, Shown
from sundial.agent.ui.parts import Button, as_tip
from sundial.agent.ui.text import END_ISOLATE, ISOLATE, clean, isolated
from sundial.protocol.messages import TaskItem

NONE = "No task"
TIP = "The task that you work on (Ctrl+K)"
LONGEST = 120
SIDES = 4  # what the style keeps free beside the text


class TaskPicker(QWidget):
    """While nobody works the choice waits for the start; a snapshot never takes an open list out of one's hands."""

    chose = Signal(object)  # a Chosen, or None
    done = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("task-picker")
        self._tasks: tuple[TaskItem, ...] | None = None
        self._chosen: Chosen | None = None
        self._working = False
        self.box = Choice()
        self.box.setObjectName("task-choice")
        self.box.setAccessibleName("The task that you work on")
        self.box.setToolTip(TIP)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(8)
        self.box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.finished = Button("task-done", "Done", tip="This task is done (Ctrl+D)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.box, 1)
        row.addWidget(self.finished)
        self.box.currentTextChanged.connect(self._name_whole)
        self.box.activated.connect(lambda _index: self._choose())
        self.finished.clicked.connect(self.finish)
        self.setVisible(False)

    @property
    def chosen(self) -> Chosen | None:
        """What stands there."""
        return self._chosen

    def show_state(self, shown: Shown) -> None:
        """The tasks as they are now, and the one that the session is for."""
        works = shown.working != "no"
        if works or self._working:
            self._become(shown.chosen)
        self._working = works
        if not works and self._chosen and self._chosen.id not in {one.id for one in shown.tasks}:
            self._become(None)
        if shown.tasks != self._tasks and not self.box.view().isVisible():
            self._tasks = shown.tasks
            self._fill()
        self.setVisible(bool(shown.tasks) or self._chosen is not None)

    def finish(self) -> None:
        """The chosen task is done."""
        if self._chosen is not None and self.isVisibleTo(self.window()):
            self.done.emit(self._chosen.id)

    def _choose(self) -> None:
        chosen = self.box.currentData()
        if chosen != self._chosen:
            self._become(chosen)
            self.chose.emit(chosen)

    def _become(self, chosen: Chosen | None) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self._fill()

    def _name_whole(self, chosen: str) -> None:
        """However little of it there is room for."""
        whole = plain(chosen)
        self.box.setToolTip(as_tip(f"{whole}. {TIP}") if whole not in {"", NONE} else TIP)

    def _fill(self) -> None:
        """The list anew; a task that is no longer among them stays as long as one works on it."""
        self.box.clear()
        self.box.addItem(NONE, None)
        found = 0
        for one in self._tasks or ():
            self.box.addItem(isolated(named(one)), Chosen(one.id, one.title))
            self.box.setItemData(self.box.count() - 1, named(one), Qt.ItemDataRole.AccessibleTextRole)
            if self._chosen and one.id == self._chosen.id:
                found = self.box.count() - 1
        if self._chosen and not found:
            self.box.addItem(isolated(clean(self._chosen.title, LONGEST)), self._chosen)
            found = self.box.count() - 1
        self.box.setCurrentIndex(found)
        self.finished.setVisible(self._chosen is not None)


class Choice(QComboBox):
    """A list that opens, with the sign for it in the colour of its text; a text that is too long is cut with a sign."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The style sheet draws the box, and no sign."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.fitting()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        middle = QPointF(self.width() - 16, self.height() / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1.5))
        painter.drawPolyline([middle + QPointF(-4, -2), middle + QPointF(0, 2), middle + QPointF(4, -2)])
        painter.end()

    def fitting(self) -> str:
        """As much of what is chosen as there is room for."""
        option, part = QStyleOptionComboBox(), QStyle.SubControl.SC_ComboBoxEditField
        self.initStyleOption(option)
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        return isolated(
            self.fontMetrics().elidedText(plain(self.currentText()), Qt.TextElideMode.ElideRight, room - SIDES)
        )


def plain(text: str) -> str:
    """What the list shows, without the marks that keep its direction to itself."""
    return text.strip(ISOLATE + END_ISOLATE)


def named(one: TaskItem) -> str:
    """A task on one line: what it is, for which project, until when."""
    due = f"due {date.fromisoformat(one.due_date):%d %b}".replace(" 0", " ") if one.due_date else ""
    return " · ".join(filter(None, (clean(one.title, LONGEST), clean(one.project, LONGEST), due)))
