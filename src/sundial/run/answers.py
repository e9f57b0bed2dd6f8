"""Short answers given before any application is reached, in the form that the door's callers know."""

import json
from typing import Final

from sundial.gateway.asgi import Headers, Scope, Send

CODES: Final = {
    403: "forbidden",
    404: "not_found",
    408: "timeout",
    411: "length_required",
    413: "too_large",
    500: "internal",
    503: "unavailable",
}
CLOSE: Final = (b"connection", b"close")
RETRY: Final = (b"retry-after", b"2")


async def plain(send: Send, status: int, text: str, kind: bytes = b"text/plain; charset=utf-8") -> None:
    """A short text."""
    await _answer(send, status, text.encode(), kind, [])


async def refuse(scope: Scope, send: Send, status: int, message: str, *extra: tuple[bytes, bytes]) -> None:
    """A refusal as JSON: in one form for the public API and agents, elsewhere in the first system's."""
    await begin_refusal(scope, send, status, message, *extra)
    await send({"type": "http.response.body", "body": b""})


async def begin_refusal(scope: Scope, send: Send, status: int, message: str, *extra: tuple[bytes, bytes]) -> None:
    """The whole refusal but for its end: the caller can read it while we still hear them out."""
    body = _refusal(scope["path"], status, message)
    await _start(send, status, b"application/json", len(body), list(extra))
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _refusal(path: str, status: int, message: str) -> bytes:
    if path.startswith(("/api/v1/", "/agent/v1/")):
        return json.dumps({"error": {"code": CODES[status], "message": message}}).encode()
    return json.dumps({"status": False, "message": message}).encode()


async def _answer(send: Send, status: int, body: bytes, kind: bytes, extra: Headers) -> None:
    await _start(send, status, kind, len(body), extra)
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, kind: bytes, length: int, extra: Headers) -> None:
    headers = [
        (b"content-type", kind),
        (b"content-length", str(length).encode()),
        (b"cache-control", b"no-store"),
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
