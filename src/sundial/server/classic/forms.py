"""What the first system's clients send: JSON with exact types, or forms in which everything is text."""

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files import File
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.lib.words import is_storable

BODY_LIMIT = 64 * 1024
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
        if not is_storable(value):
            raise BadBody(f"`{name}` contains characters that are none.")
        return value

    def first_text(self, *names: str) -> str | None:
        """The text under the first of these names that is there."""
        return next((self.text(name) for name in names if name in self.values), None)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A list of objects, empty if it is not there; in a form it is JSON."""
        value = self.values.get(name)
        if self.is_form and isinstance(value, str):
            value = _loaded(value)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise BadBody(f"`{name}` must be a list of objects.")
        return value

    def id(self, *names: str) -> int | None:
        """The id under the first of these names that is there; a number, or digits."""
        for name in names:
            if name in self.values:
                return _id(name, self.values[name])
        return None


def read(request: HttpRequest, limit: int = BODY_LIMIT) -> Body:
    """The body of a request; raises BadBody with 400 or 413 for what is no body of ours."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > limit or (limit == BODY_LIMIT and len(request.body) > limit):
            raise BadBody(f"At most {limit} bytes are taken here.", 413)
        if request.content_type == "multipart/form-data":
            return Body(_parts(request), is_form=True)
        # The framework keeps no body as large as a picture; whoever may send one is measured above.
        small = length <= BODY_LIMIT
        if request.content_type in _FORMS:
            form = _form(request) if small else QueryDict(request.read(length), encoding="utf-8").dict()
            return Body(form, is_form=True)
        raw = request.body if small else request.read(length)
        return Body(_json(raw), is_form=False)
    except RequestDataTooBig as error:
        raise BadBody("The body is too large.", 413) from error
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError) as error:
        raise BadBody("The body cannot be read.", 400) from error


def _parts(request: HttpRequest) -> dict[str, Any]:
    if request.method != "POST":
        return {}
    return {
        **request.POST.dict(),
        **{name: file.read() for name, file in request.FILES.items() if isinstance(file, File)},
    }


def _form(request: HttpRequest) -> dict[str, Any]:
    if request.method == "POST":
        return request.POST.dict()
    return QueryDict(request.body, encoding="utf-8").dict()


def _json(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        return {}
    value = _loaded(raw)
    if not isinstance(value, dict):
        raise BadBody("The body must be a JSON object.", 400)
    return value


def _loaded(text: bytes | str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadBody("The body is not JSON.", 400) from error


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _id(name: str, value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if type(value) is int and 0 < value <= HIGHEST_ID:
        return value
    raise BadBody(f"`{name}` must be an id.")
