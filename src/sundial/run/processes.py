"""The supervisor of `sundial serve`: starts every part, restarts the ones that die, ends them all in order."""

import http.client
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from sundial.run import lifeline
from sundial.run.errors import CannotRun
from sundial.run.postgres import Cluster, PostgresTaken

LOOK_EVERY = 0.1
FIRST_PAUSE, LONGEST_PAUSE, LONG_LIFE = 0.1, 5.0, 10.0
DATABASE_PAUSE = 0.5  # seconds between two attempts to start the database
STOP_WITHIN = 2.6  # seconds for all parts; what is left then is killed

log = logging.getLogger("sundial.supervisor")


@dataclass
class Part:
    """One process that is kept alive."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    again_at: float = 0.0
    companion: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None


def sundial(*arguments: str) -> list[str]:
    """The command that runs `sundial` with these arguments, in this very environment."""
    return [sys.executable, "-m", "sundial.run", *arguments]


@dataclass
class Supervisor:
    """Keeps `parts` and, if it is ours, the database alive until a signal comes."""

    parts: Sequence[Part]
    environment: Mapping[str, str]
    cluster: Cluster | None = None
    ready_at: tuple[str, int] | None = None
    ready: Callable[[], None] = lambda: None
    stopping: threading.Event = field(default_factory=threading.Event)
    _told_ready: bool = False
    _database_again_at: float = 0.0

    def run(self) -> None:
        """Start everything and stay until SIGINT or SIGTERM; returns when all parts have ended."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for part in self.parts:
                self._start(part)
            while not self.stopping.wait(LOOK_EVERY):
                self._keep_database()
                for part in self.parts:
                    self._keep(part)
                self._tell_ready()
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    # -- keeping alive ------------------------------------------------------------------------

    def _start(self, part: Part) -> None:
        # A session of its own: Ctrl-C in a terminal reaches the supervisor alone, which ends the parts in order.
        part.process = subprocess.Popen(
            part.command,
            env={**self.environment, **lifeline.named_for_children()},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lifeline.tied_to_parent(signal.SIGTERM),
        )
        if not lifeline.LINUX:
            part.companion = lifeline.watch(part.process.pid, signal.SIGTERM)
        part.started_at = time.monotonic()

    def _keep(self, part: Part) -> None:
        now = time.monotonic()
        if part.alive or now < part.again_at:
            return
        if part.process is not None:
            lived = now - part.started_at
            part.pause = FIRST_PAUSE if lived > LONG_LIFE else min(part.pause * 2, LONGEST_PAUSE)
            part.again_at = now + part.pause
            log.warning("%s ended with %s after %.0f s; starting it again", part.name, part.process.returncode, lived)
            part.process = None
            return
        self._start(part)

    def _keep_database(self) -> None:
        """Run the database again when it died, and take it over when the command that ran it so far has ended."""
        cluster, now = self.cluster, time.monotonic()
        if cluster is None or cluster.alive or now < self._database_again_at:
            return
        self._database_again_at = now + DATABASE_PAUSE
        try:
            cluster.start()
        except PostgresTaken:  # somebody else runs it, and we share theirs
            return
        except CannotRun as failure:
            log.error("PostgreSQL does not start: %s", failure)
        else:
            log.warning("PostgreSQL was not running; it is again")

    def _tell_ready(self) -> None:
        if self._told_ready or self.ready_at is None:
            return
        if answers(*self.ready_at):
            self._told_ready = True
            self.ready()

    # -- ending -------------------------------------------------------------------------------

    def _end_all(self) -> None:
        running = [part for part in self.parts if part.alive]
        for part in running:
            _signal(part, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        for part in running:
            assert part.process is not None
            try:
                part.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in time and was killed", part.name)
                _signal(part, signal.SIGKILL)
                part.process.wait()
            if part.companion is not None:
                lifeline.release(part.companion)


def _signal(part: Part, number: signal.Signals) -> None:
    assert part.process is not None
    try:
        os.kill(part.process.pid, number)
    except ProcessLookupError:
        return


def answers(host: str, port: int) -> bool:
    """Whether a Sundial there says that it is ready."""
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a name, not a bind
    connection = http.client.HTTPConnection(asked, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
