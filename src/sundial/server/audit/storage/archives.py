"""Archives: a month of old entries in a file, gzip'd JSON lines, its signed head first.

<archive directory>/<log>/000001.jsonl.gz    two gzip members: the head, which knows every line; then the lines

A file appears whole or not at all, and is never written again. What was changed in it is read as far as it can be read.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

from sundial.server.audit.rules import archive as form
from sundial.server.audit.storage.outside import EvidenceError
from sundial.server.lib.files import drafted, writing

_CHUNK = 1 << 16
_GZIP = 31  # zlib's word for: with a gzip header
_LEVEL = 6


class BrokenArchive(Exception):
    """From here on the file cannot be read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was written: how long it is, and the SHA-256 of its bytes."""

    bytes: int
    sha256: str


class Shelf:
    """The directory in which every log has a folder of its archives."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, log: int, number: int) -> Path:
        """Where an archive lies, or would."""
        return self.directory / str(log) / f"{number:06d}.jsonl.gz"

    def has(self, log: int, number: int) -> bool:
        """Whether the file is here; it may have been carried elsewhere."""
        return self.path(log, number).is_file()

    def put(self, log: int, number: int, lines: Iterable[bytes], head: Callable[[bytes], bytes]) -> Kept:
        """Write the lines, and before them the head that is made from their digests (EvidenceError if that fails)."""
        path = self.path(log, number)
        try:
            with drafted(path) as (_draft, packed), writing(path) as file:
                file.write(gzip.compress(head(_write_lines(packed, lines)), _LEVEL, mtime=0))
                packed.seek(0)
                copyfileobj(packed, file)
                return _kept(file)
        except OSError as error:
            raise EvidenceError(f"{path} cannot be written: {error.strerror}") from error

    def lines(self, log: int, number: int) -> Iterator[bytes]:
        """The lines as they can be read, the head first; BrokenArchive where that ends too early."""
        return _lines(_unpacked(self.path(log, number)))

    def digest(self, log: int, number: int) -> str:
        """The SHA-256 of the file as it is now."""
        with self.path(log, number).open("rb") as file:
            return _digest(file)

    def pieces(self, log: int, number: int) -> Iterator[bytes]:
        """The bytes of the file, to be carried away."""
        with self.path(log, number).open("rb") as file:
            while piece := file.read(_CHUNK):
                yield piece


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of an archive that lies anywhere."""
    return _lines(_unpacked(path))


def _write_lines(file: BinaryIO, lines: Iterable[bytes]) -> bytes:
    digests = bytearray()
    with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
        for line in lines:
            digests += form.digest(line)
            packed.write(line)
    return bytes(digests)


def _kept(file: BinaryIO) -> Kept:
    length = file.tell()
    file.seek(0)
    return Kept(length, _digest(file))


def _digest(file: BinaryIO) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # typeshed wants readinto


def _lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest


def _unpacked(path: Path) -> Iterator[bytes]:
    """What is in the file, up to the very byte from which on it cannot be read."""
    unpacker, began = zlib.decompressobj(_GZIP), True
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            while piece:
                before = unpacker.copy()
                try:
                    yield unpacker.decompress(piece)
                except zlib.error as error:
                    yield _as_far_as_it_goes(before, piece)
                    raise BrokenArchive(str(error)) from error
                piece = unpacker.unused_data
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_GZIP)
                    began = bool(piece)
                else:
                    began = True
    if began:
        raise BrokenArchive("it ends too early")


def _as_far_as_it_goes(unpacker: "zlib._Decompress", piece: bytes) -> bytes:
    found = bytearray()
    with suppress(zlib.error):
        for at in range(len(piece)):
            found += unpacker.decompress(piece[at : at + 1])
    return bytes(found)
