"""What is not real about a simulated agent: its probes, its person and, if it is unruly, its network."""

import asyncio
from collections.abc import AsyncIterator, Callable
from enum import StrEnum
from typing import Any

import httpx

from sundial.agent.core import effects
from sundial.agent.core.collectors import CannotApply
from sundial.protocol.backoff import Uniform
from sundial.protocol.messages import NoticeItem
from sundial.protocol.policy import Details
from sundial.protocol.settings import Settings

APPLYING_S = (0.01, 0.06)
READING_S = (0.1, 0.4)
STREAM_LASTS_S = (5.0, 30.0)


class Behaviour(StrEnum):
    """How an agent takes part."""

    OBEDIENT = "obedient"
    REJECTS = "rejects"  # its probes never start
    WAITS = "waits"  # its person never agrees
    DROPS = "drops"  # its network breaks every stream


UNRULY = (Behaviour.REJECTS, Behaviour.WAITS, Behaviour.DROPS)


def behaviour_of(index: int, *, unruly: bool) -> Behaviour:
    """Every eighth agent rejects, the next waits, the next drops; all others obey."""
    place = index % 8
    return UNRULY[place] if unruly and place < len(UNRULY) else Behaviour.OBEDIENT


class SimulatedCollectors:
    """Takes as long as probes do to take on new values, and records nothing."""

    def __init__(self, behaviour: Behaviour, uniform: Uniform) -> None:
        self._behaviour = behaviour
        self._uniform = uniform
        self.running: Settings | None = None

    async def apply(self, settings: Settings, details: Details) -> None:
        """Run on these values, or say why not."""
        await asyncio.sleep(self._uniform(*APPLYING_S))
        if self._behaviour is Behaviour.REJECTS:
            raise CannotApply("simulated: the screenshot probe found no display")
        self.running = settings

    async def stop(self) -> None:
        """Record nothing."""
        self.running = None

    def capabilities(self) -> dict[str, Any]:
        """Told to the server as what it is."""
        return {"simulated": True, "screenshots": True, "websites": True, "applications": True, "idle": True}


class SimulatedPerson:
    """Reads quickly and agrees, or never does; stops working when an administrator ends the session."""

    def __init__(self, behaviour: Behaviour, uniform: Uniform, end: Callable[[str], None]) -> None:
        self._behaviour = behaviour
        self._uniform = uniform
        self._end = end

    def ask(self, request: effects.Ask, agree: Callable[[], None]) -> None:
        """Agree after a moment."""
        if self._behaviour is not Behaviour.WAITS:
            asyncio.get_running_loop().call_later(self._uniform(*READING_S), agree)

    def tell(self, change: effects.Tell) -> None:
        """Nobody is there to read it."""

    def show(self, item: NoticeItem) -> None:
        """Of notices they heed only that their session was ended."""
        if item.kind == "session_ended":
            self._end(str(item.body.get("session", "")))


class UnsteadyTransport(httpx.AsyncBaseTransport):
    """Breaks every stream after a while, as bad networks do."""

    def __init__(self, inner: httpx.AsyncBaseTransport, uniform: Uniform) -> None:
        self._inner = inner
        self._uniform = uniform

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Streams are wrapped, all else goes through."""
        response = await self._inner.handle_async_request(request)
        if response.headers.get("Content-Type", "").startswith("text/event-stream"):
            assert isinstance(response.stream, httpx.AsyncByteStream)
            response.stream = _BreakingStream(response.stream, self._uniform(*STREAM_LASTS_S))
        return response

    async def aclose(self) -> None:
        """Close what is inside."""
        await self._inner.aclose()


class _BreakingStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, lasts_s: float) -> None:
        self._inner = inner
        self._lasts_s = lasts_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        end = asyncio.get_running_loop().time() + self._lasts_s
        pieces = aiter(self._inner)
        while True:
            try:
                async with asyncio.timeout_at(end):
                    piece = await anext(pieces)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise httpx.ReadError("simulated: the network broke") from error
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()
