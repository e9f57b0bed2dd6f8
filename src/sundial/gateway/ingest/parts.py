"""The parts of the ingest put together: a door, a queue, a writer, and hints that follow."""

from collections.abc import Awaitable, Callable
from typing import Final

from sundial.bus import Bus
from sundial.gateway.asgi import Receive, Scope, Send
from sundial.gateway.devices import Devices
from sundial.gateway.ingest.door import BatchDoor
from sundial.gateway.ingest.facts import Facts
from sundial.gateway.ingest.queue import Queue
from sundial.gateway.ingest.told import Told
from sundial.gateway.ingest.writer import Writer
from sundial.gateway.loops import Loops
from sundial.gateway.metrics import Metrics

TOLD_EVERY: Final = 0.1  # seconds


class Ingest:
    """Facts from the door to the commit."""

    def __init__(
        self, dsn: str, name: str, devices: Devices, metrics: Metrics, bus: Bus, clock: Callable[[], float]
    ) -> None:
        self._queue = Queue(metrics, clock)
        self._facts = Facts(dsn, name)
        self._told = Told(bus, clock)
        self._writer = Writer(self._queue, self._facts, self._told, metrics)
        self._door = BatchDoor(devices, self._queue, metrics)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one request."""
        return self._door(scope, receive, send)

    def start(self, loops: Loops) -> None:
        """Begin to write."""
        loops.keep("write facts", self._writer.write_for_ever)
        loops.every(TOLD_EVERY, "say whose facts are new", self._told.publish)

    def begin_stop(self) -> None:
        """Take no more batches."""
        self._door.stopping = True

    async def drain(self) -> None:
        """Return when what was taken is written and answered, and the platform knows."""
        await self._queue.emptied()
        await self._told.publish(all_now=True)

    async def close(self) -> None:
        """Let the connection go."""
        await self._facts.close()
