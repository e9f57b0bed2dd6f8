"""The thread that watches an X display over one connection of its own."""

import time
from collections.abc import Callable

from sundial.agent.core.sensing import CannotSee, Idled, Sense, Unable, Wanted
from sundial.agent.probes.beside import Wake
from sundial.agent.probes.empty import kinds_of
from sundial.agent.probes.x11.connection import Connection, Lost, is_raw
from sundial.agent.probes.x11.focus import Focus
from sundial.agent.probes.x11.inputs import Inputs

LOOK_S = 1.0
WHOLE_LOOK_S = 5.0  # windows and titles tell of themselves; this is for those that do not
REST_S = 0.25  # who types makes events all the time: they are read together, four times a second
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
        self._due = self._whole = 0.0

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
        while not wake.asked:
            called = wake.called
            if called:
                self._x.sync()
            changed, typed = self._take_events()
            now = time.monotonic()
            if now >= self._due or called:
                self._look_around()
                self._due = now + LOOK_S
                changed |= called or self._is_another(now)
            if self._focus and (changed or self._held_until(now) <= now):
                self._focus.look(now)
            if called:
                wake.looked()
            if not self._x.waiting():
                self._wait(wake, REST_S if typed else None)

    def _wait(self, wake: Wake, rest: float | None) -> None:
        """For what comes; while resting only for the next look and for the word of the other thread."""
        assert self._x is not None
        left = min(self._due, self._held_until(self._due)) - time.monotonic()
        if rest is None:
            wake.wait(self._x.fileno(), left)
        else:
            wake.wait(None, min(rest, left))

    def _is_another(self, now: float) -> bool:
        """Whether to look at the window though no event told."""
        if now >= self._whole:
            self._whole = now + WHOLE_LOOK_S
            return True
        return self._focus is not None and self._focus.another()

    def _held_until(self, otherwise: float) -> float:
        """When a moment without a window is over."""
        due = self._focus.due() if self._focus else None
        return otherwise + LOOK_S if due is None else due

    def _take_events(self) -> tuple[bool, bool]:
        """Whether something in front may have changed, and whether hands did something."""
        assert self._x is not None
        changed = typed = False
        for event in self._x.events():
            if self._inputs:
                self._inputs.event(event)
            changed |= bool(self._focus and self._focus.event(event))
            typed |= is_raw(event)
        return changed, typed

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
