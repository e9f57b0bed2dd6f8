"""The real program as people start it: `sundial serve` on a free port and a data directory of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

SUNDIAL = Path(sys.executable).parent / "sundial"
READY = "Sundial is ready: "  # how the greeting on the console begins
START_LIMIT = 240.0  # seconds; the demo's month takes ten on an idle machine, and many times that on a crowded one


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that other accounts may pass through: as root, PostgreSQL runs as another one."""
    with tempfile.TemporaryDirectory(prefix="sundial-run-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Platform:
    """A running `sundial serve --demo`."""

    process: subprocess.Popen[str]
    data: Path
    base_url: str
    environment: dict[str, str]
    demo: dict[str, Any] = field(default_factory=dict)

    def run(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run another `sundial` command on the same data directory."""
        return subprocess.run(
            [str(SUNDIAL), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )


def start_platform(data: Path, *, demo: bool = True, settings: Mapping[str, str] | None = None) -> Platform:
    """Start the real program on a free port, with these settings added, and wait until it says it is ready."""
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = kept | {
        "SUNDIAL_DATA_DIR": str(data),
        "SUNDIAL_PORT": str(port),
        "SUNDIAL_MODE": "demo",
        "PYTHONUNBUFFERED": "1",
        **(settings or {}),
    }
    log_path = data.parent / f"{data.name}.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [str(SUNDIAL), "serve", *(["--demo"] if demo else [])],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    platform = Platform(process, data, f"http://127.0.0.1:{port}", environment)
    _await_ready(platform, log_path)
    if demo:
        platform.demo = json.loads((data / "demo.json").read_text())
    return platform


def _await_ready(platform: Platform, log: Path) -> None:
    transport = httpx.HTTPTransport(retries=0)
    with httpx.Client(transport=transport, base_url=platform.base_url, timeout=2) as client:
        for _ in range(int(START_LIMIT / 0.25)):
            if platform.process.poll() is not None:
                break
            try:
                # The greeting comes a moment after the first answer, and some tests read it.
                if client.get("/readyz").status_code == 200 and READY in log.read_text():
                    return
            except httpx.TransportError:
                pass
            # Not a sleep for its own sake: the child's exit ends the wait at once.
            try:
                platform.process.wait(0.25)
            except subprocess.TimeoutExpired:
                continue
    platform.process.kill()
    platform.process.wait()
    raise AssertionError(f"the platform did not become ready:\n{log.read_text()[-4000:]}")


def stop_platform(platform: Platform) -> None:
    """Ctrl-C, as a user would."""
    platform.process.send_signal(signal.SIGINT)
    try:
        platform.process.wait(20)
    except subprocess.TimeoutExpired:
        platform.process.kill()
        platform.process.wait()
