"""What an agent keeps on disk: who it is, and what it last knew; two files, each replaced whole or not at all."""

import os
from pathlib import Path
from typing import TypeVar

from sundial.agent.config import Identity
from sundial.agent.core.saved import Saved
from sundial.protocol import codec

T = TypeVar("T")


class Unreadable(Exception):
    """A file of the cache is there and cannot be used; the text says why."""


class Cache:
    """One profile folder. `durable=False` leaves out the waits for the disk, for simulated agents."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._identity = folder / "identity.json"
        self._state = folder / "state.json"
        self._durable = durable

    def identity(self) -> Identity | None:
        """Who this device is; None if it was never enrolled. Raises Unreadable."""
        return _read(self._identity, Identity)

    def keep_identity(self, identity: Identity) -> None:
        """After enrolment. Raises OSError."""
        self._write(self._identity, codec.encode(identity))

    def adopt(self, identity: Identity) -> None:
        """Be this device from now on: what was known as another one is forgotten. Raises OSError."""
        try:
            same = self.identity() == identity
        except Unreadable:
            same = False
        if not same:
            self._state.unlink(missing_ok=True)
            self.keep_identity(identity)

    def forget_identity(self) -> None:
        """After a revocation: the token is of no more use."""
        self._identity.unlink(missing_ok=True)

    def state(self) -> Saved | None:
        """The last good policy and what belongs to it; None if there is none yet. Raises Unreadable."""
        return _read(self._state, Saved)

    def keep_state(self, saved: Saved) -> None:
        """Raises OSError; what was kept before is then still there."""
        self._write(self._state, codec.encode(saved))

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            if self._durable:
                os.fsync(file.fileno())
        fresh.replace(path)
        if self._durable:
            _sync_folder(path.parent)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return codec.decode(kind, path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, codec.Malformed) as error:
        raise Unreadable(f"{path.name}: {error}") from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and a rename is in the journal
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
