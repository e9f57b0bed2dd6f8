"""The thread that watches an X display over one connection of its own."""

import time
from collections.abc import Callable

from sundial.agent.core.sensing import CannotSee, Idled, Sense, Unable, Wanted
from sundial.agent.probes.beside import Wake
from sundial.agent.probes.empty import kinds_of
from sundial.agent.probes.x11.connection import Connection, Lost
from sundial.agent.probes.x11.focus import Focus
from sundial.agent.probes.x11.inputs import Inputs

LOOK_S = 1.0
GONE = "The connection to the display was lost."


class X11Watcher:
    """Opens what is wanted and nothing else."""

    def __init__(self, display: str | None, wanted: Wanted, inhibited: Callable[[], bool]) -> None:
        self._name = display
        self._wanted = wanted
        self._inhibited = inhibited
        self._x: Connection | None = None
        self._focus: Focus | None = None
        self._inputs: Inputs | None = None
        self._heard: Callable[[Sense], None] = _unheard

    def open(self) -> None:
        self._x = connection = Connection(self._name)
        try:
            if self._wanted.applications:
                self._focus = Focus(connection, self._tell)
            if self._wanted.keyboard or self._wanted.mouse:
                keys, mouse = self._wanted.keyboard, self._wanted.mouse
                self._inputs = Inputs(connection, self._tell, keys=keys, mouse=mouse)
            if self._wanted.idle and not connection.extension("MIT-SCREEN-SAVER"):
                raise CannotSee("This display does not tell how long no one touched it.")
        except Lost as problem:
            raise CannotSee(GONE) from problem

    def run(self, heard: Callable[[Sense], None], wake: Wake) -> None:
        self._heard = heard
        try:
            self._follow(wake)
        except Lost:
            for kind in kinds_of(self._wanted):
                if kind != "websites":
                    heard(Unable(kind, GONE))

    def close(self) -> None:
        if self._x is not None:
            self._x.close()

    def _follow(self, wake: Wake) -> None:
        assert self._x is not None
        due = time.monotonic()
        while not wake.asked:
            called = wake.called
            if called:
                self._x.sync()
            changed = self._take_events()
            now = time.monotonic()
            if now >= due or called:
                self._look_around()
                due = now + LOOK_S
                changed = True
            if self._focus and (changed or self._held_until(now) <= now):
                self._focus.look(now)
            if called:
                wake.looked()
            if not self._x.waiting():
                wake.wait(self._x.fileno(), min(due, self._held_until(due)) - time.monotonic())

    def _held_until(self, otherwise: float) -> float:
        """When a moment without a window is over."""
        due = self._focus.due() if self._focus else None
        return otherwise + LOOK_S if due is None else due

    def _take_events(self) -> bool:
        assert self._x is not None
        changed = False
        for event in self._x.events():
            if self._inputs:
                self._inputs.event(event)
            changed |= bool(self._focus and self._focus.event(event))
        return changed

    def _look_around(self) -> None:
        assert self._x is not None
        if self._inputs:
            self._inputs.look()
        if self._wanted.idle:
            self._tell(Idled(self._x.idle_seconds(), self._inhibited()))

    def _tell(self, sense: Sense) -> None:
        self._heard(sense)


def _unheard(_sense: Sense) -> None:
    """Before it runs there is no one to tell."""
