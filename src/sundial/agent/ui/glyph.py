"""The sundial, as on the web pages: its wedge of light says that work is being recorded."""

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from sundial.agent.ui.style import LIGHT, Look, Tokens

Light = Literal["recording", "paused", "off"]
UNITS = 24
TRAY_SIZES = (16, 22, 24, 32, 48, 64)


def draw(painter: QPainter, size: float, light: Light, tokens: Tokens = LIGHT) -> None:
    """The dial in a square of this size: a wedge while recording, two bars while paused, bare and grey when off."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / UNITS, size / UNITS)
    ink = QColor(tokens.quiet if light == "off" else tokens.ink)
    painter.setPen(QPen(ink, 2))
    painter.setBrush(QColor(tokens.paper))
    painter.drawEllipse(QRectF(2, 2, 20, 20))
    painter.setPen(Qt.PenStyle.NoPen)
    if light == "recording":
        painter.fillPath(_wedge(), QColor(tokens.accent))
    if light == "paused":
        for left in (8.0, 13.0):
            painter.fillRect(QRectF(left, 7.5, 3, 9), ink)
    else:
        painter.fillPath(_gnomon(), ink)
    painter.restore()


def icon(light: Light) -> QIcon:
    """The dial for tray and window, at every usual size: on any panel, light or dark, its face is paper."""
    found = QIcon()
    for size in TRAY_SIZES:
        picture = QPixmap(size, size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw(painter, size, light)
        painter.end()
        found.addPixmap(picture)
    return found


class Glyph(QWidget):
    """The dial beside the name of the program."""

    def __init__(self, look: Look, size: int = 26) -> None:
        super().__init__()
        self._size, self._look = size, look
        self._light: Light = "off"
        self.setFixedSize(QSize(size, size))
        look.changed.connect(self.update)

    def shine(self, light: Light) -> None:
        """Say by the dial whether work is recorded."""
        if light != self._light:
            self._light = light
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """In the colours of the window."""
        painter = QPainter(self)
        draw(painter, self._size, self._light, self._look.tokens)
        painter.end()


def _wedge() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(12, 12)
    path.arcTo(QRectF(3, 3, 18, 18), 10, 50)
    path.closeSubpath()
    return path


def _gnomon() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(12, 3.5)
    path.lineTo(13.5, 12)
    path.arcTo(QRectF(10.5, 10.5, 3, 3), 0, -180)
    path.closeSubpath()
    return path
