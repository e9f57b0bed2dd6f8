"""The head of the window: whose it is, and whether it is connected, as a dot and a word."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout

from sundial.agent.core.shown import Shown
from sundial.agent.ui import words
from sundial.agent.ui.glyph import Glyph, Light
from sundial.agent.ui.parts import Dot, Line, as_tip
from sundial.agent.ui.style import Look

HEIGHT = 52
LIGHTS: dict[str, Light] = {"yes": "recording", "paused": "paused", "no": "off"}


class Header(QFrame):
    """Stays in place while the page below it scrolls."""

    def __init__(self, look: Look, refresh: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("header")
        self.glyph = Glyph(look)
        self.company = Line("company", "", "small")
        self.dot = Dot("connection-dot", "quiet")
        self.connection = Line("connection", "", "small")
        self.more = QToolButton()
        self._menu(refresh, leave)
        self._lay_out()

    def show_state(self, shown: Shown) -> None:
        """As the link and the session stand."""
        dot, word = words.CONNECTIONS[shown.connection]
        self.glyph.shine(LIGHTS[shown.working])
        self.company.say(shown.company)
        self.company.setVisible(bool(shown.company))
        self.dot.turn(dot)
        self.connection.say(word)
        self.connection.setAccessibleName(f"Connection: {word}")
        tip = as_tip(words.CONNECTION_HELP[shown.connection])
        self.dot.setToolTip(tip)
        self.connection.setToolTip(tip)

    def _menu(self, refresh: Callable[[], None], leave: Callable[[], None]) -> None:
        menu = QMenu(self)
        menu.addAction("Sync now\tF5").triggered.connect(lambda _on: refresh())
        menu.addSeparator()
        menu.addAction("Quit\tCtrl+Q").triggered.connect(lambda _on: leave())
        self.more.setObjectName("more")
        self.more.setAccessibleName("More")
        self.more.setText("•••")
        self.more.setMenu(menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(Line("product", "Sundial", "heading"))
        names.addWidget(self.company)
        names.addStretch(1)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.glyph)
        row.addSpacing(2)
        row.addLayout(names, 1)
        row.addWidget(self.dot)
        row.addWidget(self.connection)
        row.addWidget(self.more)
