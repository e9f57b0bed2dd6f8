"""The card that asks before a kind of data is first recorded: the page scrolls it, the button stands below it."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from sundial.agent.core.shown import Agree, Question, Said, Shown
from sundial.agent.ui.parts import Button, Card, Text, empty
from sundial.agent.ui.text import paragraphs

POINT = "- "
FIRST = "Before you begin"
LATER = "Something new would be recorded"
ONLY = "Until then everything else goes on as before; only this waits."


class QuestionCard(Card):
    """Shows each kind in plain words; `I understand` says `Agree` for exactly the text that was shown."""

    def __init__(self, say: Callable[[Said], None]) -> None:
        super().__init__("question", tint="accent")
        self._say = say
        self._question: Question | None = None
        self.title = Text("question-title", "", "heading")
        self.body = QWidget()
        self.body.setObjectName("question-text")
        self.only = Text("question-only", ONLY, "small")
        self.button = Button("agree", "I understand", "primary", "I understand (Ctrl+Enter)")
        self._lines = QVBoxLayout(self.body)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(8)
        for part in (self.title, self.body, self.only, self.button):
            self.inside.addWidget(part)
        self.button.clicked.connect(self.agree)
        self.setVisible(False)

    @property
    def waits(self) -> bool:
        """Whether a word of the person is waited for."""
        return self._question is not None

    def show_state(self, shown: Shown) -> None:
        """Ask what is asked now; a question that was answered goes with the next snapshot."""
        question = shown.question
        self.setVisible(question is not None)
        if question == self._question or question is None:
            self._question = question
            return
        self._question = question
        first = not shown.recording and shown.working == "no"
        self.title.say(FIRST if first else LATER)
        self.setAccessibleName(self.title.said)
        self.only.setVisible(not first)
        self.button.setEnabled(True)
        self._write(paragraphs(question.text))
        self.body.setAccessibleName(" ".join(paragraphs(question.text)))

    def agree(self) -> None:
        """The person has read it."""
        if self._question is not None and self.button.isEnabled():
            self.button.setEnabled(False)
            self._say(Agree(self._question.etag))

    def _write(self, lines: list[str]) -> None:
        empty(self._lines)
        for number, line in enumerate(lines):
            if not line.startswith(POINT):
                self._lines.addWidget(Text(f"question-line-{number}", line, "muted"))
                continue
            self._lines.addLayout(_point(number, line.removeprefix(POINT)))


def _point(number: int, text: str) -> QVBoxLayout:
    """One kind: its name, and below it what is recorded of it."""
    label, _, rest = text.partition(". ")
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addWidget(Text(f"question-kind-{number}", label, "strong"))
    if rest:
        column.addWidget(Text(f"question-line-{number}", rest))
    return column
