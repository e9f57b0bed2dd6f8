"""Secrets outside the database and outside what it opens: each is a half without which the rest says nothing.

<keys directory>/<purpose>/<kind>/<company>/<last two digits>/<name>    32 random bytes, mode 600

Destroying one makes what it belongs to unreadable in every copy of the database and of the files, however old: the
keys directory is backed up as a mirror, the newest copy alone.
"""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from sundial.server.lib.files import destroy, write_new
from sundial.server.lib.seal import KEY_BYTES, SealBroken


@dataclass(frozen=True, slots=True)
class EraseSecrets:
    """The secrets of one kind of thing."""

    purpose: str
    kind: str

    def make(self, company_id: int, name: UUID) -> bytes:
        """A new secret that lasts before anything is wrapped by it."""
        secret = secrets.token_bytes(KEY_BYTES)
        if not write_new(self._path(company_id, name), secret):
            raise FileExistsError(name)
        return secret

    def read(self, company_id: int, name: UUID) -> bytes:
        """The secret; SealBroken if it was destroyed."""
        try:
            secret = self._path(company_id, name).read_bytes()
        except OSError as error:
            raise SealBroken("the key was destroyed") from error
        if len(secret) != KEY_BYTES or secret == bytes(KEY_BYTES):
            raise SealBroken("the key was destroyed")
        return secret

    def is_there(self, company_id: int, name: UUID) -> bool:
        """Whether it was not destroyed."""
        return self._path(company_id, name).exists()

    def destroy(self, company_id: int, name: UUID) -> None:
        """Overwrite it and take it away; one that is gone already is no fault."""
        destroy(self._path(company_id, name))

    def kept(self, company_id: int) -> Iterator[tuple[UUID, datetime]]:
        """A company's secrets, and when each was made."""
        for path in self._folder(company_id).glob("*/*"):
            with suppress(ValueError, FileNotFoundError):
                yield UUID(path.name), datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _folder(self, company_id: int) -> Path:
        return Path(settings.KEYS_DIR) / self.purpose / self.kind / str(company_id)

    def _path(self, company_id: int, name: UUID) -> Path:
        return self._folder(company_id) / str(name)[-2:] / str(name)
