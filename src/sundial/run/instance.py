"""One Sundial on one data directory: a lock that the system itself gives back when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sundial.run.errors import CannotRun


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data directory for a whole platform; raises CannotRun with the holder's pid if it is held."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / "serve.lock"
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise CannotRun(
                f"Another Sundial already runs on the data directory {data} (pid {holder}). "
                "Stop it first, or set SUNDIAL_DATA_DIR to another folder."
            ) from None
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        yield
