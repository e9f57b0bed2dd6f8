"""Probes that wait in a thread of their own, and tell the loop what they see."""

import asyncio
import selectors
import socket
import threading
from collections.abc import Callable
from typing import Protocol

from sundial.agent.core.sensing import CannotSee, Sense

LEAVE_WITHIN_S = 0.5


class Wake:
    """Something to wait on beside a source of events: set once, by another thread."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._asked = threading.Event()

    @property
    def asked(self) -> bool:
        """Whether the thread is to leave."""
        return self._asked.is_set()

    def leave(self) -> None:
        """Ends every wait, those to come too."""
        self._asked.set()
        self._far.send(b"x")

    def wait(self, source: int | None, seconds: float) -> None:
        """Until the source has something, the thread is to leave, or the time is over."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._near, selectors.EVENT_READ)
            if source is not None:
                selector.register(source, selectors.EVENT_READ)
            selector.select(max(0.0, seconds))

    def close(self) -> None:
        self._near.close()
        self._far.close()


class Watcher(Protocol):
    """What a platform puts in the thread."""

    def open(self) -> None:
        """Everything wanted runs after this. Raises CannotSee."""

    def run(self, heard: Callable[[Sense], None], wake: Wake) -> None:
        """Until `wake` asks to leave; tells `heard` itself what works no more, and returns then."""

    def close(self) -> None:
        """Whatever is still open; called in every case, and raises nothing."""


async def watch_beside(watcher: Watcher, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
    """Returns when the watcher gave up, after it said so; when cancelled nothing is heard any more."""
    await _Beside(watcher, ready, heard).done()


class _Beside:
    """One thread, and the loop that it speaks to."""

    def __init__(self, watcher: Watcher, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        self._watcher, self._ready, self._heard = watcher, ready, heard
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._wake = Wake()

    async def done(self) -> None:
        threading.Thread(target=self._work, name="probes", daemon=True).start()
        try:
            await asyncio.shield(self._ended)
        finally:
            self._wake.leave()
            await self._left()
            self._wake.close()

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
            self._tell(self._ready)
            self._watcher.run(lambda sense: self._tell(lambda: self._heard(sense)), self._wake)
        except CannotSee as error:
            problem = error
        except Exception as error:  # a thread that dies unheard would look like a person who does nothing
            problem = CannotSee(f"A probe failed: {error!r}")
        finally:
            self._watcher.close()
            self._on_loop(lambda: self._end(problem))

    def _tell(self, call: Callable[[], None]) -> None:
        self._on_loop(lambda: None if self._wake.asked else call())

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
