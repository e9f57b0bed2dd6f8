"""One question and one answer a connection, each a line of JSON."""

from typing import Any, Literal

from msgspec import Struct

Do = Literal["status", "refresh", "show"]
LONGEST_LINE = 1 << 20


class Question(Struct, frozen=True):
    """What the command line wants."""

    do: Do


class Answer(Struct, frozen=True):
    """`error` is empty if it was done."""

    error: str = ""
    status: dict[str, Any] = {}
