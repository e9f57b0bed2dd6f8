"""The last ten minutes as a drawing: one lane for what was in front, one for the web, pins for pictures."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from sundial.agent.core.shown import Recorded, Shown
from sundial.agent.ui import words
from sundial.agent.ui.style import Look, Tokens

SPAN = timedelta(minutes=10)
PINS, LANES, FOOT = 10.0, (12.0, 28.0), 60
LANE_HEIGHT = 12.0
LANE_OF = {"app": 0, "website": 1}
BOTH = {"away", "private"}


class Timeline(QWidget):
    """Draws what `Shown.recent` holds; the list below says the same in words."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self._look = look
        self._recent: tuple[Recorded, ...] = ()
        self._until: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(FOOT)
        look.changed.connect(self.update)

    def show_state(self, shown: Shown) -> None:
        """Draw anew if anything is another."""
        if (shown.recent, shown.as_of) != (self._recent, self._until):
            self._recent, self._until = shown.recent, shown.as_of
            self.setAccessibleName(f"Recorded from {words.clock(shown.as_of - SPAN)} to {words.clock(shown.as_of)}")
            self.update()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt calls it so
        """Narrow if it must."""
        return QSize(120, FOOT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt calls it so
        """Lanes, blocks, pins, and the time below."""
        if self._until is None:
            return
        painter, tokens = QPainter(self), self._look.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for top in LANES:
            painter.setBrush(QColor(tokens.sunken))
            painter.drawRoundedRect(QRectF(0, top, self.width(), LANE_HEIGHT), 3, 3)
        self._ticks(painter, tokens)
        for one in self._recent:
            self._draw(painter, tokens, one)
        self._times(painter, tokens)
        painter.end()

    def _draw(self, painter: QPainter, tokens: Tokens, one: Recorded) -> None:
        if one.kind == "screenshot":
            draw_mark(painter, QRectF(self._x(one.start) - 4, 1, 8, 8), one.kind, tokens)
            return
        left, right = self._x(one.start), self._x(one.end)
        if right < 0 or left > self.width():
            return
        left, right = max(left, 0.0), min(right, float(self.width()))
        for lane in _lanes(one.kind):
            fill(painter, QRectF(left, lane, max(right - left - 1, 2), LANE_HEIGHT), one.kind, tokens, 3)

    def _ticks(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        for minute in range(11):
            x = min(self.width() * minute / 10, self.width() - 1)
            painter.drawLine(QPointF(x, LANES[1] + LANE_HEIGHT + 1), QPointF(x, LANES[1] + LANE_HEIGHT + 4))
        painter.setPen(Qt.PenStyle.NoPen)

    def _times(self, painter: QPainter, tokens: Tokens) -> None:
        assert self._until is not None
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(QColor(tokens.muted))
        box = QRectF(0, LANES[1] + LANE_HEIGHT + 5, self.width(), 15)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, words.clock(self._until - SPAN))
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, words.clock(self._until - SPAN / 2))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, words.clock(self._until))

    def _x(self, at: datetime) -> float:
        assert self._until is not None
        return float(self.width() * ((at - (self._until - SPAN)) / SPAN))


class Mark(QWidget):
    """The shape and colour by which a kind goes, beside its line in the list."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._kind = look, ""
        self.setFixedSize(10, 10)
        look.changed.connect(self.update)

    def stand_for(self, kind: str) -> None:
        """Be the mark of this kind."""
        if kind != self._kind:
            self._kind = kind
            self.setAccessibleName(words.KIND_NAMES.get(kind, kind))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt calls it so
        """Small, but of its own shape."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, QRectF(1, 1, 8, 8), self._kind, self._look.tokens)
        painter.end()


def draw_mark(painter: QPainter, box: QRectF, kind: str, tokens: Tokens) -> None:
    """A square for an application, a disc for the web, a pin for a picture, a ring for the rest."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    match kind:
        case "website":
            painter.setBrush(QColor(tokens.accent_text))
            painter.drawEllipse(box)
        case "screenshot":
            painter.setBrush(QColor(tokens.ink))
            painter.drawPolygon(QPolygonF([box.topLeft(), box.topRight(), QPointF(box.center().x(), box.bottom())]))
        case "app" | "away" | "private":
            fill(painter, box, kind, tokens, 2)
        case _:
            painter.setPen(QPen(QColor(tokens.quiet), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    painter.restore()


def fill(painter: QPainter, box: QRectF, kind: str, tokens: Tokens, radius: float) -> None:
    """A block of one kind; what is not work is hatched, so that it can be told without colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    if kind in BOTH:
        painter.setBrush(QColor(tokens.quiet_wash))
        painter.drawRoundedRect(box, radius, radius)
        lines = Qt.BrushStyle.BDiagPattern if kind == "away" else Qt.BrushStyle.DiagCrossPattern
        painter.setBrush(QBrush(QColor(tokens.quiet), lines))
    else:
        painter.setBrush(QColor(tokens.accent_text if kind == "website" else tokens.muted))
    painter.drawRoundedRect(box, radius, radius)


def _lanes(kind: str) -> Iterator[float]:
    if kind in BOTH:
        yield from LANES
    elif kind in LANE_OF:
        yield LANES[LANE_OF[kind]]
