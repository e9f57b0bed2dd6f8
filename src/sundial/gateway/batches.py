"""Many who ask at once share one query: ten thousand agents that come back together cost a few, not ten thousand."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Generic, TypeVar

from sundial.gateway.loops import Loops

K = TypeVar("K")
V = TypeVar("V")

LARGEST: Final = 2_000  # keys a query


class Batches(Generic[K, V]):
    """Looks keys up together; one query at a time, and each begins after it was asked for."""

    def __init__(self, name: str, loops: Loops, look_up: Callable[[list[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._name = name
        self._loops = loops
        self._look_up = look_up
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._running = False

    async def find(self, key: K) -> V | None:
        """What the next query says of this key; raises what the query raised."""
        future: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        if not self._running:
            self._running = True
            self._loops.once(self._name, self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._turn()
        finally:
            self._running = False

    async def _turn(self) -> None:
        keys = list(self._waiting)[:LARGEST]
        asked = {key: self._waiting.pop(key) for key in keys}
        try:
            found = await self._look_up(keys)
        except BaseException as failure:
            self._fail(asked, failure)
            if not isinstance(failure, Exception):
                raise
            return
        for key, futures in asked.items():
            for future in futures:
                if not future.done():
                    future.set_result(found.get(key))

    def _fail(self, asked: Mapping[K, list[asyncio.Future[V | None]]], failure: BaseException) -> None:
        for futures in asked.values():
            for future in futures:
                if future.done():
                    continue
                if isinstance(failure, Exception):
                    future.set_exception(failure)
                else:
                    future.cancel()
