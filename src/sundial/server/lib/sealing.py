"""Data keys wrapped by a root key in a file outside the database; what is sealed is bound to where it belongs.

`<keys directory>/<purpose>/root-0001.key`, 32 random bytes, mode 600, made once. Wrapped: the root's number (2 bytes),
a nonce (12), and the key under AES-256-GCM; sealed: a nonce (12) and the bytes. `aad` names what they belong to: under
another name they do not open.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES, NONCE_BYTES, NUMBER_BYTES = 32, 12, 2
_CURRENT = 1


class SealBroken(Exception):
    """These bytes were changed, belong elsewhere, or their key is gone."""


def new_wrapped_key(purpose: str, aad: bytes) -> bytes:
    """A fresh data key, already wrapped by the root key of this purpose."""
    root = _root(purpose, _CURRENT, make=True)
    return _CURRENT.to_bytes(NUMBER_BYTES, "big") + seal(root, secrets.token_bytes(KEY_BYTES), aad)


def unwrap(purpose: str, wrapped: bytes, aad: bytes) -> bytes:
    """The data key; SealBroken if it was wrapped for something else."""
    number = int.from_bytes(wrapped[:NUMBER_BYTES], "big")
    return unseal(_root(purpose, number, make=False), wrapped[NUMBER_BYTES:], aad)


def seal(key: bytes, plain: bytes, aad: bytes) -> bytes:
    """The bytes under this key, bound to `aad`."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def unseal(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """The bytes again; SealBroken if anything of them, or where they belong, is another."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("the seal is broken") from error


def _root(purpose: str, number: int, *, make: bool) -> bytes:
    path = Path(settings.KEYS_DIR) / purpose / f"root-{number:04d}.key"
    if make and not path.exists():
        _make(path)
    try:
        key = path.read_bytes()
    except OSError as error:
        raise SealBroken(f"{path} cannot be read: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise SealBroken(f"{path} is no root key")
    return key


def _make(path: Path) -> None:
    """Write a new root key whole and durably, unless another process was quicker."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
