"""The page on which a device joins a company: by a code, or by e-mail and password."""

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from sundial.agent.core.shown import Enrol, Refusal, Said, Shown, SignIn
from sundial.agent.ui.parts import Button, Card, Lines, Text, restyle

HERE = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(/|$)")
INTRODUCTION = "Before anything is recorded you are told what it is, and nothing is recorded until you agree."
CODE_HELP = "Your administrator gives it to you, or you make one yourself under Devices on the web pages."
PASSWORD_HELP = "Used once, to connect this device. It is not kept."  # noqa: S105 - a sentence, not a password


class Field(QWidget):
    """A box with its label above it, and what is wrong with it, or a hint, below."""

    def __init__(self, name: str, label: str, hint: str = "", example: str = "") -> None:
        super().__init__()
        self._hint = hint
        self.box = QLineEdit()
        self.box.setObjectName(name)
        self.box.setAccessibleName(label)
        self.box.setPlaceholderText(example)
        self.box.setMaxLength(500)
        self.box.textEdited.connect(lambda _text: self.right())
        title = Text(f"{name}-label", label, "strong")
        title.setBuddy(self.box)
        self.below = Text(f"{name}-problem", hint, "small")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(4)
        for part in (title, self.box, self.below):
            column.addWidget(part)
        self.right()

    @property
    def text(self) -> str:
        """What was typed."""
        return self.box.text().strip()

    def wrong(self, why: str) -> None:
        """Say what is wrong, and let the person mend it."""
        self._mark("true", why, "bad")
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def right(self) -> None:
        """Nothing is wrong, as far as is known."""
        self._mark("false", self._hint, "small")

    def _mark(self, wrong: str, below: str, tone: str) -> None:
        self.below.say(below)
        self.below.setVisible(bool(below))
        self.below.setProperty("tone", tone)
        self.box.setProperty("wrong", wrong)
        self.box.setAccessibleDescription(below)
        restyle(self.below)
        restyle(self.box)


class ConnectPage(QWidget):
    """Says `Enrol` or `SignIn`, and shows by the right box why that was refused."""

    def __init__(self, say: Callable[[Said], None]) -> None:
        super().__init__()
        self.setObjectName("connect")
        self._say = say
        self.server = Field("server", "Server", example="https://sundial.example.com")
        self.code = Field("code", "Code", CODE_HELP, "AAAA-BBBB-CCCC")
        self.email = Field("email", "E-mail", example="you@example.com")
        self.password = Field("password", "Password", PASSWORD_HELP)
        self.password.box.setEchoMode(QLineEdit.EchoMode.Password)
        self.by_code = Button("by-code", "With a code", "segment")
        self.by_password = Button("by-password", "With a password", "segment")
        self.problem = Text("connect-problem", "", "bad")
        self.problems = Lines("connect-problems", "muted", "caution")
        self.button = Button("connect-button", "Connect", "primary", "Connect this device (Ctrl+Enter)")
        self._lay_out()
        self._wire()

    @property
    def fields(self) -> dict[str, Field]:
        """Every box by the name that a refusal uses."""
        return {"server": self.server, "code": self.code, "email": self.email, "password": self.password}

    def show_state(self, shown: Shown) -> None:
        """The server that is known already, and what went wrong."""
        if shown.server and not self.server.text:
            self.server.box.setText(shown.server)
        self.problems.say(tuple(filter(None, (shown.message, *shown.problems))))

    def refuse(self, refusal: Refusal) -> None:
        """Say why by the box it is about, or above the button."""
        self._waiting(False)
        field = self.fields.get(refusal.field)
        if field is not None and not field.isHidden():
            field.wrong(refusal.message)
        else:
            self.problem.say(refusal.message)
            self.problem.setVisible(True)

    def forget(self) -> None:
        """This device is connected: nothing of how it came to be stays."""
        self._waiting(False)
        self._forget_problems()
        self.code.box.clear()
        self.password.box.clear()

    def submit(self) -> None:
        """Connect with what was typed, if it can be sent at all."""
        if not self.button.isEnabled():
            return
        self._forget_problems()
        if empty := [(field, why) for field, why in self._needed() if not field.text]:
            for field, why in reversed(empty):
                field.wrong(why)
            return
        self._waiting(True)
        server = address(self.server.text)
        if self.by_code.isChecked():
            self._say(Enrol(server, self.code.text))
        else:
            self._say(SignIn(server, self.email.text, self.password.box.text()))
            self.password.box.clear()

    def _needed(self) -> list[tuple[Field, str]]:
        server = (self.server, "Type the address of your company's Sundial server.")
        if self.by_code.isChecked():
            return [server, (self.code, "Type the code that you were given.")]
        return [server, (self.email, "Type your e-mail address."), (self.password, "Type your password.")]

    def _choose(self) -> None:
        code = self.by_code.isChecked()
        self.code.setVisible(code)
        self.email.setVisible(not code)
        self.password.setVisible(not code)
        self._forget_problems()

    def _forget_problems(self) -> None:
        self.problem.setVisible(False)
        for field in self.fields.values():
            field.right()

    def _waiting(self, waiting: bool) -> None:
        self.button.setEnabled(not waiting)
        self.button.setText("Connecting…" if waiting else "Connect")

    def _lay_out(self) -> None:
        card = Card("connect-card")
        card.inside.setSpacing(10)
        for part in (
            Text("connect-title", "Connect this device", "title"),
            Text("connect-introduction", INTRODUCTION, "muted"),
            self.problems,
            self._segments(),
            *self.fields.values(),
            self.problem,
            self.button,
        ):
            card.inside.addWidget(part)
        self.problem.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(card)
        column.addStretch(1)

    def _segments(self) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "segments")
        row = QHBoxLayout(frame)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        group = QButtonGroup(self)
        for button in (self.by_code, self.by_password):
            button.setCheckable(True)
            group.addButton(button)
            row.addWidget(button, 1)
        self.by_code.setChecked(True)
        return frame

    def _wire(self) -> None:
        self.by_code.toggled.connect(lambda _on: self._choose())
        self.button.clicked.connect(self.submit)
        for field in self.fields.values():
            field.box.returnPressed.connect(self.submit)
        self._choose()


def address(typed: str) -> str:
    """The server as a whole address: https, unless it is this very machine or the person said otherwise."""
    if "://" in typed:
        return typed.rstrip("/")
    return f"{'http' if HERE.match(typed) else 'https'}://{typed}".rstrip("/")
