"""What an action may answer instead of doing its work, with the status and the code that doors answer by.

SundialError
├── NotAllowed   403
├── NotFound     404, foreign and unknown alike
├── Invalid      422, with a message for each field
├── Conflict     409, in the API 412 where it has a difference
└── TooMany      429, with the seconds to wait

A particular refusal is a class beneath one of these, with a status or a code of its own where it has one.
"""

from collections.abc import Mapping
from typing import Any


class SundialError(Exception):
    """A refusal in plain words that the person who asked may read."""

    status, code = 400, "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


UNSAID = "You may not do this."


class NotAllowed(SundialError):
    """This person may not do this; `UNSAID` where there is nothing more to say."""

    status, code = 403, "forbidden"

    def __init__(self, message: str = UNSAID) -> None:
        super().__init__(message)


class NotFound(SundialError):
    """No such thing, or none that this person may know of."""

    status, code = 404, "not_found"

    def __init__(self, message: str = "Not found.") -> None:
        super().__init__(message)


class Invalid(SundialError):
    """The input does not fit; `fields` says where and why."""

    status, code = 422, "invalid"

    def __init__(self, fields: Mapping[str, str], message: str = "Some values do not fit.") -> None:
        super().__init__(message)
        self.fields = dict(fields)


class Conflict(SundialError):
    """Someone else changed it first; `difference` says what."""

    status, code = 409, "conflict"

    def __init__(self, message: str, difference: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.difference = dict(difference or {})


class TooMany(SundialError):
    """Asked too often; try again after `retry_after` seconds."""

    status, code = 429, "too_many_requests"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
