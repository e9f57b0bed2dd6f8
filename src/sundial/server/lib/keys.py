"""Signing keys in files outside the database: `<keys directory>/<purpose>/0001.pem`, mode 600.

The highest number signs; lower ones are former keys. A key is made once, also when several processes ask
at the same moment; rotating makes the next number. Retiring a former key destroys its private half (`.pem`)
and keeps the public one (`.pub`), which still checks what was signed. Files are read anew each time, so a
rotation is seen at once everywhere.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

from sundial.protocol.signing import SigningKey, key_id_of
from sundial.server.lib.files import write_new

_PURPOSE = re.compile(r"[a-z][a-z0-9_-]{0,40}")
_PRIVATE, _PUBLIC = ".pem", ".pub"


class KeyFileError(Exception):
    """A key file is missing, unreadable or no Ed25519 key; the text names it."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """The public half of one key of a purpose; `current` is the one that signs."""

    number: int
    key_id: str
    public: bytes
    current: bool


def load_or_make(purpose: str, directory: Path | None = None) -> SigningKey:
    """The key that signs for this purpose, made now if there is none."""
    folder = _folder(purpose, directory)
    private, retired = _numbers(folder)
    if not private:
        _make(folder, max(retired, default=0) + 1)
        private, _ = _numbers(folder)
    return _private(folder, private[-1])


def former(purpose: str, directory: Path | None = None) -> tuple[SigningKey, ...]:
    """The earlier keys not yet retired, oldest first; a new key is announced under the last of them."""
    folder = _folder(purpose, directory)
    return tuple(_private(folder, number) for number in _numbers(folder)[0][:-1])


def public(purpose: str, directory: Path | None = None) -> bytes:
    """The 32 bytes of the public key that belongs to `load_or_make`."""
    return load_or_make(purpose, directory).private.public_key().public_bytes_raw()


def publics(purpose: str, directory: Path | None = None) -> tuple[NamedKey, ...]:
    """Every key this purpose ever had, oldest first; makes none."""
    folder = _folder(purpose, directory)
    private, published = _numbers(folder)
    numbers = sorted({*private, *published})
    current = private[-1] if private else None
    raw = {number: _public(folder, number, from_private=number in private) for number in numbers}
    return tuple(NamedKey(n, key_id_of(raw[n]), raw[n], n == current) for n in numbers)


def rotate(purpose: str, directory: Path | None = None) -> SigningKey:
    """Make the next key and answer it; the one before becomes a former key."""
    known = publics(purpose, directory)
    _make(_folder(purpose, directory), known[-1].number + 1 if known else 1)
    return load_or_make(purpose, directory)


def retire(purpose: str, key_id: str, directory: Path | None = None) -> None:
    """Destroy the private half of a former key; its public half stays."""
    folder = _folder(purpose, directory)
    for number in _numbers(folder)[0][:-1]:
        key = _private(folder, number)
        if key.key_id == key_id:
            _write_public(folder, number, key.private)
            _path(folder, number, _PRIVATE).unlink()
            return
    raise KeyFileError(f"{key_id} is no former key of {purpose}")


def _folder(purpose: str, directory: Path | None) -> Path:
    if not _PURPOSE.fullmatch(purpose):
        raise KeyFileError(f"{purpose!r} cannot be the name of a purpose")
    return (directory if directory is not None else Path(settings.KEYS_DIR)) / purpose


def _path(folder: Path, number: int, suffix: str) -> Path:
    return folder / f"{number:04d}{suffix}"


def _numbers(folder: Path) -> tuple[list[int], list[int]]:
    """The numbers of the private and of the public halves, from one look: others may be making keys meanwhile."""
    try:
        paths = [path for path in folder.iterdir() if path.stem.isdecimal()]
    except FileNotFoundError:
        paths = []
    except OSError as error:
        raise KeyFileError(f"{folder} cannot be read: {error.strerror}") from error
    private, public = (sorted(int(path.stem) for path in paths if path.suffix == one) for one in (_PRIVATE, _PUBLIC))
    return private, public


def _private(folder: Path, number: int) -> SigningKey:
    path = _path(folder, number, _PRIVATE)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path} cannot be read as a key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path} is no Ed25519 key")
    return SigningKey(key)


def _public(folder: Path, number: int, *, from_private: bool) -> bytes:
    # The private half is the truth while it is there; `.pub` is only a copy for others to take away.
    if from_private:
        return _private(folder, number).private.public_key().public_bytes_raw()
    path = _path(folder, number, _PUBLIC)
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path} cannot be read as a key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError(f"{path} is no Ed25519 key")
    return key.public_bytes_raw()


def _make(folder: Path, number: int) -> None:
    """Write a new key under this number, unless another process was quicker."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if write_new(_path(folder, number, _PRIVATE), pem):
        _write_public(folder, number, key)


def _write_public(folder: Path, number: int, key: Ed25519PrivateKey) -> None:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_new(_path(folder, number, _PUBLIC), pem)
