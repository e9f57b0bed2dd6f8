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
STEP = timedelta(seconds=5)  # three pixels
PINS, LANES, FOOT = 10.0, (12.0, 28.0), 60
LANE_HEIGHT = 12.0
LANE_OF = {"app": 0, "website": 1}
BOTH = {"away", "private"}
MOST_SEEN = 500


class Hues:
    """A colour for each application and site, by the order in which they were first seen; it stays while one looks."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, one: Recorded, tokens: Tokens) -> QColor:
        """Colours come round again after the eighth."""
        if len(self._seen) > MOST_SEEN:
            self._seen.clear()
        number = self._seen.setdefault(one.name, len(self._seen))
        return QColor(tokens.hues[number % len(tokens.hues)])


class Timeline(QWidget):
    """Draws what `Shown.recent` holds; the list below says the same in words."""

    def __init__(self, look: Look, hues: Hues) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self._look, self._hues = look, hues
        self._recent: tuple[Recorded, ...] = ()
        self._until: datetime | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(FOOT)
        look.changed.connect(self.update)

    def show_state(self, shown: Shown) -> None:
        """Draw anew if anything is another; time alone moves it in steps."""
        moved = self._until is None or abs(shown.as_of - self._until) >= STEP
        if moved or shown.recent != self._recent:
            self._recent, self._until = shown.recent, shown.as_of
            self.setAccessibleName(f"Recorded from {words.clock(shown.as_of - SPAN)} to {words.clock(shown.as_of)}")
            self.update()

    def minimumSizeHint(self) -> QSize:
        """Narrow if it must."""
        return QSize(120, FOOT)

    def paintEvent(self, _event: QPaintEvent) -> None:
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
            draw_mark(painter, QRectF(self._x(one.start) - 4, 1, 8, 8), one.kind, QColor(tokens.ink), tokens)
            return
        left, right = self._x(one.start), self._x(one.end)
        if right < 0 or left > self.width():
            return
        left, right = max(left, 0.0), min(right, float(self.width()))
        for lane in _lanes(one.kind):
            box = QRectF(left, lane, max(right - left - 1, 2), LANE_HEIGHT)
            fill(painter, box, 3, one.kind, self._hues.of(one, tokens) if one.kind in LANE_OF else QColor(), tokens)

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

    def __init__(self, look: Look, hues: Hues) -> None:
        super().__init__()
        self._look, self._hues = look, hues
        self._one: Recorded | None = None
        self.setFixedSize(10, 10)
        look.changed.connect(self.update)

    def stand_for(self, one: Recorded) -> None:
        """Be the mark of this record."""
        if self._one is None or (one.kind, one.name) != (self._one.kind, self._one.name):
            self.setAccessibleName(words.KIND_NAMES.get(one.kind, "Record"))
            self.update()
        self._one = one

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Small, but of its own shape."""
        if self._one is None:
            return
        painter, tokens = QPainter(self), self._look.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_mark(painter, QRectF(1, 1, 8, 8), self._one.kind, self._hues.of(self._one, tokens), tokens)
        painter.end()


def draw_mark(painter: QPainter, box: QRectF, kind: str, hue: QColor, tokens: Tokens) -> None:
    """A square for an application, a disc for the web, a pin for a picture, a ring for the rest."""
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    match kind:
        case "website":
            painter.setBrush(hue)
            painter.drawEllipse(box)
        case "screenshot":
            painter.setBrush(QColor(tokens.ink))
            painter.drawPolygon(QPolygonF([box.topLeft(), box.topRight(), QPointF(box.center().x(), box.bottom())]))
        case "app" | "away" | "private":
            fill(painter, box, 2, kind, hue, tokens)
        case _:
            painter.setPen(QPen(QColor(tokens.quiet), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    painter.restore()


def fill(painter: QPainter, box: QRectF, radius: float, kind: str, hue: QColor, tokens: Tokens) -> None:
    """A block of one kind; what is not work is hatched, so that it can be told without colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    if kind in BOTH:
        painter.setBrush(QColor(tokens.caution_wash if kind == "away" else tokens.quiet_wash))
        painter.drawRoundedRect(box, radius, radius)
        painter.setBrush(
            QBrush(QColor(tokens.caution), Qt.BrushStyle.BDiagPattern)
            if kind == "away"
            else QBrush(QColor(tokens.quiet), Qt.BrushStyle.DiagCrossPattern)
        )
    else:
        painter.setBrush(hue)
    painter.drawRoundedRect(box, radius, radius)


def _lanes(kind: str) -> Iterator[float]:
    if kind in BOTH:
        yield from LANES
    elif kind in LANE_OF:
        yield LANES[LANE_OF[kind]]
