"""An httpx transport that calls an ASGI application in the same loop and streams its answer, as a socket would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

import httpx

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class Wire(httpx.AsyncBaseTransport):
    """`cut` refuses new connections and breaks the open ones."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._open: set[_Exchange] = set()
        self._is_cut = False

    def cut(self) -> None:
        self._is_cut = True
        for exchange in list(self._open):
            exchange.break_off()

    def mend(self) -> None:
        self._is_cut = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._is_cut:
            raise httpx.ConnectError("no route to the server", request=request)
        exchange = _Exchange(self._app, request, await request.aread())
        self._open.add(exchange)
        exchange.task.add_done_callback(lambda _task: self._open.discard(exchange))
        start = await exchange.start
        return httpx.Response(start["status"], headers=start["headers"], stream=exchange, request=request)


class _Exchange(httpx.AsyncByteStream):
    def __init__(self, app: App, request: httpx.Request, body: bytes) -> None:
        self._body = body
        self._sent: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self._asked = False
        self._gone = asyncio.Event()
        self.start: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self.task = asyncio.ensure_future(self._run(app, _scope(request)))

    async def _run(self, app: App, scope: Message) -> None:
        await app(scope, self._receive, self._send)
        self._sent.put_nowait(None)

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not self.start.done():
                self.start.set_result(message)
        elif message.get("body"):
            self._sent.put_nowait(message["body"])

    def break_off(self) -> None:
        error = httpx.ReadError("the connection was reset")
        if not self.start.done():
            self.start.set_exception(error)
        self._sent.put_nowait(error)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await self._sent.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def aclose(self) -> None:
        self._gone.set()


def _scope(request: httpx.Request) -> Message:
    return {
        "type": "http",
        "method": request.method,
        "path": request.url.path,
        "query_string": request.url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }
