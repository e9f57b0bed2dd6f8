"""The program that the person sees: window, tray and badge, in the main thread; every other thread posts to it."""

from collections import deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from sundial.agent.core.shown import Quit, Refusal, Said, Shown
from sundial.agent.ui.badge import Badge
from sundial.agent.ui.glyph import icon
from sundial.agent.ui.lasting import guard_constants
from sundial.agent.ui.place import Place
from sundial.agent.ui.style import Look
from sundial.agent.ui.tray import Tray
from sundial.agent.ui.window import Window

NAME = "sundial-agent"
BADGE = "badge-place"
TRAY_LOOK_MS = 2000
LEAVE_MS = 20_000


class Post(QObject):
    """The letter box between threads: what is put in anywhere is taken out in the main thread, in order."""

    shown = Signal()
    refused = Signal(object)
    notified = Signal(str, str)
    opened = Signal()
    ended = Signal(int)


class Program:
    """Made in the main thread, which then is given to `run`; all other methods may be called from any thread.

    `say` is called in the main thread and must not wait. After `Quit` was said the program waits to be ended by `end`,
    but not for ever: `leave_ms`. In `profile` it keeps where the badge was put.
    """

    def __init__(self, say: Callable[[Said], None], *, profile: Path | None = None, leave_ms: int = LEAVE_MS) -> None:
        guard_constants()
        running = QApplication.instance()
        self.app = running if isinstance(running, QApplication) else QApplication([NAME])
        self._describe()
        self._say = say
        self._leave_ms = leave_ms
        self._newest: deque[Shown] = deque(maxlen=1)
        self.look = Look(self.app)
        self.window = Window(self._hear, self.look)
        self.badge = Badge(self.look, Place(profile / BADGE if profile else None))
        self.tray = Tray(self.window)
        self._post = Post()
        self._timer = QTimer(self._post)
        self._wire()

    def show(self, shown: Shown) -> None:
        """Show this; of many that come at once only the newest is drawn."""
        self._newest.append(shown)
        self._post.shown.emit()

    def refuse(self, refusal: Refusal) -> None:
        """Say why what the person said could not be done."""
        self._post.refused.emit(refusal)

    def notify(self, title: str, text: str) -> None:
        """A notice by our own means; `notices.Notifier` uses it where the desktop has none."""
        self._post.notified.emit(title, text)

    def open(self) -> None:
        """Bring the window to the front."""
        self._post.opened.emit()

    def end(self, code: int = 0) -> None:
        """Let `run` return."""
        self._post.ended.emit(code)

    def run(self) -> int:
        """Until `end`."""
        self.window.open()
        self._look_for_tray()
        self._timer.start(TRAY_LOOK_MS)
        code = self.app.exec()
        self._timer.stop()
        for part in (self.tray, self.badge, self.window):
            part.hide()
        return code

    # In the main thread ---------------------------------------------------------------------------

    def _hear(self, said: Said) -> None:
        self._say(said)
        if isinstance(said, Quit):
            QTimer.singleShot(self._leave_ms, self.app, lambda: self.app.exit(0))

    def _draw(self) -> None:
        if self._newest:
            shown = self._newest.pop()
            self.badge.show_state(shown)
            self.tray.show_state(shown)
            self.window.show_state(shown)

    def _notice(self, title: str, text: str) -> None:
        if self.tray.isVisible():
            self.tray.balloon(title, text)
        else:
            self.badge.tell(title, text)

    def _look_for_tray(self) -> None:
        """A tray may come and go: where none is, the badge is seen."""
        there = QSystemTrayIcon.isSystemTrayAvailable()
        if there != self.tray.isVisible():
            self.tray.setVisible(there)
        if there == self.badge.isVisible():
            if there:
                self.badge.hide()
            else:
                self.badge.appear()

    def _describe(self) -> None:
        self.app.setApplicationName(NAME)
        self.app.setDesktopFileName(NAME)
        self.app.setQuitOnLastWindowClosed(False)
        self.app.setWindowIcon(icon("off"))

    def _wire(self) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        self._post.shown.connect(self._draw, queued)
        self._post.refused.connect(self.window.refuse, queued)
        self._post.notified.connect(self._notice, queued)
        self._post.opened.connect(self.window.open, queued)
        self._post.ended.connect(self.app.exit, queued)
        self.badge.clicked.connect(self.window.open)
        self.window.counted.connect(self.badge.count)
        self.window.counted.connect(self.tray.count)
        self._timer.timeout.connect(self._look_for_tray)
