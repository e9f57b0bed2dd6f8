"""The sealed bytes of files: written chunk by chunk while they come in, read chunk by chunk from anywhere.

<data directory>/vault/<company>/<last two digits>/<storage>          the chunks
<data directory>/vault/<company>/<last two digits>/<storage>.state    of a draft: how far it is, and its last bytes

A draft is as far as its state says: chunks behind that are of a part that nobody was told had come, and are cut away.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from uuid import UUID

from django.conf import settings

from sundial.server.lib.files import make_last, settle, write_whole
from sundial.server.lib.seal import SealBroken
from sundial.server.lib.sealed_stream import (
    CHUNK,
    NO_DIGEST,
    SEALED_CHUNK,
    Kind,
    Stream,
    chunks,
    digest_with,
    sealed_size,
)

_INDEX, _DIGEST = 8, 32
_STATE = ".state"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of one version lie: the company's folder, and a name that says nothing."""

    company_id: int
    storage: UUID

    @property
    def path(self) -> Path:
        """The file of chunks."""
        name = str(self.storage)
        return Path(settings.VAULT_DIR) / str(self.company_id) / name[-2:] / name

    @property
    def state(self) -> Path:
        """The file that says how far a draft is."""
        return self.path.with_name(self.path.name + _STATE)

    @property
    def bound(self) -> bytes:
        """What every chunk is bound to; the key that seals them is bound to file, version and rule."""
        return f"vault|{self.company_id}|{self.storage}".encode()


@dataclass(frozen=True, slots=True)
class Kept:
    """A whole file: how long it is in the clear, in how many chunks, and the digest of their seals."""

    size: int
    chunks: int
    digest: bytes


class Draft:
    """A file that is coming in; goes on where `keep` was last called, after a kill, too. One writer at a time."""

    def __init__(self, place: Place, key: bytes) -> None:
        self._place, self._stream = place, Stream(key, place.bound)
        self._index, self._digest, self._tail = 0, NO_DIGEST, bytearray()
        place.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileNotFoundError):
            self._load(place.state.read_bytes())
        descriptor = os.open(place.path, os.O_WRONLY | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._file.truncate(self._index * SEALED_CHUNK)
        self._file.seek(self._index * SEALED_CHUNK)

    def __enter__(self) -> "Draft":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    @property
    def received(self) -> int:
        """How many bytes came so far."""
        return self._index * CHUNK + len(self._tail)

    def write(self, plain: bytes) -> None:
        """Take more bytes; they last once `keep` or `finish` was called."""
        view, start = memoryview(plain), 0
        if self._tail:  # fill the chunk that was begun; it is sealed only when something follows
            start = CHUNK - len(self._tail)
            self._tail += view[:start]
        if start >= len(view):
            return
        if self._tail:
            self._seal(bytes(self._tail))
        while len(view) - start > CHUNK:
            self._seal(view[start : start + CHUNK])
            start += CHUNK
        self._tail = bytearray(view[start:])

    def keep(self) -> None:
        """Make what came last: the chunks first, then how far they go."""
        make_last(self._file)
        sealed = self._stream.seal(self._index, Kind.TAIL, self._digest + bytes(self._tail))
        write_whole(self._place.state, self._index.to_bytes(_INDEX, "big") + sealed)

    def finish(self) -> Kept:
        """Seal the end and make all of it last; `close_up` follows once the database knows of it."""
        size = self.received
        sealed = self._stream.seal(self._index, Kind.LAST, bytes(self._tail))
        self._file.write(sealed)
        make_last(self._file)
        settle(self._place.path.parent)
        return Kept(size, chunks(size), digest_with(self._digest, sealed))

    def _seal(self, plain: bytes | memoryview) -> None:
        sealed = self._stream.seal(self._index, Kind.MORE, plain)
        self._file.write(sealed)
        self._digest = digest_with(self._digest, sealed)
        self._index += 1

    def _load(self, state: bytes) -> None:
        index = int.from_bytes(state[:_INDEX], "big")
        plain = self._stream.unseal(index, Kind.TAIL, state[_INDEX:])
        self._index, self._digest, self._tail = index, plain[:_DIGEST], bytearray(plain[_DIGEST:])


class Reader:
    """A whole file in the clear, from anywhere; a chunk that is not exactly what was sealed raises SealBroken."""

    def __init__(self, place: Place, key: bytes, size: int) -> None:
        self._stream, self._size, self._last = Stream(key, place.bound), size, chunks(size) - 1
        self._at = 0
        try:
            self._file = os.open(place.path, os.O_RDONLY)
        except OSError as error:
            raise SealBroken("the file is gone") from error
        if os.fstat(self._file).st_size != sealed_size(size):
            self.close()
            raise SealBroken("the file is cut, or longer than it was")
        if size == 0:
            self._chunk(0)  # that nothing was in it is sealed, too

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def seek(self, at: int) -> None:
        """Read on from here."""
        self._at = at

    def read(self, size: int) -> bytes:
        """At most so many bytes, none at the end; no byte of a chunk before all of it was checked."""
        pieces, end = [], min(self._at + size, self._size)
        while self._at < end:
            index, skip = divmod(self._at, CHUNK)
            piece = self._chunk(index)[skip : skip + end - self._at]
            pieces.append(piece)
            self._at += len(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Let go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _chunk(self, index: int) -> bytes:
        sealed = os.pread(self._file, SEALED_CHUNK, index * SEALED_CHUNK)
        return self._stream.unseal(index, Kind.LAST if index == self._last else Kind.MORE, sealed)


def close_up(place: Place) -> None:
    """The database knows of the whole file: it is no draft any more."""
    place.state.unlink(missing_ok=True)


def remove(place: Place) -> None:
    """Take the bytes away, and what a kill left beside them; those that are gone already are no fault."""
    for path in (place.path, place.state, *place.path.parent.glob(f".{place.path.name}.*")):
        path.unlink(missing_ok=True)


def files_kept(company_id: int) -> Iterator[tuple[UUID, datetime]]:
    """A company's files and drafts, and when each was last written."""
    for path in (Path(settings.VAULT_DIR) / str(company_id)).glob("*/*"):
        with suppress(ValueError, FileNotFoundError):
            yield UUID(path.name.lstrip(".").partition(".")[0]), datetime.fromtimestamp(path.stat().st_mtime, UTC)
