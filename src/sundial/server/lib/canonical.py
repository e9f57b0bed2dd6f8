"""JSON in one form only (RFC 8785), so that the same facts are always the same bytes."""

from typing import Any

import rfc8785


def dumps(value: Any) -> bytes:
    """The canonical bytes; ValueError for what has none (NaN, a lone surrogate, an integer beyond 2**53)."""
    return rfc8785.dumps(value)


def text(value: Any) -> str:
    """The same as a string."""
    return rfc8785.dumps(value).decode()
