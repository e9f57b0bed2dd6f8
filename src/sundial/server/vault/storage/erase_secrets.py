"""A secret for each version, outside the database and outside the files: without it the version's key does not open.

<keys directory>/vault/files/<company>/<last two digits>/<storage>    32 random bytes, mode 600

Destroying it makes the version unreadable in every copy of the database and of the sealed bytes, however old.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from sundial.server.lib.root_keys import destroy, settle
from sundial.server.lib.seal import KEY_BYTES, SealBroken


def make_secret(company_id: int, storage: UUID) -> bytes:
    """A new secret that lasts before anything is wrapped by it."""
    path, secret = _path(company_id, storage), secrets.token_bytes(KEY_BYTES)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    settle(path.parent)
    return secret


def read_secret(company_id: int, storage: UUID) -> bytes:
    """The secret; SealBroken if it was destroyed."""
    try:
        secret = _path(company_id, storage).read_bytes()
    except OSError as error:
        raise SealBroken("the key of this file was destroyed") from error
    if len(secret) != KEY_BYTES or secret == bytes(KEY_BYTES):
        raise SealBroken("the key of this file was destroyed")
    return secret


def secret_is_there(company_id: int, storage: UUID) -> bool:
    """Whether it was not destroyed."""
    return _path(company_id, storage).exists()


def destroy_secret(company_id: int, storage: UUID) -> None:
    """Overwrite it and take it away; one that is gone already is no fault."""
    destroy(_path(company_id, storage))


def secrets_kept(company_id: int) -> Iterator[tuple[UUID, datetime]]:
    """A company's secrets, and when each was made."""
    for path in _folder(company_id).glob("*/*"):
        with suppress(ValueError, FileNotFoundError):
            yield UUID(path.name), datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _folder(company_id: int) -> Path:
    return Path(settings.KEYS_DIR) / "vault" / "files" / str(company_id)


def _path(company_id: int, storage: UUID) -> Path:
    name = str(storage)
    return _folder(company_id) / name[-2:] / name
