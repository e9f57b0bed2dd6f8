"""Disks that fail for true: the kernel refuses, not a stand-in."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def no_byte_beyond(limit: int) -> Iterator[None]:
    """The kernel refuses to make any file longer than this, as a full disk does in the middle of a write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def another_account() -> Iterator[None]:
    """Rights bind root only when it is not root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def wal_size(folder: Path) -> int:
    return (folder / "outbox.db-wal").stat().st_size


@contextmanager
def writes_refused(file: Path) -> Iterator[None]:
    """What is open already takes no more writes, as after a disk fell back to read-only."""
    descriptors = [
        int(link.name)
        for link in Path("/proc/self/fd").iterdir()
        if link.is_symlink() and os.path.realpath(link) == str(file)
    ]
    assert descriptors
    kept = {descriptor: os.dup(descriptor) for descriptor in descriptors}
    looking = os.open(file, os.O_RDONLY)
    for descriptor in descriptors:
        os.dup2(looking, descriptor)
    os.close(looking)
    try:
        yield
    finally:
        for descriptor, copy in kept.items():
            os.dup2(copy, descriptor)
            os.close(copy)
