"""Root keys: they wrap other keys and lie outside the database, in files, in the environment, or in a key service.

files          `<keys directory>/<purpose>/root-0001.key`, 32 random bytes, mode 600; the highest number is in use
environment    `SUNDIAL_ROOT_KEYS=2:<base64 of 32 bytes>,3:…`; each purpose has a key of its own made of it (HKDF)
key service    whatever keeps to `RootKeys`; see docs/operate/keys-and-checkpoints.md

A wrapped key is the root's number (2 bytes) and what the root made of it. `aad` names what the key belongs to: under
another name it does not open. Files are read anew each time, so a rotation is seen at once everywhere.
"""

import base64
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from sundial.server.lib.files import destroy, write_new
from sundial.server.lib.seal import KEY_BYTES, SealBroken, seal, unseal

NUMBER_BYTES = 2
FIRST, HIGHEST = 1, 2**16 - 1
_NUMBER = re.compile(r"[0-9]{1,5}")
_FILE = re.compile(r"root-(\d{4,5})\.key")


class RootKeyMissing(SealBroken):
    """A root key is not where it should be, or is none; the text names it and never shows it."""


class RootKeys(Protocol):
    """Who keeps the root keys of one purpose; a key service wraps and unwraps and never hands a root key out."""

    def current(self) -> int:
        """The number of the root that wraps what is new."""

    def wrap(self, number: int, key: bytes, aad: bytes) -> bytes:
        """The key under this root."""

    def unwrap(self, number: int, wrapped: bytes, aad: bytes) -> bytes:
        """The key again; SealBroken if it was changed, was wrapped for something else, or the root is gone."""

    def rotate(self) -> int:
        """Put a new root in use and answer its number; those before stay."""

    def former(self) -> dict[int, datetime]:
        """The roots before the one in use, and when each was replaced."""

    def retire(self, number: int) -> None:
        """Destroy a former root."""


class FileRoots:
    """Root keys in files of mode 600; the first is made on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> int:
        """The highest number there is."""
        numbers = self.numbers()
        if not numbers:
            self._make(FIRST)
            numbers = self.numbers()
        return numbers[-1]

    def wrap(self, number: int, key: bytes, aad: bytes) -> bytes:
        """The key under this root."""
        return seal(self._key(number), key, aad)

    def unwrap(self, number: int, wrapped: bytes, aad: bytes) -> bytes:
        """The key again."""
        return unseal(self._key(number), wrapped, aad)

    def rotate(self) -> int:
        """Make the next file."""
        number = self.current() + 1
        if number > HIGHEST:
            raise RootKeyMissing("no number is left for another root key")
        self._make(number)
        return number

    def former(self) -> dict[int, datetime]:
        """Each is replaced at the moment its successor was made."""
        numbers = self.numbers()
        return {
            number: datetime.fromtimestamp(self._path(after).stat().st_mtime, UTC)
            for number, after in pairwise(numbers)
        }

    def retire(self, number: int) -> None:
        """Overwrite and remove the file of a former root."""
        if number not in self.former():
            raise RootKeyMissing(f"{number} is no former root key")
        self.remove(number)

    def remove(self, number: int) -> None:
        """Overwrite and remove the file of a root, also of the highest: another keeper has the one in use."""
        destroy(self._path(number))

    def numbers(self) -> list[int]:
        """Those that lie here."""
        with suppress(FileNotFoundError):
            return sorted(int(found[1]) for path in self._folder.iterdir() if (found := _FILE.fullmatch(path.name)))
        return []

    def _make(self, number: int) -> None:
        write_new(self._path(number), secrets.token_bytes(KEY_BYTES))  # another process may be quicker

    def _path(self, number: int) -> Path:
        return self._folder / f"root-{number:04d}.key"

    def _key(self, number: int) -> bytes:
        path = self._path(number)
        try:
            key = path.read_bytes()
        except OSError as error:
            raise RootKeyMissing(f"{path} cannot be read: {error.strerror}") from error
        if len(key) != KEY_BYTES:
            raise RootKeyMissing(f"{path} is no root key")
        return key


class EnvironmentRoots:
    """Root keys that the environment holds, over those that lay in files before: both open, the environment wraps."""

    def __init__(self, held: dict[int, bytes], purpose: str, files: FileRoots) -> None:
        self._held, self._purpose, self._files = held, purpose, files
        if twice := set(held) & set(files.numbers()):
            raise RootKeyMissing(f"root key {min(twice)} of {purpose} lies in a file, too: give the other a new number")

    def current(self) -> int:
        """The highest number that the environment names."""
        return max(self._held)

    def wrap(self, number: int, key: bytes, aad: bytes) -> bytes:
        """The key under this root."""
        return seal(self._key(number), key, aad) if number in self._held else self._files.wrap(number, key, aad)

    def unwrap(self, number: int, wrapped: bytes, aad: bytes) -> bytes:
        """The key again."""
        return (
            unseal(self._key(number), wrapped, aad)
            if number in self._held
            else self._files.unwrap(number, wrapped, aad)
        )

    def rotate(self) -> int:
        """Only whoever sets the environment can."""
        raise RootKeyMissing(f"add root key {self.current() + 1} to SUNDIAL_ROOT_KEYS and restart; then re-wrap")

    def former(self) -> dict[int, datetime]:
        """Nobody knows since when the environment names its keys: whoever changed it has restarted every process."""
        numbers = {*self._held, *self._files.numbers()} - {self.current()}
        return {number: datetime.min.replace(tzinfo=UTC) for number in sorted(numbers)}

    def retire(self, number: int) -> None:
        """What lies in a file is destroyed; the rest only whoever sets the environment can."""
        if number in self._files.numbers():
            self._files.remove(number)
            return
        raise RootKeyMissing(f"take root key {number} out of SUNDIAL_ROOT_KEYS and restart")

    def _key(self, number: int) -> bytes:
        info = f"sundial root {self._purpose}".encode()
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._held[number])


def roots(purpose: str) -> RootKeys:
    """The root keys of this purpose, as the platform is set up."""
    files = FileRoots(Path(settings.KEYS_DIR) / purpose)
    held = parsed(settings.ROOT_KEYS)
    return EnvironmentRoots(held, purpose, files) if held else files


def wrap(purpose: str, key: bytes, aad: bytes) -> bytes:
    """The key under the root in use."""
    keeper = roots(purpose)
    number = keeper.current()
    return number.to_bytes(NUMBER_BYTES, "big") + keeper.wrap(number, key, aad)


def unwrap(purpose: str, wrapped: bytes, aad: bytes) -> bytes:
    """The key again; SealBroken if it was wrapped for something else or its root is gone."""
    return roots(purpose).unwrap(root_of(wrapped), wrapped[NUMBER_BYTES:], aad)


def root_of(wrapped: bytes) -> int:
    """The number of the root that a key lies under."""
    return int.from_bytes(wrapped[:NUMBER_BYTES], "big")


def parsed(text: str | None) -> dict[int, bytes]:
    """`2:<base64>,3:<base64>` as numbers and keys; RootKeyMissing says which part is wrong, never what it holds."""
    held: dict[int, bytes] = {}
    for place, part in enumerate(filter(None, (text or "").split(",")), 1):
        number, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise RootKeyMissing(f"SUNDIAL_ROOT_KEYS, part {place}, is no base64") from error
        if (
            not number.isdecimal()
            or not FIRST <= int(number) <= HIGHEST
            or len(key) != KEY_BYTES
            or int(number) in held
        ):
            raise RootKeyMissing(
                f"SUNDIAL_ROOT_KEYS, part {place}: a new number from 1 to {HIGHEST}, ':', 32 bytes in base64"
            )
        held[int(number)] = key
    return held
