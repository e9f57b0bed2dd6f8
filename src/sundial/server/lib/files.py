"""Files that are whole or not there: under a name is the old content or the new one, after a kill or a full disk, too.

What is new is written into a draft beside the file, made to last, and only then given the name. The name of a draft
begins with a dot: what a kill left of one is nobody's file.
"""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_NO_SYNC_OF_FOLDERS = {errno.EACCES, errno.EINVAL, errno.ENOTSUP, errno.EPERM}  # what file systems without it answer


def write_whole(path: Path, content: bytes, *, private: bool = True) -> None:
    """Put this content in place of what is there; `private`: nobody but its owner may read it."""
    with writing(path, private=private) as file:
        file.write(content)


def write_new(path: Path, content: bytes) -> bool:
    """Write a private file unless one is there, also when several ask at once; whether it is ours."""
    with drafted(path) as (draft, file):
        file.write(content)
        make_last(file)
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    settle(path.parent)
    return True


@contextmanager
def writing(path: Path, *, private: bool = True) -> Iterator[BinaryIO]:
    """A file to write into; with the end of the block, and not if it fails, it takes the place of `path`."""
    with drafted(path, private=private) as (draft, file):
        yield file
        make_last(file)
        draft.replace(path)
    settle(path.parent)


@contextmanager
def drafted(path: Path, *, private: bool = True) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file beside `path` to write into and to read from; it goes away with the block."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o777)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield draft, file
    finally:
        draft.unlink(missing_ok=True)


def destroy(path: Path) -> None:
    """Overwrite a small file, take it away, and see that both last; one that is gone already is no fault."""
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            make_last(file)
        path.unlink()
        settle(path.parent)


def make_last(file: BinaryIO) -> None:
    """Make what was written into an open file last."""
    file.flush()
    os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Make what was named or taken away in a folder last, wherever a file system lets a folder be synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC_OF_FOLDERS:
            raise
