"""What every measurement needs of the machine: servers started and stopped, their CPU and memory, tables, results."""

import contextlib
import json
import os
import platform
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent
BUILD = HERE / "build"
RESULTS = HERE / "results"
READY_WITHIN = 30.0
STOPPED_WITHIN = 10.0
SETTLE = 0.5


class CannotMeasure(Exception):
    """Something is missing on this machine; the message says what to do."""


def raise_file_limit(wanted: int) -> None:
    """Allow that many open files, in this process and those it starts."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise CannotMeasure(f"{wanted} open files are needed and the limit is {hard}: raise it with ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def native(name: str) -> Path:
    """The program of `bench/native`, compiled if it has changed."""
    source, program = HERE / "native" / f"{name}.c", BUILD / name
    if program.exists() and program.stat().st_mtime > source.stat().st_mtime:
        return program
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise CannotMeasure("a C compiler is needed: apt-get install gcc libc6-dev")
    BUILD.mkdir(exist_ok=True)
    subprocess.run([compiler, "-O2", "-Wall", "-o", program, source], check=True)
    return program


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def settle(seconds: float = SETTLE) -> None:
    """Let the machine come to rest."""
    threading.Event().wait(seconds)


class Server:
    """A program that listens, and what it costs, its children counted."""

    def __init__(self, command: Sequence[str | Path], port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            [str(part) for part in command], start_new_session=True, env={**os.environ, "PYTHONPATH": str(HERE.parent)}
        )
        self._await_ready()

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return sum(times.user + times.system for times in self._each(psutil.Process.cpu_times))

    def memory(self) -> int:
        """Bytes resident."""
        return sum(info.rss for info in self._each(psutil.Process.memory_info))

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise CannotMeasure(f"{self.process.args!r} ended with {self.process.returncode}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                settle()
                return
            settle(0.05)
        raise CannotMeasure(f"{self.process.args!r} does not listen")

    def _each(self, measure: Any) -> Iterator[Any]:
        root = psutil.Process(self.process.pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                yield measure(process)


@contextlib.contextmanager
def serving(command: Sequence[str | Path], port: int) -> Iterator[Server]:
    """Run a server for a while."""
    server = Server(command, port)
    try:
        yield server
    finally:
        server.stop()


def python(module: str, *arguments: object) -> list[str]:
    """The command that runs a module of ours."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under one another."""
    cells = [list(map(str, heads)), *(list(map(str, row)) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    print(f"\n{title}")
    for row in cells:
        print("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def save(name: str, results: dict[str, Any]) -> None:
    """Keep the results, with what machine they are of."""
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "kernel": platform.release(), "processors": os.cpu_count()}
    target = RESULTS / f"{name}.json"
    target.write_text(json.dumps({"machine": machine, **results}, indent=2) + "\n")
    print(f"\nwritten to {target.relative_to(HERE.parent)}")


def verdict(promises: dict[str, bool]) -> bool:
    """Print which promises hold; whether all do."""
    print()
    for promise, holds in promises.items():
        print(f"  {'holds ' if holds else 'BROKEN'}  {promise}")
    return all(promises.values())
