"""The card on which one works: the running time, what one works on, and start, pause, resume, stop."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from sundial.agent.core.shown import Choose, Chosen, Pause, Refusal, Resume, Said, Shown, Start, Stop, TaskDone, WorkOn
from sundial.agent.ui import words
from sundial.agent.ui.parts import Button, Card, Dot, Figures, Line, Text, figures
from sundial.agent.ui.picking import TaskPicker
from sundial.agent.ui.tasking import TaskBox


class WorkCard(Card):
    """Says `Start`, `Pause`, `Resume`, `Stop`, `WorkOn`, `Choose`, `TaskDone`."""

    def __init__(self, say: Callable[[Said], None]) -> None:
        super().__init__("work")
        self.setAccessibleName("Work")
        self._say = say
        self._working = "no"
        self._barred = False
        self.dot = Dot("work-dot")
        self.state = Line("work-state", "", "strong")
        self.time = Figures("today", "", "figure")
        self.picker = TaskPicker()
        self.task = TaskBox("task")
        self.problem = Text("work-problem", "", "bad")
        self.begin = Button("start", "Start work", "primary", "Start work (Ctrl+S)")
        self.pause = Button("pause", "Pause", tip="Pause: nothing is recorded meanwhile (Ctrl+P)")
        self.stop = Button("stop", "Stop", tip="Stop work (Ctrl+T)")
        figures(self.time)
        self._lay_out()
        self.begin.clicked.connect(self.start_work)
        self.pause.clicked.connect(self.pause_or_resume)
        self.stop.clicked.connect(self.stop_work)
        self.task.entered.connect(self._task_entered)
        self.picker.chose.connect(self._chose)
        self.picker.done.connect(lambda number: self._sent(TaskDone(number)))

    def show_state(self, shown: Shown) -> None:
        """Whether one works, since when, on what, and what can be done now."""
        self._working = shown.working
        self._barred = shown.connection == "revoked"
        dot, state = words.state(shown)
        self.dot.turn(dot)
        self.state.say(state)
        self.task.take(shown.task, working=shown.working != "no")
        self.picker.show_state(shown)
        works = shown.working != "no"
        self.begin.look_like("plain" if shown.question else "primary")
        self.begin.setVisible(not works)
        self.begin.setEnabled(not self._barred)
        self.pause.setVisible(works)
        self.pause.setText("Resume" if shown.working == "paused" else "Pause")
        self.pause.setAccessibleName(self.pause.text())
        self.pause.look_like("primary" if shown.working == "paused" and not shown.question else "plain")
        self.stop.setVisible(works)

    def count(self, seconds: int) -> None:
        """Show today's running time."""
        running = words.running(seconds)
        if running != self.time.said:
            self.time.say(running)
            self.time.setAccessibleName(f"Today {running}")

    def start_work(self) -> None:
        """Begin, on what stands in the line."""
        if self._working == "no" and not self._barred:
            self._sent(Start(self.task.line, self.picker.chosen))

    def pause_or_resume(self) -> None:
        """Interrupt, or go on."""
        if self._working != "no":
            self._sent(Resume() if self._working == "paused" else Pause())

    def stop_work(self) -> None:
        """End."""
        if self._working != "no":
            self._sent(Stop())

    def refuse(self, refusal: Refusal) -> None:
        """Say why what was asked was not done."""
        self.problem.say(refusal.message)
        self.problem.setVisible(True)

    def _task_entered(self, task: str) -> None:
        if self._working == "no":
            self.start_work()
        else:
            self._sent(WorkOn(task))

    def _chose(self, chosen: Chosen | None) -> None:
        if self._working != "no":
            self._sent(Choose(chosen))

    def _sent(self, said: Said) -> None:
        self.problem.setVisible(False)
        self._say(said)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.dot)
        head.addWidget(self.state, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.begin, self.pause, self.stop):
            buttons.addWidget(button, 1)
        self.inside.addLayout(head)
        time = QVBoxLayout()
        time.setSpacing(0)
        time.addWidget(self.time)
        time.addWidget(Text("today-label", "worked today", "small"))
        self.inside.addLayout(time)
        self.inside.addSpacing(4)
        self.inside.addWidget(self.picker)
        self.inside.addWidget(self.task)
        self.inside.addWidget(self.problem)
        self.inside.addLayout(buttons)
        self.problem.setVisible(False)
