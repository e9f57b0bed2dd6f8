"""The gateway: which door a request goes to, what goes on beside the requests, and how it starts and stops."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Final

from sundial.bus import Bus
from sundial.gateway.asgi import App, Headers, Receive, Scope, Send, header
from sundial.gateway.companies import Companies, Company
from sundial.gateway.config_door import ConfigDoor
from sundial.gateway.devices import Device, Devices
from sundial.gateway.hints import Hints, Written
from sundial.gateway.ingest import Ingest
from sundial.gateway.loops import Loops
from sundial.gateway.metrics import Metrics
from sundial.gateway.notices import Notices
from sundial.gateway.people import People
from sundial.gateway.policy_door import PolicyDoor
from sundial.gateway.presence import ALIVE_EVERY, SAID_AGAIN_EVERY, WRITTEN_EVERY, Presence
from sundial.gateway.reports import Reports
from sundial.gateway.status_door import StatusDoor
from sundial.gateway.store import Store
from sundial.gateway.streams import Streams
from sundial.gateway.wire import NOT_FOUND, REVOKED, UNAVAILABLE, UNKNOWN_TOKEN
from sundial.protocol.messages import COMMENT_EVERY_S

AGENTS: Final = "/agent/v1/"
ENROL: Final = "/agent/v1/enrol"
POLICY: Final = "/agent/v1/policy"
BATCHES: Final = "/agent/v1/batches"
STATUS: Final = "/agent/v1/status"
CONFIG: Final = frozenset({"/api/employee-config", "/api/employee-config/"})

SWEPT_EVERY: Final = 0.9  # seconds; with the query itself, a lost hint costs at most one
BURIED_EVERY: Final = 20.0
SAID_EVERY: Final = 0.1
RETRIED_EVERY: Final = 0.25
LAST_WORDS: Final = 1.5  # seconds to write what is still to be written


class Gateway:
    """One process's part of the platform's gateway; `onward` answers what agents ask of other doors."""

    def __init__(
        self,
        database_dsn: str,
        bus: Bus,
        *,
        onward: App | None = None,
        name: str | None = None,
        poll_interval: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.name: Final = name or f"gateway-{secrets.token_hex(6)}"
        self.metrics: Final = Metrics()
        self._bus = bus
        self._onward = onward
        self._loops = Loops()
        self._store = Store(database_dsn, self.name)
        self._streams = Streams(self.metrics, clock)
        self._companies = Companies(self._store, self._loops, self.metrics, self._company_changed, poll_interval)
        self._devices = Devices(self._store, self._loops, self._companies, clock, self._device_revoked)
        self._people = People(self._store, self._loops, self._companies, clock)
        self._written = Written(bus)
        self._presence = Presence(self._store, clock, self._streams.has, self._written.note)
        self._reports = Reports(self._store, self.metrics, self._written.note)
        self._notices = Notices(self._store, self._companies, self._streams)
        self._hints = Hints(self._loops, self.metrics, self._companies, self._devices, self._people, self._notices)
        self._policy_door = PolicyDoor(self._devices, self._streams, self._presence, self.metrics)
        self._status_door = StatusDoor(self._devices, self._reports, self.metrics, wall_clock)
        self._ingest = Ingest(database_dsn, self.name, self._devices, self.metrics, bus, clock)
        self._config_door = ConfigDoor(self._people, self.metrics)
        self._short_ways: dict[bytes, Callable[[dict[bytes, bytes]], bytes | None]] = {
            POLICY.encode(): self._policy_door.short_way,
            **{path.encode(): self._config_door.short_way for path in CONFIG},
        }

    # -- requests -----------------------------------------------------------------------------

    @staticmethod
    def handles(path: str, method: str) -> bool:
        """Whether a request is the gateway's to answer, or to admit."""
        return path in CONFIG or (path.startswith(AGENTS) and path != ENROL)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer one HTTP request; only for those that it `handles`."""
        path = scope["path"]
        if path == POLICY:
            return self._policy_door(scope, receive, send)
        if path in CONFIG:
            return self._config_door(scope, receive, send)
        if path == BATCHES:
            return self._ingest(scope, receive, send)
        if path == STATUS:
            return self._status_door(scope, receive, send)
        return self._admit(scope, receive, send)

    def short_way(self, path: bytes, headers: Headers) -> bytes | None:
        """What `WatchedConnections` asks first: whether this is an unchanged poll, and how to answer it."""
        door = self._short_ways.get(path)
        if door is None:
            return None
        fields = dict(headers)
        if b"content-length" in fields or b"transfer-encoding" in fields:
            return None
        return door(fields)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The other doors of agents are the server's; here it is only seen that the token is known."""
        try:
            device = await self._devices.find(header(scope, b"authorization"))
        except OSError:
            self.metrics.unavailable += 1
            return await UNAVAILABLE(send)
        if device is None or device.revoked:
            self.metrics.refused += 1
            return await (UNKNOWN_TOKEN if device is None else REVOKED)(send)
        if self._onward is None:
            return await NOT_FOUND(send)
        return await self._onward(scope, receive, send)

    # -- what changes -------------------------------------------------------------------------

    async def refresh_company(self, company_id: int) -> None:
        """Return when this process answers with what is committed now; its streams hear it right after."""
        await self._companies.refresh(company_id)

    async def refresh_token(self, digest: bytes) -> None:
        """Return when this process knows what became of a token; if it ended, its streams hear it right after."""
        self._people.forget(digest)
        await self._devices.reconsider(digest)

    def _company_changed(self, company: Company) -> None:
        self._loops.once("fan out", self._streams.fan_out(company))

    def _device_revoked(self, device: Device) -> None:
        self._streams.revoke(device.id)

    # -- life ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin the work beside the requests; the database may come later."""
        keep, every = self._loops.keep, self._loops.every
        keep("hear hints", self._listen)
        keep("write reports", self._reports.write_for_ever)
        self._ingest.start(self._loops)
        every(WRITTEN_EVERY, "write presence", self._presence.write)
        every(SAID_EVERY, "say what was written", self._written.publish)
        every(SWEPT_EVERY, "compare heads", self._companies.compare)
        every(SWEPT_EVERY, "compare tokens", self._devices.sweep)
        every(SWEPT_EVERY, "look for notices", self._notices.sweep)
        every(RETRIED_EVERY, "try slow readers", self._streams.retry)
        every(COMMENT_EVERY_S, "write comments", self._streams.comment)
        every(ALIVE_EVERY, "say that it lives", self._store.alive)
        every(SAID_AGAIN_EVERY, "say who is there", self._say_again)
        every(BURIED_EVERY, "bury the dead", self._bury)

    def begin_stop(self) -> None:
        """End all streams with a word on when to come back, and open no more; call it when the signal comes."""
        self._policy_door.stopping = True
        self._ingest.begin_stop()
        self._streams.end_all()

    async def stop(self) -> None:
        """Write what is still to be written, and leave."""
        self.begin_stop()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self._ingest.drain()
                await self._reports.write()
                await self._presence.write()
                await self._written.publish()
                await self._store.leave()
        await self._loops.end()
        await self._ingest.close()
        await self._store.close()

    async def ready(self) -> bool:
        """Whether the database answers."""
        try:
            await self._store.ping()
        except OSError:
            return False
        return True

    async def _listen(self) -> None:
        async with self._bus.listen(self._hints.heard, self._hints.gap):
            await asyncio.Event().wait()

    async def _say_again(self) -> None:
        await self._store.still_open(self._streams.devices())

    async def _bury(self) -> None:
        self._written.note(await self._store.bury())
