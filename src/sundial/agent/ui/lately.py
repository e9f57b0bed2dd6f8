"""What was recorded in the last ten minutes, drawn and as a list."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from sundial.agent.core.shown import Recorded, Shown
from sundial.agent.ui import words
from sundial.agent.ui.parts import Card, Line, Text, figures
from sundial.agent.ui.style import Look
from sundial.agent.ui.timeline import Hues, Mark, Timeline

MOST, LENGTH_WIDTH = 40, 40
NOTHING = "Nothing was recorded in the last ten minutes."


class Row(QWidget):
    """One record: when, what, its title, how long."""

    def __init__(self, number: int, look: Look, hues: Hues) -> None:
        super().__init__()
        self.setObjectName(f"recent-{number}")
        self._one: Recorded | None = None
        self.mark = Mark(look, hues)
        self.time = Line(f"recent-{number}-time", tone="small")
        self.name = Line(f"recent-{number}-name", tone="strong")
        self.title = Line(f"recent-{number}-title", tone="muted")
        self.length = Line(f"recent-{number}-length", tone="small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for label in (self.time, self.length):
            figures(label)
        for label in (self.name, self.title):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.length.setMinimumWidth(LENGTH_WIDTH)
        self.length.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.time)
        row.addWidget(self.mark)
        row.addWidget(self.name, 2)
        row.addWidget(self.title, 3)
        row.addWidget(self.length)

    def say(self, one: Recorded) -> None:
        """Show this record."""
        if one == self._one:
            return
        self._one = one
        name, title = words.named(one)
        self.mark.stand_for(one)
        self.time.say(words.clock(one.start))
        self.name.say(name)
        self.title.say(title)
        self.title.setVisible(bool(title))
        momentary = one.kind in {"screenshot", "session"}
        self.length.say("" if momentary else words.stretch(one.end - one.start))
        kind = words.KIND_NAMES.get(one.kind, one.kind)
        self.setAccessibleName(", ".join(filter(None, (self.time.said, kind, self.name.said, self.title.said))))


class LatelyCard(Card):
    """The newest first; the same facts that are sent, so that nobody has to guess."""

    def __init__(self, look: Look) -> None:
        super().__init__("lately", "Last ten minutes")
        self._look = look
        self._newest: Shown | None = None
        self._drawn: tuple[Recorded, ...] | None = None
        self.rows: list[Row] = []
        self._hues = Hues()
        self.timeline = Timeline(look, self._hues)
        self.nothing = Text("recent-nothing", NOTHING, "muted")
        self.more = Line("recent-more", "", "small")
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self.inside.addWidget(self.timeline)
        self.inside.addLayout(self._list)
        self.inside.addWidget(self.nothing)
        self.inside.addWidget(self.more)

    def show_state(self, shown: Shown) -> None:
        """While nobody sees it, nothing is drawn."""
        self._newest = shown
        if self.isVisible():
            self._draw(shown)

    def showEvent(self, event: QShowEvent) -> None:
        """What came meanwhile."""
        super().showEvent(event)
        if self._newest is not None:
            self._draw(self._newest)

    def _draw(self, shown: Shown) -> None:
        """Rows are used again: most snapshots only make the newest longer."""
        self.timeline.show_state(shown)
        if shown.recent == self._drawn:
            return
        self._drawn = shown.recent
        newest = sorted(shown.recent, key=lambda one: (one.start, one.end), reverse=True)
        while len(self.rows) < min(len(newest), MOST):
            self.rows.append(Row(len(self.rows), self._look, self._hues))
            self._list.addWidget(self.rows[-1])
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(newest))
            if number < len(newest):
                row.say(newest[number])
        self.nothing.setVisible(not newest)
        self.timeline.setVisible(bool(newest))
        hidden = len(newest) - MOST
        self.more.say(f"and {hidden} more before" if hidden > 0 else "")
        self.more.setVisible(hidden > 0)
