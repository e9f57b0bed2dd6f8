"""The hash tree of RFC 6962 kept as a frontier: a log grows in little space, and its root is always known.

A frontier holds the roots of the full subtrees that make up the log, largest first: one for each 1 in the
binary form of its size. Leaves are hashed with a 0x00 in front and nodes with a 0x01, so that neither can
pass for the other.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

_LEAF = b"\x00"
_NODE = b"\x01"


def leaf_hash(leaf: bytes) -> bytes:
    """The hash under which these bytes enter the tree."""
    return sha256(_LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(_NODE + left + right).digest()


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """The root over these hashes, whose number must be a power of two."""
    level = hashes
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [sha256(_NODE + left + right).digest() for left, right in pairs]
    return level[0]


class Frontier:
    """The right edge of a growing tree."""

    __slots__ = ("_hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)
        if len(self._hashes) != size.bit_count():
            raise ValueError(f"a log of {size} entries has {size.bit_count()} subtrees, not {len(self._hashes)}")

    @classmethod
    def from_bytes(cls, size: int, data: bytes) -> "Frontier":
        """The frontier that `to_bytes` wrote for a log of this size (ValueError if it cannot be)."""
        if len(data) % HASH_BYTES:
            raise ValueError("a frontier is made of whole hashes")
        return cls(size, (data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)))

    def to_bytes(self) -> bytes:
        """The hashes one after another, largest subtree first."""
        return b"".join(self._hashes)

    def copy(self) -> "Frontier":
        """Another frontier at the same place."""
        return Frontier(self.size, self._hashes)

    def append(self, leaf: bytes, level: int = 0) -> None:
        """Add one leaf's hash; with a level, the root of a full subtree of 2**level leaves."""
        width = 1 << level
        if self.size & (width - 1):
            raise ValueError(f"a subtree of {width} leaves cannot begin at {self.size}")
        rest = self.size >> level
        while rest & 1:
            leaf = sha256(_NODE + self._hashes.pop() + leaf).digest()
            rest >>= 1
        self._hashes.append(leaf)
        self.size += width

    def root(self) -> bytes:
        """The root of the tree as it stands; of an empty one, the hash of nothing."""
        if not self._hashes:
            return EMPTY_ROOT
        root = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            root = sha256(_NODE + left + root).digest()
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
