"""The embedded PostgreSQL: a real server from the wheel's binaries, so that a newcomer installs nothing.

Beside the data directory `pg` stand `pg.lock` (who runs it), `pg.log`, and two passwords of mode 600: `pg.owner` and
`pg.app`. Whoever holds the lock runs the server and is outlived by nothing; everybody else attaches by connecting.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from sundial.run import postgres_elsewhere
from sundial.run.errors import PostgresFailed
from sundial.run.postgres_account import Account, account_for, make_reachable, open_to
from sundial.run.postgres_server import MAJOR, Server, binaries, pause
from sundial.server.lib.files import write_new

OWNER: Final = "postgres"
APP: Final = "sundial_app"
NARROW_ROLES: Final = ("sundial_across", "sundial_gateway", "sundial_ingest")
PORT: Final = 5432
LONGEST_SOCKET_PATH: Final = 103  # sun_path is 104 bytes on macOS, 108 on Linux

ATTACH_LIMIT: Final = 60.0

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
    # A new log file of 16 MB takes 50 ms in which nothing commits: keep those there are, and write pages less often.
    "min_wal_size": "320MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # Today's disks read any page as fast as the next; at 4, as it comes, a year of a large company is read whole.
    "random_page_cost": "1.1",
}


class PostgresTaken(PostgresFailed):
    """Another process runs the embedded PostgreSQL on this data directory."""


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
        self._server: Server | None = None

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Run the server (again, if it died), its data made first where there is none.

        Raises `PostgresTaken` if another process runs it.
        """
        if self.alive:
            return
        held = self._lock is not None
        try:
            self._start()
        except BaseException as failure:
            self._end_server()
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
        self.data = postgres_elsewhere.home(self.data, account)
        open_to(account, [self.data.parent, binaries()])
        self._take_lock()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(account)
        self._check_version()
        self._server = Server(self.data, self.socket_dir, self._beside("log"), self._settings)
        self._server.start(account)
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
                pause(0.05)

    def stop(self) -> None:
        """End the server if it is ours (clients are cut off, everything committed is kept), and give the data free."""
        self._end_server()
        self._release_lock()

    def _end_server(self) -> None:
        if self._server is not None:
            self._server.end()
            self._server = None

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
        """The server's process, where it is ours."""
        return self._server.process if self._server is not None else None

    @property
    def alive(self) -> bool:
        """Whether the server runs, as ours."""
        return self.process is not None and self.process.poll() is None

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


def _keep_secret(path: Path) -> bool:
    """Make a random password in a file that only its owner reads; whether it is new."""
    return write_new(path, secrets.token_urlsafe(24).encode())
