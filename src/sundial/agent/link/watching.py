"""The loop that watches the policy: one stream, opened again whenever it ends."""

import asyncio
from typing import NoReturn

from sundial.agent.core import events
from sundial.agent.core.clock import Clock
from sundial.agent.link.doors import ANSWER_WITHIN_S, Doors
from sundial.agent.link.errors import LinkError, Revoked, Suspended, Trouble, Unknown
from sundial.agent.link.host import Host
from sundial.agent.link.patience import Patience
from sundial.agent.link.presence import Presence
from sundial.protocol import codec
from sundial.protocol.backoff import Uniform
from sundial.protocol.messages import SILENCE_S, Goaway, Notice, PolicyDocument
from sundial.protocol.messages import Revoked as RevokedMessage
from sundial.protocol.sse import ServerEvent


class Goodbye(Exception):
    """The server will restart, and said when to come back."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("the server said goodbye")
        self.wait_s = wait_s


class Watcher:
    """Runs until it is cancelled, or raises Revoked."""

    def __init__(self, doors: Doors, host: Host, presence: Presence, clock: Clock, uniform: Uniform) -> None:
        self._doors = doors
        self._host = host
        self._presence = presence
        self._uniform = uniform
        self._patience = Patience(presence, clock, uniform)

    async def run(self) -> None:
        """Watch, and watch again."""
        while True:
            self._presence.doors.forget()
            wait = await self._watch_once()
            await self._presence.doors.wait(wait)

    async def _watch_once(self) -> float:
        """Seconds until the next try."""
        try:
            await self._read()
        except Goodbye as goodbye:
            self._patience.after_end()
            self._host.say(f"The server restarts: live connection again in {goodbye.wait_s:.1f} s")
            return goodbye.wait_s
        except LinkError as error:
            wait = self._patience.after(error)
            if not isinstance(error, Suspended | Unknown):
                self._host.say(f"No live connection: {error}; polling meanwhile, trying again in {wait:.1f} s")
            return wait
        finally:
            self._presence.set_streaming(False)

    async def _read(self) -> NoReturn:
        silence = asyncio.timeout(ANSWER_WITHIN_S)
        try:
            async with silence:
                await self._read_until(silence)
        except TimeoutError as error:
            raise Trouble(f"nothing heard for {SILENCE_S} s" if self._presence.streaming else "no answer") from error
        raise Trouble("the server ended it")

    async def _read_until(self, silence: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        async with self._doors.watch(self._host.known_etags()) as stream:
            self._patience.went_well()
            self._presence.set_streaming(True)
            silence.reschedule(loop.time() + SILENCE_S)
            async for found in stream:
                silence.reschedule(loop.time() + SILENCE_S)
                for event in found:
                    self._take(event)

    def _take(self, event: ServerEvent) -> None:
        try:
            self._understand(event)
        except codec.Malformed as error:
            raise Trouble(f"an event that cannot be read: {error}") from error

    def _understand(self, event: ServerEvent) -> None:
        match event.event:
            case "policy":
                self._presence.opened()
                self._host.heard(events.Received(codec.decode(PolicyDocument, event.data)))
            case "notice":
                self._presence.notice(codec.decode(Notice, event.data))
            case "goaway":
                low, high = codec.decode(Goaway, event.data).reconnect_ms
                raise Goodbye(self._uniform(low, max(low, high)) / 1000)
            case "revoked":
                raise Revoked(codec.decode(RevokedMessage, event.data).reason or "revoked")
