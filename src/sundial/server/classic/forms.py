"""What the first system's clients send: JSON with exact types, or forms in which everything is text."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

BODY_LIMIT = 64 * 1024
_HIGHEST_ID = 2**63 - 1
_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


class BadBody(Exception):
    """This body cannot be taken; the text says why, `status` how bad it is."""

    def __init__(self, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.message, self.status = message, status


@dataclass(frozen=True)
class Body:
    """The fields of a request; in a form every value is text."""

    values: dict[str, Any]
    is_form: bool

    def text(self, name: str) -> str:
        """A text that must be there."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise BadBody(f"`{name}` must be a text.")
        if not storable(value):
            raise BadBody(f"`{name}` contains characters that are none.")
        return value

    def first_text(self, *names: str) -> str | None:
        """The text under the first of these names that is there."""
        return next((self.text(name) for name in names if name in self.values), None)

    def id(self, *names: str) -> int | None:
        """The id under the first of these names that is there; a number, or digits."""
        for name in names:
            if name in self.values:
                return _id(name, self.values[name])
        return None


def read(request: HttpRequest) -> Body:
    """The body of a request; raises BadBody with 400 or 413 for what is no body of ours."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT or len(request.body) > BODY_LIMIT:
            raise BadBody(f"At most {BODY_LIMIT} bytes are taken here.", 413)
        if request.content_type in _FORMS:
            return Body(_form(request), is_form=True)
        return Body(_json(request.body), is_form=False)
    except RequestDataTooBig as error:
        raise BadBody("The body is too large.", 413) from error
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
        raise BadBody("The body cannot be read.", 400) from error


def _form(request: HttpRequest) -> dict[str, Any]:
    if request.method == "POST":
        return request.POST.dict()
    return QueryDict(request.body, encoding="utf-8").dict()


def _json(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        return {}
    try:
        value = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadBody("The body is not JSON.", 400) from error
    if not isinstance(value, dict):
        raise BadBody("The body must be a JSON object.", 400)
    return value


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _id(name: str, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if type(value) is int and 0 < value <= _HIGHEST_ID:
        return value
    raise BadBody(f"`{name}` must be an id.")


def storable(text: str) -> bool:
    """PostgreSQL stores no NUL, and UTF-8 has no lone surrogate."""
    return not any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in text)
