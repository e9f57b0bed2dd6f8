"""AES-256-GCM of something small: sealed under a key, bound to where it belongs, opened whole or not at all. Pure."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE, TAG = 32, 12, 16


class SealBroken(Exception):
    """These bytes were changed, belong elsewhere, or their key is gone."""


def seal(key: bytes, plain: bytes, aad: bytes) -> bytes:
    """The bytes under this key, bound to `aad`."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The bytes again; SealBroken if anything of them, or where they belong, is another."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], aad)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the seal is broken") from error
