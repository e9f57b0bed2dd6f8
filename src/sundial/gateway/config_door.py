"""`GET /api/employee-config/`: the same policy for clients of the first system, in its form."""

from typing import Any, Final
from urllib.parse import parse_qsl

from sundial.gateway import body, secrets
from sundial.gateway.asgi import Receive, Scope, Send
from sundial.gateway.metrics import Metrics
from sundial.gateway.people import People, Person
from sundial.gateway.wire import (
    CLASSIC_GET_ONLY,
    CLASSIC_INACTIVE,
    CLASSIC_NO_COMPANY,
    CLASSIC_SUSPENDED,
    CLASSIC_TOO_LARGE,
    CLASSIC_TOO_SLOW,
    CLASSIC_UNAVAILABLE,
    CLASSIC_UNKNOWN_TOKEN,
    CLASSIC_WRONG_KEY,
    Answer,
)
from sundial.protocol import codec

LIMIT: Final = 8 * 1024  # bytes of the older body form


class ConfigDoor:
    """A person's token opens it; `X-Company-Key`, where given, must be their company's."""

    def __init__(self, people: People, metrics: Metrics) -> None:
        self._people = people
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, unchanged if the caller says so."""
        answer = await self._answer(scope, receive)
        await send(answer.start)
        await send(answer.body)

    def short_way(self, headers: dict[bytes, bytes]) -> bytes | None:
        """The head of the answer to an unchanged poll, if it is one and nothing needs to be asked."""
        person = self._people.cached(secrets.token(headers.get(b"authorization")))
        known = headers.get(b"if-none-match")
        if person is None or known is None or self._refusal(person, headers.get(b"x-company-key")) is not None:
            return None
        head = person.company.head if person.company is not None else None
        if head is None or known != head.quoted:
            return None
        self._metrics.config_polls += 1
        return head.unchanged_head

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        if scope["method"] not in ("GET", "HEAD"):
            return CLASSIC_GET_ONLY
        try:
            person = await self._who(headers.get(b"authorization"), scope, receive)
        except body.TooLarge:
            return CLASSIC_TOO_LARGE
        except body.TooSlow:
            return CLASSIC_TOO_SLOW
        except (body.Gone, OSError):
            self._metrics.unavailable += 1
            return CLASSIC_UNAVAILABLE
        return self._config(person, headers.get(b"x-company-key"), headers.get(b"if-none-match"))

    async def _who(self, authorization: bytes | None, scope: Scope, receive: Receive) -> Person | None:
        if authorization is not None:
            return await self._people.find(secrets.token(authorization))
        claimed, secret = claim_in(await body.read(scope, receive, LIMIT))
        person = await self._people.find(secret)
        return person if person is not None and str(person.id) == claimed else None

    def _config(self, person: Person | None, key: bytes | None, known: bytes | None) -> Answer:
        refusal = self._refusal(person, key)
        if refusal is not None:
            self._metrics.refused += 1
            return refusal
        head = person.company.head if person is not None and person.company is not None else None
        if head is None:
            self._metrics.unavailable += 1
            return CLASSIC_UNAVAILABLE
        self._metrics.config_polls += 1
        return head.unchanged if head.is_known_as(known) else head.config

    def _refusal(self, person: Person | None, key: bytes | None) -> Answer | None:
        if person is None:
            return CLASSIC_UNKNOWN_TOKEN
        if person.company is None:
            return CLASSIC_NO_COMPANY
        if key is not None and not person.company.is_named_by(key.decode("latin-1").strip()):
            return CLASSIC_WRONG_KEY
        if not person.active:
            return CLASSIC_INACTIVE
        return CLASSIC_SUSPENDED if person.company.suspended else None


def claim_in(data: bytes) -> tuple[str, bytes | None]:
    """Who the caller claims to be, and the secret, in the body form of the oldest clients: JSON or a form."""
    try:
        fields: dict[str, Any] = codec.decode_object(data)
    except codec.Malformed:
        fields = dict(parse_qsl(data.decode("latin-1")))
    secret = fields.get("active_token", fields.get("token"))
    claimed = str(fields.get("employee_id", fields.get("id", "")))
    return claimed, secret.encode("utf-8", "replace") if isinstance(secret, str) else None
