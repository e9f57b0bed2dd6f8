"""Prepared files: <exports directory>/<company>/<number>, each sealed under a key of its own that its row holds.

Exports of whole companies lie beside them, as `<number>.sealed`: those are not ours to sweep,
unlike drafts that a kill left, of either.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from sundial.server.lib import sealing
from sundial.server.lib.files import write_whole

PURPOSE = "exports"


def write(company_id: int, export_id: int, plain: bytes) -> bytes:
    """Seal and keep a file, whole or not at all; its wrapped key."""
    bound = _bound(company_id, export_id)
    wrapped = sealing.new_wrapped_key(PURPOSE, bound)
    sealed = sealing.seal(sealing.unwrap(PURPOSE, wrapped, bound), plain, bound)
    write_whole(_path(company_id, export_id), sealed)
    return wrapped


def read(company_id: int, export_id: int, wrapped: bytes) -> bytes:
    """The file in the clear; SealBroken if it is gone or was changed."""
    bound = _bound(company_id, export_id)
    try:
        sealed = _path(company_id, export_id).read_bytes()
    except OSError as error:
        raise sealing.SealBroken("the file is gone") from error
    return sealing.unseal(sealing.unwrap(PURPOSE, wrapped, bound), sealed, bound)


def remove(company_id: int, export_id: int) -> None:
    """Take a file away; one that is gone already is no fault."""
    _path(company_id, export_id).unlink(missing_ok=True)


def sweep(company_id: int, known: set[int], *, before: datetime) -> None:
    """Take away a company's files that no row knows, and drafts that were begun before that moment."""
    with suppress(FileNotFoundError):
        for path in _path(company_id, 0).parent.iterdir():
            if _is_over(path, known, before):
                path.unlink(missing_ok=True)


def _is_over(path: Path, known: set[int], before: datetime) -> bool:
    if path.name.isdecimal():
        return int(path.name) not in known
    return path.name.startswith(".") and path.stat().st_mtime < before.timestamp()


def _bound(company_id: int, export_id: int) -> bytes:
    return f"export|{company_id}|{export_id}".encode()


def _path(company_id: int, export_id: int) -> Path:
    return Path(settings.EXPORTS_DIR) / str(company_id) / str(export_id)
