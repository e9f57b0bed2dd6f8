"""The small sign that is always on top where a desktop has no tray: the program is never hidden."""

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from sundial.agent.core.shown import Shown
from sundial.agent.ui import words
from sundial.agent.ui.glyph import Glyph
from sundial.agent.ui.header import LIGHTS
from sundial.agent.ui.parts import Line, Text, figures
from sundial.agent.ui.place import Place
from sundial.agent.ui.style import Look

WORDS = {"yes": "Working", "paused": "Paused", "no": "Not working"}
FLAGS = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)
MARGIN, ROUND = 24, 18.0
NOTE_MS, NOTE_WIDTH = 8000, 260


class Badge(QWidget):
    """A pill with state and time: a click opens the window, a drag moves it."""

    clicked = Signal()

    def __init__(self, look: Look, place: Place) -> None:
        super().__init__(None, FLAGS)
        self._place = place
        self.setObjectName("badge")
        self.setWindowTitle("Sundial badge")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Open Sundial")
        self._look = look
        self._grip: QPoint | None = None
        self._dragged = False
        self._placed = False
        self.glyph = Glyph(look, 20)
        self.state = Line("badge-state", "Sundial", "strong")
        self.time = Line("badge-time", "", "muted")
        self.note = Text("badge-note", "", "small")
        figures(self.time)
        self._lay_out()
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._hush)
        look.changed.connect(self.update)

    def show_state(self, shown: Shown) -> None:
        """The state in a word."""
        self.glyph.shine(LIGHTS[shown.working])
        self.state.say(WORDS[shown.working] if shown.enrolled else "Not connected")
        self.setAccessibleName(f"Sundial: {self.state.said}")

    def count(self, seconds: int) -> None:
        """Today's time, to the minute."""
        if self.time.said != words.short(seconds):
            self.time.say(words.short(seconds))

    def tell(self, title: str, text: str) -> None:
        """A notice, for a while, where the desktop has neither notifications nor a tray."""
        self.note.say(f"{title}: {text}" if text else title)
        self.note.setVisible(True)
        self._quiet.start(NOTE_MS)

    def appear(self) -> None:
        """In the lower right corner at first, later wherever it was put, in this run or an earlier one."""
        if not self._placed:
            self._placed = True
            column = self.layout()
            assert column is not None
            column.activate()
            area = QGuiApplication.primaryScreen().availableGeometry()
            corner = self._place.kept() or area.bottomRight() - QPoint(MARGIN, MARGIN)
            self.move(self._kept_in_sight(corner - QPoint(self.width(), self.height())))
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Taken hold of."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip, self._dragged = event.globalPosition().toPoint() - self.pos(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragged, once it has gone farther than a shaky hand."""
        if self._grip is None:
            return
        to = event.globalPosition().toPoint() - self._grip
        if self._dragged or (to - self.pos()).manhattanLength() >= QApplication.startDragDistance():
            self._dragged = True
            self.move(self._kept_in_sight(to))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of: without a drag it was a click."""
        if self._grip is not None and not self._dragged:
            self.clicked.emit()
        elif self._grip is not None:  # its corner stays where it is, however long its words are
            self._place.keep(self.pos() + QPoint(self.width(), self.height()))
        self._grip = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """For those who reach it by the window manager's keys."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Longer words grow to the left and upward, where there is room."""
        super().resizeEvent(event)
        if self._placed and event.oldSize().isValid():
            grown = event.size() - event.oldSize()
            self.move(self._kept_in_sight(self.pos() - QPoint(grown.width(), grown.height())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pill."""
        painter, tokens = QPainter(self), self._look.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.setBrush(QColor(tokens.paper))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = min(box.height() / 2, ROUND)
        painter.drawRoundedRect(box, radius, radius)
        painter.end()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self.glyph, self.state, self.time):
            row.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 7, 14, 7)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        column.addLayout(row)
        column.addWidget(self.note)
        self.note.setFixedWidth(NOTE_WIDTH)
        self.note.setVisible(False)

    def _hush(self) -> None:
        self.note.setVisible(False)

    def _kept_in_sight(self, to: QPoint) -> QPoint:
        area = self.screen().availableVirtualGeometry()
        return QPoint(
            min(max(to.x(), area.left()), area.right() - self.width()),
            min(max(to.y(), area.top()), area.bottom() - self.height()),
        )
