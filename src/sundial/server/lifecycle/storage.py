"""The files of companies' exports: sealed piece by piece under a key of their own, so that none lies open on disk.

Files of reports lie in the same folder, under other names.

<exports directory>/<company>/<export>.sealed     pieces: 4 bytes of length, then the sealed bytes

Each piece is bound to its export, to its number and to whether it is the last: none can be left out, swapped or cut.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from django.conf import settings

from sundial.server.lib import sealing
from sundial.server.lib.files import writing

PURPOSE = "exports"
PIECE = 1 << 20


def path_of(company_id: int, export_id: int) -> Path:
    """Where the file of an export lies."""
    return Path(settings.EXPORTS_DIR) / str(company_id) / f"{export_id}.sealed"


def remove_all(company_id: int) -> None:
    """Take away everything that lies in a company's folder, files of its reports and drafts included."""
    with suppress(FileNotFoundError):
        shutil.rmtree(Path(settings.EXPORTS_DIR) / str(company_id))


def new_key(company_id: int, export_id: int) -> bytes:
    """A wrapped key for one export."""
    return sealing.new_wrapped_key(PURPOSE, _bound(company_id, export_id))


def remove(company_id: int, export_id: int) -> None:
    """Take the file away; one that is gone already is no fault."""
    path_of(company_id, export_id).unlink(missing_ok=True)


class Sealed:
    """A file to write into, as `zipfile` does; it appears whole, with the end of the block, or not at all."""

    def __init__(self, company_id: int, export_id: int, wrapped: bytes) -> None:
        self.path = path_of(company_id, export_id)
        self.bytes = 0
        self._bound = _bound(company_id, export_id)
        self._key = sealing.unwrap(PURPOSE, wrapped, self._bound)
        self._buffer, self._number = bytearray(), 0
        self._writing = writing(self.path)

    def __enter__(self) -> "Sealed":
        self._file = self._writing.__enter__()
        return self

    def write(self, data: bytes) -> int:
        """Take more bytes; answers how many."""
        self._buffer += data
        self.bytes += len(data)
        while len(self._buffer) > PIECE:
            self._seal(bytes(self._buffer[:PIECE]), last=False)
            del self._buffer[:PIECE]
        return len(data)

    def flush(self) -> None:
        """What is written lies in pieces; the last follows at the end."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._seal(bytes(self._buffer), last=True)
        self._writing.__exit__(kind, error, at)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        sealed = sealing.seal(self._key, piece, _piece(self._bound, self._number, last))
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


def read(company_id: int, export_id: int, wrapped: bytes) -> Iterator[bytes]:
    """The file again, piece by piece; SealBroken where it was changed, and FileNotFoundError where it is gone."""
    bound = _bound(company_id, export_id)
    key, number = sealing.unwrap(PURPOSE, wrapped, bound), 0
    with path_of(company_id, export_id).open("rb") as file:
        head = file.read(4)
        while head:
            sealed = file.read(int.from_bytes(head, "big"))
            head = file.read(4)
            yield sealing.unseal(key, sealed, _piece(bound, number, not head))
            number += 1


def _bound(company_id: int, export_id: int) -> bytes:
    return f"company-export|{company_id}|{export_id}".encode()


def _piece(bound: bytes, number: int, last: bool) -> bytes:
    return bound + f"|{number}|{'last' if last else 'more'}".encode()
