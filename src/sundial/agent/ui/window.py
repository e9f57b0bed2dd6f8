"""The window: what is recorded, and the person's hand on it.

It draws `Shown` snapshots and gives what the person says; it knows nothing else. Shortcuts: Ctrl+Return connects,
understands, starts or resumes, whichever is asked; Ctrl+S starts, Ctrl+P pauses or resumes, Ctrl+T stops; F5 or Ctrl+R
syncs; Ctrl+1 to Ctrl+4 say what an absence was; Ctrl+K goes to the tasks, Ctrl+D says that the chosen one is done,
Ctrl+L goes to the line of what one works on; Ctrl+Q quits; Esc and Ctrl+W close the window, not the program.
"""

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from sundial.agent.core.shown import Quit, Refresh, Refusal, Said, Shown
from sundial.agent.ui.absence import ANSWERS, AbsenceCard
from sundial.agent.ui.connect import ConnectPage
from sundial.agent.ui.counting import Counting
from sundial.agent.ui.facts import MessageCard, RecordingCard, SendingCard, TellingCard
from sundial.agent.ui.glyph import icon
from sundial.agent.ui.header import LIGHTS, Header
from sundial.agent.ui.lately import LatelyCard
from sundial.agent.ui.leaving import LeavingCard
from sundial.agent.ui.parts import Line, Text
from sundial.agent.ui.question import QuestionCard
from sundial.agent.ui.style import Look
from sundial.agent.ui.work import WorkCard

TITLE = "Sundial"
USUAL, SMALLEST = QSize(408, 720), QSize(344, 420)
TICK_MS = 1000


class Window(QWidget):
    """One page to connect, one for everything else; a third until the first snapshot comes."""

    counted = Signal(int)

    def __init__(self, say: Callable[[Said], None], look: Look, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.setObjectName("window")
        self.setWindowTitle(TITLE)
        self.setMinimumSize(SMALLEST)
        self.resize(USUAL)
        self._say = say
        self._shown: Shown | None = None
        self._counting = Counting(clock)
        self._make_parts(look)
        self._lay_out()
        self._listen()

    # What it shows --------------------------------------------------------------------------------

    def show_state(self, shown: Shown) -> None:
        """Draw this snapshot; what the person is typing stays."""
        before, self._shown = self._shown, shown
        self._counting.take(shown)
        self.header.show_state(shown)
        if before is None or before.working != shown.working:
            self.setWindowIcon(icon(LIGHTS[shown.working]))
        if shown.enrolled:
            if before is None or not before.enrolled:
                self.connecting.forget()
            self._show_work(shown)
            self.stack.setCurrentWidget(self.body)
        else:
            self.connecting.show_state(shown)
            self.stack.setCurrentWidget(self.connect_body)
        if shown.working == "no":
            self.leaving.forget()
        self._show_foot(shown)
        self._tick()
        if before is not None and _calls(before, shown):
            self.appear()

    def refuse(self, refusal: Refusal) -> None:
        """Say why what was said could not be done, where the person looks."""
        if self._shown is None or not self._shown.enrolled:
            self.connecting.refuse(refusal)
        else:
            self.work.refuse(refusal)

    # What the person does -------------------------------------------------------------------------

    def primary(self) -> None:
        """The one thing that is asked for now."""
        if self._shown is None:
            return
        if not self._shown.enrolled:
            self.connecting.submit()
        elif self.question.waits:
            self.question.agree()
        elif self._shown.working == "paused":
            self.work.pause_or_resume()
        else:
            self.work.start_work()

    def sync(self) -> None:
        """Fetch and send now."""
        self._say(Refresh())

    def leave(self) -> None:
        """End the program; while one works, ask first."""
        if self._shown is not None and self._shown.working != "no":
            self.open()
            self.leaving.ask()
            self.body.verticalScrollBar().setValue(0)
        else:
            self._say(Quit())

    def open(self) -> None:
        """In front, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def appear(self) -> None:
        """Be seen without taking the keyboard from where the person types."""
        if not self.isVisible():
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            self.show()
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
        QApplication.alert(self)

    def escape(self) -> None:
        """First out of a question, then out of the window."""
        if not self.leaving.isHidden():
            self.leaving.forget()
        else:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The program goes on, in the tray or with its badge."""
        event.ignore()
        self.leaving.forget()
        self.hide()

    # Parts ----------------------------------------------------------------------------------------

    def _show_work(self, shown: Shown) -> None:
        self.message.say(shown.message)
        self.problems.say(shown.problems)
        self.question.show_state(shown)
        self.absence.show_state(shown)
        self.work.show_state(shown)
        self.recording.show_state(shown)
        self.lately.show_state(shown)
        self.sending.show_state(shown)
        self.notes.say(shown.notes)

    def _show_foot(self, shown: Shown) -> None:
        self.version.say(f"Version {shown.app_version}" if shown.app_version else "")
        self.server.say(shown.server.partition("://")[2] or shown.server)

    def _tick(self) -> None:
        seconds = self._counting.seconds()
        self.work.count(seconds)
        self.counted.emit(seconds)

    def _make_parts(self, look: Look) -> None:
        self.header = Header(look, self.sync, self.leave)
        self.connecting = ConnectPage(self._say)
        self.leaving = LeavingCard(lambda: self._say(Quit()))
        self.message = MessageCard()
        self.problems = TellingCard("problems", "Problems", "bad", "bad")
        self.question = QuestionCard(self._say)
        self.absence = AbsenceCard(self._say)
        self.work = WorkCard(self._say)
        self.recording = RecordingCard()
        self.lately = LatelyCard(look)
        self.sending = SendingCard()
        self.notes = TellingCard("notes", "What does not work here")
        self.version = Line("version", "", "small")
        self.server = Line("server-name", "", "small")

    def _lay_out(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for card in self._cards():
            column.addWidget(card)
        column.addStretch(1)
        self.body = scrolling("body", page)
        self.connect_body = scrolling("connect-body", self.connecting)
        self.stack = QStackedWidget()
        for part in (self._starting(), self.connect_body, self.body):
            self.stack.addWidget(part)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.stack, 1)
        whole.addWidget(self._foot())

    def _cards(self) -> tuple[QWidget, ...]:
        asking = (self.leaving, self.message, self.problems, self.question, self.absence)
        return (*asking, self.work, self.recording, self.lately, self.sending, self.notes)

    def _starting(self) -> QWidget:
        page = QWidget()
        page.setObjectName("starting")
        column = QVBoxLayout(page)
        text = Text("starting-text", "Starting…", "muted")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(text)
        return page

    def _foot(self) -> QFrame:
        foot = QFrame()
        foot.setObjectName("footer")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self.server, 1)
        row.addWidget(self.version)
        return foot

    def _listen(self) -> None:
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+Return": self.primary,
            "Ctrl+Enter": self.primary,
            "Ctrl+S": self.work.start_work,
            "Ctrl+P": self.work.pause_or_resume,
            "Ctrl+T": self.work.stop_work,
            "Ctrl+R": self.sync,
            "F5": self.sync,
            **{f"Ctrl+{n}": partial(self.absence.answer, answer) for n, answer in enumerate(ANSWERS, 1)},
            "Ctrl+K": self.work.picker.box.setFocus,
            "Ctrl+D": self.work.picker.finish,
            "Ctrl+L": self.work.task.setFocus,
            "Ctrl+Q": self.leave,
            "Ctrl+W": self.close,
            "Esc": self.escape,
        }
        for key, action in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(action)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)


def _calls(before: Shown, shown: Shown) -> bool:
    """Whether there is something new that the person must see: a question, or a word about them."""
    asked = shown.question is not None and shown.question != before.question
    return asked or bool(shown.message and shown.message != before.message)


def scrolling(name: str, page: QWidget) -> QScrollArea:
    """The only thing that scrolls, and only up and down; reached by Tab, moved by the arrow keys."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    bar = area.verticalScrollBar()
    bar.rangeChanged.connect(lambda _low, high: _make_room(page, bar.sizeHint().width() if high else 0))
    return area


def _make_room(page: QWidget, taken: int) -> None:
    """The bar lies in the margin, so that the cards keep their width."""
    layout = page.layout()
    assert layout is not None
    left = layout.contentsMargins().left()
    layout.setContentsMargins(left, left, max(left - taken, 0), left)
