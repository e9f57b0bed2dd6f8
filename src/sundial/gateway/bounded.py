"""A dictionary that forgets what it learnt first when it is full."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(dict[K, V]):
    """At most `limit` entries."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: K, value: V) -> None:
        """Add or replace, forgetting the oldest where there is no room."""
        super().__setitem__(key, value)
        if len(self) > self._limit:
            del self[next(iter(self))]
