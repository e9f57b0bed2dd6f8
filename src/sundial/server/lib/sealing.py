"""Data keys wrapped by a root key outside the database; what is sealed is bound to where it belongs.

Wrapped: see `root_keys`, which has roots of its own for each purpose. Sealed: a nonce (12) and the bytes under
AES-256-GCM. `aad` names what they belong to: under another name they do not open. Streams: see `sealed_stream`.
"""

import secrets

from sundial.server.lib import root_keys
from sundial.server.lib.seal import KEY_BYTES, SealBroken, seal, unseal

__all__ = ["KEY_BYTES", "SealBroken", "new_wrapped_key", "seal", "unseal", "unwrap"]


def new_wrapped_key(purpose: str, aad: bytes) -> bytes:
    """A fresh data key, already wrapped by the root key of this purpose."""
    return root_keys.wrap(purpose, secrets.token_bytes(KEY_BYTES), aad)


def unwrap(purpose: str, wrapped: bytes, aad: bytes) -> bytes:
    """The data key; SealBroken if it was wrapped for something else."""
    return root_keys.unwrap(purpose, wrapped, aad)
