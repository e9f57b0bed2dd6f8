"""The bytes of screenshots, each file sealed under the key of the person it shows.

<pictures directory>/<company>/<last two digits>/<screenshot>.<part>    part: original | picture | thumb

Files appear whole or not at all. A person's key is two halves, which say nothing alone: one lies wrapped in its row,
the other in the keys directory. Destroying them leaves bytes that nobody can read, with any backup of rows and files.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from sundial.server.activity.models import PersonKey, Screenshot
from sundial.server.lib import rewrapping, root_keys, sealing
from sundial.server.lib.erase_secrets import EraseSecrets
from sundial.server.lib.files import write_whole

PURPOSE = "pictures"
_OUTSIDE = EraseSecrets(PURPOSE, "people")


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


@dataclass(frozen=True, slots=True)
class Halves:
    """A person's key as its row holds it: one half, wrapped, and the name of the other one."""

    wrapped: bytes
    outside: UUID


def new_key(company_id: int, user_id: int) -> Halves:
    """A key for one person's pictures; its half outside lasts already."""
    name = uuid4()
    _OUTSIDE.make(company_id, name)
    return Halves(sealing.new_wrapped_key(PURPOSE, _person(company_id, user_id)), name)


def parted(key: PersonKey) -> Halves:
    """The same key in two halves, for one that lies whole in its row; SealBroken if it cannot be read."""
    person, name = _person(key.company_id, key.user_id), uuid4()
    whole = _opened(key)
    half = _joined(whole, _OUTSIDE.make(key.company_id, name))
    return Halves(root_keys.wrap(PURPOSE, half, person), name)


def rewrapped(key: PersonKey) -> bytes | None:
    """A living key under the root that is in use; None for one that cannot be read."""
    return rewrapping.rewrapped(PURPOSE, bytes(key.wrapped or b""), _person(key.company_id, key.user_id))


def write(row: Screenshot, key: PersonKey, part: Part, plain: bytes) -> None:
    """Seal and keep one part; SealBroken if the person's key was destroyed."""
    sealed = sealing.seal(_opened(key), plain, _bound(row, part))
    write_whole(_path(row.company_id, row.pk, part), sealed)


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


def destroy_half(company_id: int, name: UUID) -> None:
    """Destroy the half of a key that no backup keeps; one that is gone already is no fault."""
    _OUTSIDE.destroy(company_id, name)


def halves_outside(company_id: int) -> Iterator[tuple[UUID, datetime]]:
    """The halves of a company's keys that lie in the keys directory, and when each was made."""
    return _OUTSIDE.kept(company_id)


def companies_with_files() -> list[int]:
    """The companies that have a folder."""
    with suppress(FileNotFoundError):
        return sorted(int(path.name) for path in Path(settings.PICTURES_DIR).iterdir() if path.name.isdecimal())
    return []


def _opened(key: PersonKey) -> bytes:
    if key.wrapped is None:
        raise sealing.SealBroken("the key of this person's pictures was destroyed")
    half = sealing.unwrap(PURPOSE, bytes(key.wrapped), _person(key.company_id, key.user_id))
    return half if key.outside is None else _joined(half, _OUTSIDE.read(key.company_id, key.outside))


def _joined(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _person(company_id: int, user_id: int) -> bytes:
    return f"person-key|{company_id}|{user_id}".encode()


def _bound(row: Screenshot, part: Part) -> bytes:
    return f"screenshot|{row.company_id}|{row.pk}|{part}".encode()


def _path(company_id: int, screenshot_id: int, part: Part) -> Path:
    return Path(settings.PICTURES_DIR) / str(company_id) / f"{screenshot_id % 100:02}" / f"{screenshot_id}.{part}"
