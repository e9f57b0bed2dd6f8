"""The small things that the window is built of; whatever text they are given, they draw it as text."""

import html

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from sundial.agent.ui.style import tabular
from sundial.agent.ui.text import clean, isolated, wrapping


class Text(QLabel):
    """Text that wraps; `said` is what it says, cleaned."""

    def __init__(self, name: str = "", text: str = "", tone: str = "") -> None:
        super().__init__()
        self.said = self._given = ""
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.say(text)

    def say(self, text: str) -> None:
        """Show this, and nothing if it is empty."""
        if text == self._given:  # as a rule: the window is told all of it once a second
            return
        self._given, said = text, clean(text, 1000)
        if said != self.said:
            self.said = said
            self.setAccessibleName(said)
            self.setText(wrapping(said))


class Line(QLabel):
    """Text on one line, cut short where there is no room; the whole of it is in its tooltip and its name."""

    def __init__(self, name: str = "", text: str = "", tone: str = "") -> None:
        super().__init__()
        self.said = self._given = ""
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.say(text)

    def say(self, text: str) -> None:
        """Show this."""
        if text == self._given:
            return
        self._given, said = text, clean(text)
        if said == self.said:
            return
        self.said = said
        self.setAccessibleName(said)
        self.updateGeometry()
        self._fit()

    def speak(self, tone: str) -> None:
        """In another tone."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)

    def minimumSizeHint(self) -> QSize:
        """However long the text is, the line may be narrow."""
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        """As wide as the whole text, so that a short name leaves room for what stands after it."""
        return QSize(self.fontMetrics().horizontalAdvance(self.said) + 2, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew for the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Cut anew for another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
            self._fit()

    def _fit(self) -> None:
        fitting = self.fontMetrics().elidedText(self.said, Qt.TextElideMode.ElideRight, self.width())
        self.setText(isolated(fitting))
        self.setToolTip(as_tip(self.said) if fitting != self.said else "")


class Figures(Line):
    """Figures that run: while there are as many of them, nothing around is laid out anew."""

    def say(self, text: str) -> None:
        """Show this; all figures are equally wide."""
        as_many = len(text) == len(self.said)
        super().say(text)
        if not as_many:
            self._keep_size()

    def changeEvent(self, event: QEvent) -> None:
        """Another font has its own width."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._keep_size()

    def _keep_size(self) -> None:
        self.setFixedSize(self.sizeHint())


class Dot(QLabel):
    """A state as a dot; a word always stands beside it."""

    def __init__(self, name: str = "", state: str = "quiet") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "dot")
        self.turn(state)

    def turn(self, state: str) -> None:
        """Be another colour and shape."""
        if self.property("state") != state:
            self.setProperty("state", state)
            restyle(self)


class Card(QFrame):
    """A box on the page with a heading, or without one."""

    def __init__(self, name: str, heading: str = "", tint: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(heading)
        self.setProperty("role", "card")
        self.setProperty("tint", tint)
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(16, 14, 16, 14)
        self.inside.setSpacing(8)
        self.aside = QHBoxLayout()
        self.aside.setSpacing(8)
        if heading:
            self.aside.addWidget(Line(f"{name}-heading", heading, "section"), 1)
            self.inside.addLayout(self.aside)


class Button(QPushButton):
    """A button of our own words; `look` is primary, plain or segment."""

    def __init__(self, name: str, text: str, look: str = "plain", tip: str = "") -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setProperty("look", look)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)

    def look_like(self, look: str) -> None:
        """Step forward or back: only one thing is asked for at a time."""
        if self.property("look") != look:
            self.setProperty("look", look)
            restyle(self)


class Lines(QWidget):
    """Any number of wrapped lines, each with a dot if it has a state."""

    def __init__(self, name: str, tone: str = "", state: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self._tone, self._state = tone, state
        self._shown: tuple[str, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)

    def say(self, lines: tuple[str, ...]) -> None:
        """Show these and no others; hidden when there are none."""
        self.setVisible(bool(lines))
        if lines == self._shown:
            return
        self._shown = lines
        empty(self._layout)
        for number, line in enumerate(lines):
            self._layout.addLayout(self._line(f"{self.objectName()}-{number}", line))

    def _line(self, name: str, text: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        if self._state:
            dot = Dot(f"{name}-dot", self._state)
            row.addLayout(beside_text(dot))
        row.addWidget(Text(name, text, self._tone), 1)
        return row


def beside_text(dot: Dot) -> QVBoxLayout:
    """A dot at the height of the first of many lines."""
    column = QVBoxLayout()
    column.setContentsMargins(0, 5, 0, 0)
    column.addWidget(dot, 0, Qt.AlignmentFlag.AlignTop)
    return column


def figures(label: QLabel) -> None:
    """Let the figures of this label all be equally wide."""
    label.setFont(tabular(label.font()))


def rule() -> QFrame:
    """A thin line between two parts of a card."""
    line = QFrame()
    line.setProperty("role", "rule")
    return line


def as_tip(text: str) -> str:
    """A tooltip that wraps and is nothing but this text: Qt would read tags in it."""
    return f"<p>{html.escape(wrapping(text))}</p>" if text else ""


def restyle(widget: QWidget) -> None:
    """Read the style sheet anew after a property that it looks at has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def empty(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.setParent(None)
            widget.deleteLater()
        if (inner := item.layout()) is not None:
            empty(inner)
