"""Who is there: noted as streams open and close and devices poll, written for all of them together.

The rows name this gateway, and its own row says that it lives: when it is killed, its streams count as dropped.
What could not be written is written at the next turn.
"""

from collections.abc import Callable
from typing import Final

from sundial.gateway.devices import Device
from sundial.gateway.store import Store

WRITTEN_EVERY: Final = 0.25  # seconds
ALIVE_EVERY: Final = 5.0
SAID_AGAIN_EVERY: Final = 30.0
POLL_NOTED_EVERY: Final = 60.0

Touched = Callable[[set[int]], None]


class Presence:
    """Notes of what changed since the last turn; `touched` is told whose presence was written."""

    def __init__(
        self, store: Store, clock: Callable[[], float], has_stream: Callable[[int], bool], touched: Touched
    ) -> None:
        self._store = store
        self._clock = clock
        self._has_stream = has_stream
        self._touched = touched
        self._changed: dict[int, int] = {}  # device → company
        self._opened: set[int] = set()
        self._dropped: set[int] = set()
        self._polled: dict[int, int] = {}

    def stream_opened(self, device_id: int, company_id: int) -> None:
        """A device has a first stream here."""
        self._changed[device_id] = company_id
        self._opened.add(device_id)
        self._dropped.discard(device_id)

    def stream_ended(self, device_id: int, company_id: int, *, clean: bool) -> None:
        """A device's last stream here has ended: closed, or broken."""
        self._changed[device_id] = company_id
        if not clean:
            self._dropped.add(device_id)

    def polled(self, device: Device) -> None:
        """A device asked for its policy; without a stream that is a sign that it does without."""
        now = self._clock()
        if now - device.polled_at > POLL_NOTED_EVERY and not self._has_stream(device.id):
            device.polled_at = now
            self._polled[device.id] = device.company.id

    async def write(self) -> None:
        """Write all notes; they stay where that fails."""
        if self._changed:
            await self._write_streams()
        if self._polled:
            await self._write_polls()

    async def _write_streams(self) -> None:
        changed, self._changed = self._changed, {}
        opened, self._opened = self._opened, set()
        dropped, self._dropped = self._dropped, set()
        gone = {device for device in changed if not self._has_stream(device)}
        try:
            if opened:  # those that are gone again, too: that they had a stream is worth knowing
                await self._store.opened(list(opened))
            if gone - dropped:
                await self._store.closed(list(gone - dropped), clean=True)
            if gone & dropped:
                await self._store.closed(list(gone & dropped), clean=False)
        except BaseException:
            self._changed = changed | self._changed
            self._opened |= opened
            self._dropped |= dropped
            raise
        self._touched(set(changed.values()))

    async def _write_polls(self) -> None:
        polled, self._polled = self._polled, {}
        try:
            await self._store.polled(list(polled))
        except BaseException:
            self._polled = polled | self._polled
            raise
        self._touched(set(polled.values()))
