"""A page's end of the wire: python-socketio's client, keeping what it hears in order."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import socketio

from tests.loops import News

Heard = tuple[str, dict[str, Any]]
PATIENCE = 10.0  # seconds until a test that waits in vain fails


class Console:
    """One open page."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.heard: list[Heard] = []
        self.refusal: dict[str, Any] | None = None
        self._news = News()
        self._gone = asyncio.Event()
        self._http = aiohttp.ClientSession()
        self._client = socketio.AsyncClient(reconnection=False, http_session=self._http)
        self._client.on("*", self._hear)
        self._client.on("connect_error", self._refused)
        self._client.on("disconnect", self._left)

    async def connect(self, session: str | None, *, origin: str | None = "same") -> None:
        """Open the connection as the browser with this session would; raises ConnectionError when refused."""
        headers = {}
        if session is not None:
            headers["Cookie"] = f"other=1; sessionid={session}"
        if origin is not None:
            headers["Origin"] = self.address if origin == "same" else origin
        await self._client.connect(self.address, headers=headers, transports=["websocket"])

    async def say(self, event: str, *data: Any) -> None:
        """Send one event."""
        await self._client.emit(event, data)

    async def ask(self, event: str, answer: str, *data: Any) -> dict[str, Any]:
        """Send one event and wait for the first `answer` that comes after."""
        start = len(self.heard)
        await self.say(event, *data)
        await self.until(lambda: any(kind == answer for kind, _ in self.heard[start:]))
        return next(body for kind, body in self.heard[start:] if kind == answer)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until this holds of what was heard."""
        await self._news.until(holds, PATIENCE)

    async def hears(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait for that many events of this kind, and answer all of them."""
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    async def sees(self, *emails: str) -> None:
        """Wait until the page was told last that exactly these are present."""
        await self.until(lambda: [fact["users"] for fact in self.of("presence")][-1:] == [sorted(emails)])

    async def is_shown_out(self) -> None:
        """Wait until the server ended the connection."""
        async with asyncio.timeout(PATIENCE):
            await self._gone.wait()

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Everything of this kind that was heard so far."""
        return [body for heard, body in self.heard if heard == kind]

    async def leave(self) -> None:
        """Close the page."""
        await self._client.disconnect()
        await self._http.close()

    async def _hear(self, kind: str, body: dict[str, Any]) -> None:
        self.heard.append((kind, body))
        self._news.tell()

    async def _refused(self, reason: Any) -> None:
        self.refusal = reason if isinstance(reason, dict) else {"message": reason}

    async def _left(self, *_reason: Any) -> None:
        self._gone.set()
