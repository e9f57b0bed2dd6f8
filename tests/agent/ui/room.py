"""A desktop of the test's own: X server, session bus, window manager, and tray and notices when asked for."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
LIMIT_S = 60.0
STEP_S = 0.05
BUS = """<busconfig><type>session</type><listen>unix:dir={folder}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""
Process = subprocess.Popen[str]


def until(true: Callable[[], Any], what: str, within: float = LIMIT_S) -> Any:
    """Wait until something holds, and give it; a slow machine has a minute."""
    pause, end = threading.Event(), time.monotonic() + within
    while True:
        if found := true():
            return found
        assert time.monotonic() < end, f"not within {within:.0f} s: {what}"
        pause.wait(STEP_S)


class Room:
    """Knows its programs and ends them."""

    def __init__(self, folder: Path) -> None:
        self._running: list[Process] = []
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        self.environ = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(runtime),
            "LC_ALL": "C.UTF-8",
            "NO_AT_BRIDGE": "1",
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
        }

    def start(self, *command: str, **more: Any) -> Process:
        """A program in this room."""
        options = {
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "text": True,
            "env": self.environ,
            **more,
        }
        process: Process = subprocess.Popen(command, **options)
        self._running.append(process)
        return process

    def run(self, *command: str) -> str:
        """What a short program prints; nothing if it fails."""
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    def end(self, process: Process) -> None:
        """End one."""
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End all, the last first."""
        for process in reversed(self._running):
            self.end(process)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    # The desktop ----------------------------------------------------------------------------------

    def open_screen(self) -> None:
        """An X server on a display that it found free, with a window manager."""
        reading, writing = os.pipe()
        size = ("-screen", "0", "1280x900x24", "-nolisten", "tcp")
        self.start("Xvfb", "-displayfd", str(writing), "-noreset", *size, pass_fds=(writing,))
        os.close(writing)
        with os.fdopen(reading) as told:
            self.environ["DISPLAY"] = f":{told.readline().strip()}"
        self.start("openbox")
        until(lambda: "0x" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"), "a window manager")

    def open_bus(self) -> None:
        """A session bus that starts nothing by itself."""
        config = Path(self.environ["HOME"]) / "bus.conf"
        config.write_text(BUS.format(folder=config.parent))
        bus = self.start(
            "dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1", stdout=subprocess.PIPE
        )
        assert bus.stdout is not None
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def open_tray(self) -> Process:
        """A tray host."""
        tray = self.start("trayer", "--edge", "bottom", "--align", "right", "--width", "20", "--height", "28")
        until(lambda: self.run("xdotool", "search", "--class", "trayer"), "a tray")
        return tray

    def open_notices(self) -> None:
        """A notification daemon."""
        self.start("dunst")
        until(lambda: self.run("dunstctl", "is-paused"), "a notification daemon")

    def notices(self) -> list[tuple[str, str]]:
        """Title and text of every notice so far."""
        said = json.loads(self.run("dunstctl", "history") or '{"data": [[]]}')
        return [(one["summary"]["data"], one["body"]["data"]) for one in said["data"][0]]

    def windows(self, pattern: str, by: str = "--name") -> list[str]:
        """The windows that can be seen and are called so."""
        return self.run("xdotool", "search", "--onlyvisible", by, pattern).splitlines()

    def parent(self, window: str) -> str:
        """The window that holds this one."""
        lines = self.run("xwininfo", "-tree", "-id", window).splitlines()
        return next(line.split()[3] for line in lines if "Parent window id" in line)

    def press(self, window: str, key: str) -> None:
        """As by hand."""
        self.run("xdotool", "windowactivate", "--sync", window)
        self.run("xdotool", "key", key)

    def click(self, window: str) -> None:
        """Into its middle."""
        shape = dict(
            line.split("=", 1) for line in self.run("xdotool", "getwindowgeometry", "--shell", window).splitlines()
        )
        x, y = (int(shape[at]) + int(shape[size]) // 2 for at, size in (("X", "WIDTH"), ("Y", "HEIGHT")))
        self.run("xdotool", "mousemove", "--sync", str(x), str(y), "click", "1")


class Actor:
    """The program in a room: led by lines, heard by lines."""

    def __init__(self, room: Room) -> None:
        self.process = room.start(
            sys.executable, "-m", "tests.agent.ui.actor", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None
        )
        self.said: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, line: str) -> None:
        """Lead it."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with contextlib.suppress(ValueError):
            for line in self.process.stdout:
                self.said.append(line.strip())


@contextmanager
def furnished(folder: Path) -> Iterator[Room]:
    """A room with a screen and a bus."""
    room = Room(folder)
    try:
        room.open_screen()
        room.open_bus()
        yield room
    finally:
        room.close()
