"""The cards that only tell: what is recorded now, the policy, what waits to be sent, what does not work here."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from sundial.agent.core.shown import Shown
from sundial.agent.ui import words
from sundial.agent.ui.parts import Card, Dot, Line, Lines, Text, rule
from sundial.protocol.settings import KIND_LABELS, Kind

COLUMNS = 2


class RecordingCard(Card):
    """Every kind of data with its dot and word, and the policy in force below."""

    def __init__(self) -> None:
        super().__init__("recording", "Recorded now")
        self._kinds: dict[Kind, tuple[Dot, Line]] = {}
        self.sentence = Text("recording-sentence", "", "muted")
        self.waiting = Text("recording-waiting", "")
        self.version = Line("policy-version", "", "small")
        self.synced = Line("policy-synced", "", "small")
        self.policy = Lines("policy-line")
        self.grid = QWidget()
        self.grid.setLayout(self._grid())
        self.inside.addWidget(self.grid)
        self.inside.addWidget(self.sentence)
        self.inside.addWidget(self.waiting)
        self.inside.addWidget(rule())
        head = QHBoxLayout()
        head.addWidget(Line("policy-heading", "Policy", "section"))
        head.addWidget(self.version, 1)
        head.addWidget(self.synced)
        self.inside.addLayout(head)
        self.inside.addWidget(self.policy)

    def show_state(self, shown: Shown) -> None:
        """On, waiting or off, as the policy and the person's own word have it."""
        for kind, (state, word) in words.kind_states(shown).items():
            dot, label = self._kinds[kind]
            dot.turn(state)
            label.say(f"{KIND_LABELS[kind]} · off" if state == "off" else KIND_LABELS[kind])
            label.speak("muted" if state == "off" else "")
            label.setAccessibleName(f"{KIND_LABELS[kind]}: {word}")
        self.grid.setVisible(shown.working == "yes" or bool(shown.recording))
        for text, sentence in ((self.sentence, words.recording(shown)), (self.waiting, words.waiting(shown))):
            text.say(sentence)
            text.setVisible(bool(sentence))
        self._show_policy(shown)

    def _show_policy(self, shown: Shown) -> None:
        policy = shown.policy
        if policy is None:
            self.version.say("")
            self.synced.say("")
            self.policy.say(("No policy yet: nothing is recorded until the server sends one.",))
            return
        self.version.say(f"version {policy.version}")
        self.synced.say(f"last synced {words.on(policy.synced_at, shown.as_of)}" if policy.synced_at else "")
        self.policy.say(policy.lines)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for number, kind in enumerate(KIND_LABELS):
            dot, label = Dot(f"kind-{kind}-dot", "off"), Line(f"kind-{kind}")
            self._kinds[kind] = (dot, label)
            cell = QHBoxLayout()
            cell.setSpacing(8)
            cell.addWidget(dot)
            cell.addWidget(label, 1)
            grid.addLayout(cell, number // COLUMNS, number % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)
        return grid


class SendingCard(Card):
    """What waits to be sent, and every loss with its reason."""

    def __init__(self) -> None:
        super().__init__("sending", "Sending")
        self.dot = Dot("queue-dot", "good")
        self.queue = Line("queue")
        self.losses = Lines("loss", state="caution")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.dot)
        row.addWidget(self.queue, 1)
        self.inside.addLayout(row)
        self.inside.addWidget(self.losses)

    def show_state(self, shown: Shown) -> None:
        """As the outbox counts."""
        self.queue.say(words.queue(shown))
        if not shown.queue.waiting:
            self.dot.turn("good")
        else:
            self.dot.turn("good" if shown.connection in {"live", "polling"} else "caution")
        self.losses.say(tuple(words.loss(reason, count) for reason, count in shown.queue.lost))


class TellingCard(Card):
    """Lines under a heading; not there when there is nothing to tell."""

    def __init__(self, name: str, heading: str, tint: str = "", state: str = "quiet") -> None:
        super().__init__(name, heading, tint)
        self.lines = Lines(f"{name}-line", state=state)
        self.inside.addWidget(self.lines)
        self.setVisible(False)

    def say(self, lines: tuple[str, ...]) -> None:
        """Tell these."""
        self.lines.say(lines)
        self.setVisible(bool(lines))


class MessageCard(Card):
    """The last thing that the person must know."""

    def __init__(self) -> None:
        super().__init__("message", tint="note")
        self.text = Text("message-text", "", "strong")
        self.inside.addWidget(self.text)
        self.setVisible(False)

    def say(self, message: str) -> None:
        """Show it until there is another or none."""
        self.text.say(message)
        self.setVisible(bool(message))
