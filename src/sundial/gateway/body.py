"""Bodies, limited before and while they are read."""

import asyncio
from typing import Final

from sundial.gateway.asgi import Receive, Scope, header

PATIENCE: Final = 10.0  # seconds for the whole body


class TooLarge(Exception):
    """More than the door takes; the connection must be closed, or the server reads on to the end."""


class TooSlow(Exception):
    """The body did not arrive in time."""


class Gone(Exception):
    """The caller left before the body was whole."""


async def read(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body, of at most `limit` bytes."""
    announced = header(scope, b"content-length")
    if announced is not None and not (announced.isdigit() and int(announced) <= limit):
        raise TooLarge
    try:
        async with asyncio.timeout(PATIENCE):
            return await _collect(receive, limit)
    except TimeoutError:
        raise TooSlow from None


async def _collect(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if len(body) > limit:
            raise TooLarge
        if not message.get("more_body", False):
            return bytes(body)
