"""Probes that wait in a thread of their own, and tell the loop what they see."""

import asyncio
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from sundial.agent.core.sensing import CannotSee, Sense

LEAVE_WITHIN_S = 0.5
CATCH_UP_WITHIN_S = 0.25  # the loop stands still so long at most; a probe that answers takes a few milliseconds


class Wake:
    """Something to wait on beside a source of events, for the word of another thread: to leave, or to look now."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._selector = selectors.DefaultSelector()  # kept, as waits are many
        self._selector.register(self._near, selectors.EVENT_READ)
        self._source: int | None = None
        self._asked = threading.Event()
        self._called = threading.Event()
        self._looked = threading.Event()

    @property
    def asked(self) -> bool:
        """Whether the thread is to leave."""
        return self._asked.is_set()

    def leave(self) -> None:
        """Ends every wait, those to come too."""
        self._asked.set()
        self._far.send(b"x")

    @property
    def called(self) -> bool:
        """Whether the thread is to look now, and to say so by `looked`."""
        return self._called.is_set()

    def call(self, within_s: float) -> None:
        """Returns when the thread has looked, or did not in time."""
        self._looked.clear()
        self._called.set()
        self._far.send(b"x")
        self._looked.wait(within_s)

    def looked(self) -> None:
        """The thread has; what happened before the call is told."""
        self._called.clear()
        self._looked.set()

    def wait(self, source: int | None, seconds: float) -> None:
        """Until the source has something, the thread is to leave, or the time is over."""
        self._listen(source)
        found = self._selector.select(max(0.0, seconds))
        if any(key.fileobj is self._near for key, _ in found) and not self.asked:
            self._near.recv(64)

    def close(self) -> None:
        self._selector.close()
        self._near.close()
        self._far.close()

    def _listen(self, source: int | None) -> None:
        if source == self._source:
            return
        if self._source is not None:
            self._selector.unregister(self._source)
        if source is not None:
            self._selector.register(source, selectors.EVENT_READ)
        self._source = source


class Watcher(Protocol):
    """What a platform puts in the thread."""

    def open(self) -> None:
        """Everything wanted runs after this. Raises CannotSee."""

    def run(self, heard: Callable[[Sense], None], wake: Wake) -> None:
        """Until `wake` asks to leave; looks when it is called. Tells `heard` itself what works no more, and returns."""

    def close(self) -> None:
        """Whatever is still open; called in every case, and raises nothing."""


class Beside:
    """One thread, and the loop that it speaks to; `catch_up` and `done` are called in the loop's thread."""

    def __init__(self, watcher: Watcher, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        self._watcher, self._ready, self._heard = watcher, ready, heard
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._told: deque[Callable[[], None]] = deque()  # what the loop has not heard yet, in order
        self._running = False
        self._wake = Wake()

    async def done(self) -> None:
        """Returns when the watcher gave up, after it said so; when cancelled nothing is heard any more."""
        threading.Thread(target=self._work, name="probes", daemon=True).start()
        try:
            await asyncio.shield(self._ended)
        finally:
            self._wake.leave()
            await self._left()
            self._wake.close()

    def catch_up(self) -> None:
        """What happened up to now is heard when this returns; a thread that hangs is not waited for."""
        if self._running:
            self._wake.call(CATCH_UP_WITHIN_S)
            self._hear()

    async def _left(self) -> None:
        """A thread that hangs in its display server is left behind: it can tell no one anything."""
        await asyncio.wait([self._ended], timeout=LEAVE_WITHIN_S)
        if self._ended.done():
            self._ended.exception()

    # In the thread --------------------------------------------------------------------------------

    def _work(self) -> None:
        problem: Exception | None = None
        try:
            self._watcher.open()
            self._running = True
            self._tell(self._ready)
            self._watcher.run(lambda sense: self._tell(lambda: self._heard(sense)), self._wake)
        except CannotSee as error:
            problem = error
        except Exception as error:  # a thread that dies unheard would look like a person who does nothing
            problem = CannotSee(f"A probe failed: {error!r}")
        finally:
            self._running = False
            self._wake.looked()
            self._watcher.close()
            self._on_loop(lambda: self._end(problem))

    def _tell(self, call: Callable[[], None]) -> None:
        self._told.append(call)
        self._on_loop(self._hear)

    def _hear(self) -> None:
        """In the loop's thread."""
        while self._told:
            call = self._told.popleft()
            if not self._wake.asked:
                call()

    def _on_loop(self, call: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            self._wake.leave()  # the loop is closed: no one listens

    def _end(self, problem: Exception | None) -> None:
        if self._ended.done():
            return
        if problem is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(problem)
