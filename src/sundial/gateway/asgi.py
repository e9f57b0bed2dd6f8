"""The shapes of ASGI that the doors use."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


def header(scope: Scope, wanted: bytes) -> bytes | None:
    """The first header of that (lower-case) name."""
    for name, value in scope["headers"]:
        if name == wanted:
            return bytes(value)
    return None
