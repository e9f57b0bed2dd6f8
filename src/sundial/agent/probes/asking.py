"""Probes of systems that are asked once a second, in a thread beside the loop."""

import time
from collections.abc import Callable
from typing import Protocol

from sundial.agent.core.sensing import Counted, Focused, Idled, Locked, Sense, Wanted
from sundial.agent.probes.beside import Wake
from sundial.agent.probes.counters import Totals

LOOK_S = 1.0


class System(Protocol):
    """What a system can be asked at any moment; each answer costs little."""

    def open(self, wanted: Wanted) -> None:
        """Prepare what is wanted and nothing else. Raises CannotSee."""

    def focused(self) -> Focused: ...

    def idle(self) -> Idled: ...

    def locked(self) -> bool: ...

    def totals(self) -> Totals: ...

    def pointer(self) -> tuple[int, int]: ...

    def close(self) -> None: ...


class AskingWatcher:
    """Tells a window or a lock when it changes, inputs when there were any, idleness each time."""

    def __init__(self, system: System, wanted: Wanted) -> None:
        self._system = system
        self._wanted = wanted
        self._focused: Focused | None = None
        self._locked = False
        self._totals = Totals()
        self._pointer = (0, 0)

    def open(self) -> None:
        self._system.open(self._wanted)
        if self._counting:
            self._totals = self._system.totals()
            self._pointer = self._system.pointer()

    def run(self, heard: Callable[[Sense], None], wake: Wake) -> None:
        due = time.monotonic()
        while not wake.asked:
            called = wake.called
            self.look(heard)
            if called:
                wake.looked()
            due = max(due + LOOK_S, time.monotonic())
            wake.wait(None, due - time.monotonic())

    def close(self) -> None:
        self._system.close()

    @property
    def _counting(self) -> bool:
        return self._wanted.keyboard or self._wanted.mouse

    def look(self, heard: Callable[[Sense], None]) -> None:
        """One round of questions."""
        if self._wanted.applications:
            self._look_at_window(heard)
        if self._wanted.idle:
            self._look_at_lock(heard)
            heard(self._system.idle())
        if self._counting:
            self._look_at_inputs(heard)

    def _look_at_window(self, heard: Callable[[Sense], None]) -> None:
        seen = self._system.focused()
        if seen != self._focused:
            self._focused = seen
            heard(seen)

    def _look_at_lock(self, heard: Callable[[Sense], None]) -> None:
        locked = self._system.locked()
        if locked != self._locked:
            self._locked = locked
            heard(Locked(locked))

    def _look_at_inputs(self, heard: Callable[[Sense], None]) -> None:
        totals, pointer = self._system.totals(), self._system.pointer()
        new, moved = totals.since(self._totals), pointer != self._pointer
        self._totals, self._pointer = totals, pointer
        counted = Counted(
            new.keys if self._wanted.keyboard else 0,
            *((new.clicks, new.scrolls, int(moved)) if self._wanted.mouse else (0, 0, 0)),
        )
        if counted != Counted():
            heard(counted)
