"""Keys in rows are wrapped again under the root that is in use; one that cannot be read stays as it is."""

from dataclasses import dataclass

import structlog

from sundial.server.lib import root_keys
from sundial.server.lib.seal import SealBroken

log = structlog.get_logger("sundial.keys")


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """So many keys were wrapped again, and so many could not be read."""

    done: int = 0
    unreadable: int = 0

    def and_one(self, fresh: bytes | None) -> "Rewrapped":
        """With one more, as `rewrapped` answered it."""
        return self + (Rewrapped(unreadable=1) if fresh is None else Rewrapped(done=1))

    def __add__(self, other: "Rewrapped") -> "Rewrapped":
        return Rewrapped(self.done + other.done, self.unreadable + other.unreadable)


def rewrapped(purpose: str, wrapped: bytes, aad: bytes) -> bytes | None:
    """The same key under the root in use; None, and a line in the log, for one that cannot be read."""
    try:
        return root_keys.wrap(purpose, root_keys.unwrap(purpose, wrapped, aad), aad)
    except SealBroken as error:
        log.error("a key cannot be read", purpose=purpose, belongs_to=aad.decode("ascii", "replace"), why=str(error))
        return None
