"""Request bodies: measured before they are read, and read whole before a thread is taken for them."""

import asyncio
import contextlib
import io
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import IO, Any, Final

from sundial.gateway.asgi import Receive, Scope, header

IN_MEMORY: Final = 1 << 20
PATIENCE: Final = 30.0  # seconds without a single byte
HEARD_OUT: Final = 1 << 20  # bytes of a refused body that are still taken, so that its sender sees the answer
HEARD_OUT_SECONDS: Final = 1.0

InThread = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Limit:
    """How many bytes a body may have, and the way for what is larger, in words."""

    most: int
    instead: str = ""

    @property
    def words(self) -> str:
        """What the sender of a larger one reads."""
        return f"The body is too large: at most {self.most} bytes are taken. {self.instead}".strip()


ORDINARY: Final = Limit(1 << 20)


class Refused(Exception):
    """The body will not be read; the answer's status and words, and whether the connection is lost with it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class ClientLeft(Exception):
    """The caller went before the body was whole: nobody may take what came for all of it."""


def check(scope: Scope, limit: Limit) -> None:
    """Raise `Refused` for a body of unknown length, or one longer than `limit`, before any of it is read."""
    if header(scope, b"transfer-encoding") is not None:
        raise Refused(411, "Send a Content-Length: bodies in chunks are not taken.")
    length = header(scope, b"content-length")
    if length is not None and int(length) > limit.most:
        raise Refused(413, limit.words)


async def read(receive: Receive, in_thread: InThread) -> tuple[IO[bytes], int]:
    """The whole body, from its beginning, and its length: in memory when small, else in a file without a name."""
    body: IO[bytes] = io.BytesIO()
    size, more = 0, True
    try:
        while more:
            chunk, more = await _next(receive)
            if size <= IN_MEMORY < size + len(chunk):
                body = await in_thread(_to_file, body)
            size += len(chunk)
            if size > IN_MEMORY:
                await in_thread(body.write, chunk)
            else:
                body.write(chunk)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body, size


async def hear_out(receive: Receive) -> None:
    """Take a little more of a refused body: a connection closed over unread bytes may swallow the answer."""
    left = HEARD_OUT
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HEARD_OUT_SECONDS):
            while left > 0:
                message = await receive()
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
                left -= len(message.get("body", b""))


async def _next(receive: Receive) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(PATIENCE):
            message = await receive()
    except TimeoutError:
        raise Refused(408, "The body did not arrive.") from None
    if message["type"] == "http.disconnect":
        raise ClientLeft
    return message.get("body", b""), message.get("more_body", False)


def _to_file(memory: io.BytesIO) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed over, and closed by the bridge
    file.write(memory.getbuffer())
    return file
