"""One shape for every refusal: `{"error": {"code", "message", "fields"?}}`."""

from typing import Any

from django.http import HttpResponse
from ninja import Schema

from sundial.server.lib.errors import NotFound
from sundial.server.lib.refusals import refused


class Problem(Schema):
    """What went wrong, in plain words; `fields` says it for each field, `difference` what someone else changed."""

    code: str
    message: str
    fields: dict[str, str] | None = None
    difference: dict[str, Any] | None = None


class Refusal(Schema):
    """The body of every answer that is not a success."""

    error: Problem


# Every operation may answer these; the table is what the description of the API is made from.
_ALWAYS = (400, 401, 403, 404, 422, 429, 500, 503)


class Refused(Exception):
    """A refusal with a status and a code of its own."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def not_found() -> HttpResponse:
    """The same bytes for a foreign id, an unknown one, one that is none, and a path that leads nowhere."""
    return refused(NotFound())


def answers(success: Any, status: int = 200, *others: int) -> dict[int, Any]:
    """The answers of an operation, for its declaration: one success, and every refusal."""
    return {status: success, **dict.fromkeys(sorted({*_ALWAYS, *others}), Refusal)}


def creates(success: Any, status: int = 201) -> dict[int, Any]:
    """The answers of a POST: as `answers`, with what a body and an Idempotency-Key may add."""
    return answers(success, status, 409, 413, 415)


def changes(success: Any, *others: int) -> dict[int, Any]:
    """The answers of a change."""
    return answers(success, 200, 409, 413, 415, *others)
