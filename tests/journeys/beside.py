"""An event loop in a thread of its own, for what speaks asyncio beside Playwright, which has taken this one."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE_S = 120.0


class Beside:
    """Runs coroutines beside the test, and waits for what they answer."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> "Beside":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for this, done in the other thread."""
        doing: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return doing.result(PATIENCE_S)
