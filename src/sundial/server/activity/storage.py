"""The bytes of screenshots, each file sealed under the key of the person it shows.

<pictures directory>/<company>/<last two digits>/<screenshot>.<part>    part: original | picture | thumb

Files appear whole or not at all. Destroying the person's key leaves bytes that nobody can read, in backups, too.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings

from sundial.server.activity.models import PersonKey, Screenshot
from sundial.server.lib import rewrapping, sealing

PURPOSE = "pictures"


class Part(StrEnum):
    """What came, and the two that were made of it."""

    ORIGINAL = "original"
    PICTURE = "picture"
    THUMB = "thumb"


@dataclass(frozen=True, slots=True)
class Found:
    """A file that lies in a company's folder; `screenshot_id` is None for a draft that was never finished."""

    path: Path
    screenshot_id: int | None
    part: str
    changed_at: datetime


def new_key(company_id: int, user_id: int) -> bytes:
    """A wrapped key for one person's pictures."""
    return sealing.new_wrapped_key(PURPOSE, _person(company_id, user_id))


def rewrapped(key: PersonKey) -> bytes | None:
    """A living key under the root that is in use; None for one that cannot be read."""
    return rewrapping.rewrapped(PURPOSE, bytes(key.wrapped or b""), _person(key.company_id, key.user_id))


def write(row: Screenshot, key: PersonKey, part: Part, plain: bytes) -> None:
    """Seal and keep one part; SealBroken if the person's key was destroyed."""
    path = _path(row.company_id, row.pk, part)
    sealed = sealing.seal(_opened(key), plain, _bound(row, part))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read(row: Screenshot, key: PersonKey, part: Part) -> bytes:
    """One part in the clear; SealBroken if it is gone, was changed, or its key was destroyed."""
    try:
        sealed = _path(row.company_id, row.pk, part).read_bytes()
    except OSError as error:
        raise sealing.SealBroken("the file is gone") from error
    return sealing.unseal(_opened(key), sealed, _bound(row, part))


def remove(company_id: int, screenshot_id: int, *parts: Part) -> None:
    """Take these parts away; those that are gone already are no fault."""
    for part in parts or tuple(Part):
        _path(company_id, screenshot_id, part).unlink(missing_ok=True)


def files(company_id: int) -> Iterator[Found]:
    """Every file of a company."""
    for path in (Path(settings.PICTURES_DIR) / str(company_id)).glob("*/*"):
        number, _, part = path.name.partition(".")
        with suppress(FileNotFoundError):
            changed_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield Found(path, int(number) if number.isdecimal() else None, part, changed_at)


def companies_with_files() -> list[int]:
    """The companies that have a folder."""
    with suppress(FileNotFoundError):
        return sorted(int(path.name) for path in Path(settings.PICTURES_DIR).iterdir() if path.name.isdecimal())
    return []


def _opened(key: PersonKey) -> bytes:
    if key.wrapped is None:
        raise sealing.SealBroken("the key of this person's pictures was destroyed")
    return sealing.unwrap(PURPOSE, bytes(key.wrapped), _person(key.company_id, key.user_id))


def _person(company_id: int, user_id: int) -> bytes:
    return f"person-key|{company_id}|{user_id}".encode()


def _bound(row: Screenshot, part: Part) -> bytes:
    return f"screenshot|{row.company_id}|{row.pk}|{part}".encode()


def _path(company_id: int, screenshot_id: int, part: Part) -> Path:
    return Path(settings.PICTURES_DIR) / str(company_id) / f"{screenshot_id % 100:02}" / f"{screenshot_id}.{part}"
