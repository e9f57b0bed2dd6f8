"""A stream sealed chunk by chunk: each opens alone, and only at its own place in its own stream. Pure but for chance.

sealed chunk = nonce (12, random) + AES-256-GCM of at most 64 KiB + tag (16)

Bound into every chunk: the stream's name, the chunk's number, and what it is (`MORE`, `LAST`, or the `TAIL` of a
draft). A stream that was cut has no last chunk. The nonce is random because after a crash the same place may be sealed
again with other bytes; among the 2^17 chunks of the largest file two nonces meet with a chance below 2^-60.
"""

import os
from enum import IntEnum
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sundial.server.lib.seal import NONCE, TAG, SealBroken

CHUNK = 1 << 16
EXTRA = NONCE + TAG
SEALED_CHUNK = CHUNK + EXTRA
NO_DIGEST = bytes(32)


class Kind(IntEnum):
    """What a chunk is to its stream."""

    MORE = 0
    LAST = 1
    TAIL = 2


class Stream:
    """One stream under a key that seals no other; `bound` is its name."""

    def __init__(self, key: bytes, bound: bytes) -> None:
        self._cipher = AESGCM(key)
        self._bound = len(bound).to_bytes(4, "big") + bound

    def seal(self, index: int, kind: Kind, plain: bytes | memoryview) -> bytes:
        """The chunk as it may lie on a disk."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, self._place(index, kind))

    def unseal(self, index: int, kind: Kind, sealed: bytes) -> bytes:
        """The chunk's bytes; SealBroken if one bit of them, or where they lie, is another."""
        if len(sealed) < EXTRA:
            raise SealBroken("the file is cut")
        try:
            return self._cipher.decrypt(sealed[:NONCE], memoryview(sealed)[NONCE:], self._place(index, kind))
        except InvalidTag as error:
            raise SealBroken("the seal is broken") from error

    def _place(self, index: int, kind: Kind) -> bytes:
        return self._bound + index.to_bytes(8, "big") + kind.to_bytes(1, "big")


def chunks(size: int) -> int:
    """How many chunks so many bytes make; nothing makes one, so that its end is sealed, too."""
    return max(1, -(-size // CHUNK))


def sealed_size(size: int) -> int:
    """How many bytes lie on the disk for so many."""
    return size + chunks(size) * EXTRA


def digest_with(digest: bytes, sealed: bytes) -> bytes:
    """The digest of a stream up to and with this chunk: SHA-256 over the one before, the nonce and the tag."""
    return sha256(digest + sealed[:NONCE] + sealed[-TAG:]).digest()
