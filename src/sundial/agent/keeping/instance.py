"""One program a profile folder."""

from pathlib import Path

from PySide6.QtCore import QLockFile


class AlreadyRunning(Exception):
    """Another program uses this profile folder."""


class Instance:
    """Held from the start to the end of the program; a killed one's is taken over at once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / "lock"))
        self._lock.setStaleLockTime(0)

    def take(self) -> None:
        """Raises AlreadyRunning."""
        if self._lock.tryLock(0):
            return
        if self._lock.error() != QLockFile.LockError.LockFailedError:
            raise OSError(f"the lock could not be written: {self._lock.error().name}")
        raise AlreadyRunning("the agent runs already with this profile")

    def release(self) -> None:
        """Let another program take it."""
        self._lock.unlock()
