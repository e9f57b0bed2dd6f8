"""JSON bytes to checked messages and back."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


class Malformed(ValueError):
    """These bytes are not the message that was expected; the text says where and why."""


def encode(message: object) -> bytes:
    """One line of UTF-8 JSON."""
    return _encoder.encode(message)


def decode(kind: type[T], data: bytes | str) -> T:
    """The message of that kind; unknown fields are passed over, so that either side may be newer."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from error


def decode_object(data: bytes | str) -> dict[str, Any]:
    """Any JSON object, unchecked within."""
    return decode(dict[str, Any], data)
