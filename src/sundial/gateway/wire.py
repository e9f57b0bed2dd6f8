"""Answers as ready ASGI messages, made once and sent many times; refusals in the two forms that callers know."""

from http import HTTPStatus
from typing import Any, Final

from sundial.gateway.asgi import Headers, Message, Send
from sundial.protocol import codec
from sundial.protocol.messages import ErrorAnswer, ErrorBody

JSON: Final = (b"content-type", b"application/json")
CLOSE: Final = (b"connection", b"close")
NOT_STORED: Final = (b"cache-control", b"no-store")


class Answer:
    """A whole answer: its head and its body."""

    __slots__ = ("body", "start")

    def __init__(self, status: int, body: bytes = b"", headers: Headers | None = None) -> None:
        length = [] if status == 304 else [(b"content-length", str(len(body)).encode())]
        self.start: Message = {
            "type": "http.response.start",
            "status": status,
            "headers": [*(headers or []), *length],
        }
        self.body: Message = {"type": "http.response.body", "body": body}

    async def __call__(self, send: Send) -> None:
        """Send it."""
        await send(self.start)
        await send(self.body)

    @property
    def head(self) -> bytes:
        """Status line and headers as they travel, for an answer without a body."""
        line = f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}\r\n".encode()
        headers: Headers = self.start["headers"]
        return line + b"".join(b"%b: %b\r\n" % pair for pair in headers)

    @property
    def status(self) -> int:
        """The status code."""
        status: int = self.start["status"]
        return status


def json_answer(status: int, message: object, *headers: tuple[bytes, bytes]) -> Answer:
    """An answer with a JSON body that nobody may keep."""
    return Answer(status, codec.encode(message), [JSON, NOT_STORED, *headers])


def refusal(status: int, code: str, message: str, *headers: tuple[bytes, bytes]) -> Answer:
    """A refusal in the agent protocol's form."""
    return json_answer(status, ErrorAnswer(error=ErrorBody(code=code, message=message)), *headers)


def classic_refusal(status: int, message: str, *headers: tuple[bytes, bytes]) -> Answer:
    """A refusal in the first system's form."""
    body: dict[str, Any] = {"status": False, "message": message}
    return json_answer(status, body, *headers)


def retry_after(seconds: int) -> tuple[bytes, bytes]:
    """The header that says when to come back."""
    return b"retry-after", str(seconds).encode()


_BEARER: Final = (b"www-authenticate", b"Bearer")
_TOKEN: Final = (b"www-authenticate", b"Token")

UNKNOWN_TOKEN: Final = refusal(401, "unauthorized", "This token is not known here.", _BEARER)
REVOKED: Final = refusal(403, "revoked", "This device has been revoked; stop for good.")
SUSPENDED: Final = refusal(403, "suspended", "This company is suspended; stop recording and ask again later.")
NOT_FOUND: Final = refusal(404, "not_found", "There is nothing here.")
GET_ONLY: Final = refusal(405, "method_not_allowed", "This can only be read.", (b"allow", b"GET, HEAD"))
POST_ONLY: Final = refusal(405, "method_not_allowed", "This takes POST.", (b"allow", b"POST"))
TOO_SLOW: Final = refusal(408, "malformed", "The body did not arrive in time.", CLOSE)
TOO_LARGE: Final = refusal(413, "too_large", "The body is too large.", CLOSE)
TOO_MANY_STREAMS: Final = refusal(
    429, "too_many_requests", "This device has as many streams open as it may.", retry_after(30)
)
TOO_MANY_BATCHES: Final = refusal(
    429, "too_many_requests", "Too much of this company is waiting to be written; come back.", retry_after(2)
)
UNAVAILABLE: Final = refusal(503, "unavailable", "Not possible at this moment; come back.", retry_after(2))
STOPPING: Final = refusal(503, "unavailable", "This server is about to stop; come back.", retry_after(1), CLOSE)

CLASSIC_UNKNOWN_TOKEN: Final = classic_refusal(401, "Invalid token.", _TOKEN)
CLASSIC_WRONG_KEY: Final = classic_refusal(403, "The company key does not belong to this company.")
CLASSIC_NO_COMPANY: Final = classic_refusal(403, "This account belongs to no company.")
CLASSIC_INACTIVE: Final = classic_refusal(403, "This account is not active.")
CLASSIC_SUSPENDED: Final = classic_refusal(403, "This company is suspended.")
CLASSIC_GET_ONLY: Final = classic_refusal(405, "This can only be read.", (b"allow", b"GET, HEAD"))
CLASSIC_TOO_SLOW: Final = classic_refusal(408, "The body did not arrive in time.", CLOSE)
CLASSIC_TOO_LARGE: Final = classic_refusal(413, "The body is too large.", CLOSE)
CLASSIC_UNAVAILABLE: Final = classic_refusal(503, "Not possible at this moment; come back.", retry_after(2))


def malformed(reason: str) -> Answer:
    """The body is not what this door takes; the reason is for whoever wrote the caller."""
    return refusal(400, "malformed", reason)
