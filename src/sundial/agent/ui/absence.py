"""The card that asks a person who is back what their absence was; it waits, and bars nothing."""

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout

from sundial.agent.core.absence import Absence, Answer
from sundial.agent.core.shown import Said, Shown, WasAway
from sundial.agent.ui import words
from sundial.agent.ui.parts import Button, Card, Text

ANSWERS: dict[Answer, tuple[str, str]] = {
    "keep": ("I was working", "Counts as work (Ctrl+1)"),
    "meeting": ("Meeting", "Counts as work (Ctrl+2)"),
    "break": ("Break", "Does not count (Ctrl+3)"),
    "discard": ("Discard", "Does not count (Ctrl+4)"),
}
HELP = "Work and meetings count as working time; a break and what you discard do not. Without an answer you were away."


class AbsenceCard(Card):
    """Asks about the eldest absence; says `WasAway` for exactly the one that was shown."""

    def __init__(self, say: Callable[[Said], None]) -> None:
        super().__init__("absence", tint="accent")
        self._say = say
        self._asked: Absence | None = None
        self.title = Text("absence-title", "", "heading")
        self.help = Text("absence-help", HELP, "small")
        self.more = Text("absence-more", "", "small")
        self.buttons = {answer: Button(f"absence-{answer}", text, tip=tip) for answer, (text, tip) in ANSWERS.items()}
        self._lay_out()
        for answer, button in self.buttons.items():
            button.clicked.connect(lambda _on, answer=answer: self.answer(answer))
        self.setVisible(False)

    def show_state(self, shown: Shown) -> None:
        """Ask what is asked now; one that was answered goes with the next snapshot."""
        asked = shown.absences[0] if shown.absences else None
        self.setVisible(asked is not None)
        if asked is None:
            self._asked = None
            return
        more = len(shown.absences) - 1
        self.more.say(f"After this, {more} more." if more else "")
        self.more.setVisible(bool(more))
        if asked != self._asked:
            self._asked = asked
            self.title.say(words.absence(asked, shown.as_of))
            self.setAccessibleName(self.title.said)
            self._enable(True)

    def answer(self, answer: Answer) -> None:
        """The person says what it was."""
        if self._asked is not None and self.buttons[answer].isEnabled():
            self._enable(False)
            self._say(WasAway(self._asked.eid, answer))

    def _enable(self, enabled: bool) -> None:
        for button in self.buttons.values():
            button.setEnabled(enabled)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(8)
        for number, button in enumerate(self.buttons.values()):
            grid.addWidget(button, number // 2, number % 2)
        self.inside.addWidget(self.title)
        self.inside.addWidget(self.help)
        self.inside.addLayout(grid)
        self.inside.addWidget(self.more)
