"""Evidence outside the database: for each log a signed checkpoint and the hashes of all its leaves.

<checkpoint directory>/<log>/
    checkpoint             the last signed note (c2sp.org/tlog-checkpoint)
    days/2026-11-21        the last note of each day
    verifier               the public keys, for other tools and for carrying away
    tile/0/x001/234.p/17   leaf hashes by 256, as c2sp.org/tlog-tiles lays them out; higher levels above

A root alone can say that a log was rewritten; the leaf hashes under it say where. They hold nothing personal.
Files appear whole or not at all. A partial tile goes away when a longer one has taken its place.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from sundial.server.lib.files import write_whole
from sundial.server.lib.merkle import HASH_BYTES, Frontier, subtree_root

TILE = 256
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class EvidenceError(Exception):
    """The evidence itself is damaged or cannot be read or written; the text says which file."""


class Outside:
    """The directory in which every log has its folder."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def logs(self) -> list[int]:
        """The logs of which there is evidence."""
        try:
            names = [path.parent.name for path in self.directory.glob("*/checkpoint")]
        except OSError as error:
            raise EvidenceError(f"{self.directory} cannot be read: {error.strerror}") from error
        return sorted(int(name) for name in names if name.isdecimal())

    def last_written(self) -> datetime | None:
        """When the newest checkpoint of any log was written here."""
        with suppress(OSError):
            times = [path.stat().st_mtime for path in self.directory.glob("*/checkpoint")]
            return datetime.fromtimestamp(max(times), UTC) if times else None
        return None

    def log(self, number: int) -> "Folder":
        """The folder of one log, there or not."""
        return Folder(self.directory / str(number))


class Folder:
    """What is kept of one log."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self) -> str | None:
        """The last checkpoint, if one was ever written."""
        return _read_text(self.path / "checkpoint")

    def earlier(self) -> list[str]:
        """The last note of each day, oldest first."""
        try:
            days = sorted(path for path in (self.path / "days").iterdir() if _DAY.fullmatch(path.name))
        except OSError:
            return []
        return [text for text in map(_read_text, days) if text is not None]

    def leaves(self, size: int) -> Iterator[list[bytes]]:
        """The leaf hashes of the first `size` entries, tile by tile (EvidenceError where one is missing)."""
        for number in range(size // TILE):
            yield self._read(0, number, TILE)
        if size % TILE:
            yield self._read(0, size // TILE, size % TILE)

    def frontier(self, size: int) -> Frontier:
        """The right edge of the tree at this size, from a few tiles."""
        edge = Frontier()
        for level in reversed(range((size.bit_length() + 7) // 8)):
            width = (size >> (8 * level)) % TILE
            if width:
                for root in self._read(level, size >> (8 * level + 8), width):
                    edge.append(root, 8 * level)
        return edge

    def extend(self, size: int, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes after the first `size`; safe to repeat, for nothing is believed before its note."""
        self._extend(0, size, leaves)

    def keep(self, note: str, verifiers: str, day: date) -> None:
        """Put the note in place of the one before."""
        if _read_text(self.path / "verifier") != verifiers:
            _put(self.path / "verifier", verifiers.encode())
        _put(self.path / "checkpoint", note.encode())
        _put(self.path / "days" / day.isoformat(), note.encode())

    def tidy(self, before: int, size: int) -> None:
        """Remove the partial tiles of an earlier size that longer ones have replaced."""
        for level in range((before.bit_length() + 7) // 8):
            if before >> (8 * level) == size >> (8 * level):
                continue
            width = (before >> (8 * level)) % TILE
            stale = self._tile(level, before >> (8 * level + 8), width)
            with suppress(OSError):
                if width:
                    stale.unlink()
                    stale.parent.rmdir()

    def _extend(self, level: int, size: int, hashes: Iterable[bytes]) -> None:
        number, width = divmod(size, TILE)
        tile = self._read(level, number, width) if width else []
        roots = []
        for one in hashes:
            tile.append(one)
            if len(tile) == TILE:
                _put(self._tile(level, number, TILE), b"".join(tile))
                roots.append(subtree_root(tile))
                number, tile = number + 1, []
        if tile:
            _put(self._tile(level, number, len(tile)), b"".join(tile))
        if roots:
            self._extend(level + 1, size // TILE, roots)

    def _read(self, level: int, number: int, width: int) -> list[bytes]:
        # A shorter tile is the beginning of every longer one, which may have taken its place meanwhile.
        for path in self._candidates(level, number, width):
            with suppress(OSError):
                data = path.read_bytes()
                if len(data) >= width * HASH_BYTES and len(data) % HASH_BYTES == 0:
                    return [data[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]
        raise EvidenceError(f"{self._tile(level, number, width)} is missing or damaged")

    def _candidates(self, level: int, number: int, width: int) -> Iterator[Path]:
        whole = self._tile(level, number, TILE)
        yield self._tile(level, number, width)
        yield whole
        with suppress(OSError):
            yield from sorted(whole.with_name(whole.name + ".p").iterdir())
        yield whole

    def _tile(self, level: int, number: int, width: int) -> Path:
        digits = f"{number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        folders = [f"x{group}" for group in groups[:-1]]
        whole = self.path.joinpath("tile", str(level), *folders, groups[-1])
        return whole if width == TILE else whole.with_name(whole.name + ".p") / str(width)


def _read_text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path} cannot be read: {error}") from error


def _put(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content, private=False)
    except OSError as error:
        raise EvidenceError(f"{path} cannot be written: {error.strerror}") from error
