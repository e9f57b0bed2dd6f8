"""A real X server of the test's own, with a window manager and windows; and ears for what a probe tells."""

import asyncio
import contextlib
import os
import select
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from Xlib import X
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage

from sundial.agent.core.sensing import Desk, Focused, Sense, Wanted
from tests.loops import News

LIMIT = 60.0
Process = subprocess.Popen[bytes]


@dataclass
class Screen:
    """One Xvfb, known by its display name."""

    name: str
    server: Process
    windows: list[Process] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": "/tmp", "DISPLAY": self.name, "LC_ALL": "C.UTF-8"}

    def start(self, *command: str) -> Process:
        """A program on this screen, ended with it."""
        process = subprocess.Popen(command, env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.windows.append(process)
        return process

    def run(self, *command: str) -> str:
        """A program that does one thing and ends."""
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=LIMIT, check=True)
        return done.stdout.strip()

    def xterm(self, title: str, geometry: str = "80x24+10+10", *command: str) -> int:
        """A terminal with that title, active; its window's number."""
        doing = command or ("sleep", "600")
        self.start("xterm", "-geometry", geometry, "-T", title, "-e", *doing)
        number = int(self.run("xdotool", "search", "--sync", "--onlyvisible", "--name", title).splitlines()[-1])
        self.activate(number)
        return number

    def activate(self, number: int) -> None:
        self.run("xdotool", "windowactivate", "--sync", str(number))

    def type(self, *keys: str) -> None:
        self.run("xdotool", "key", *keys)

    def end(self) -> None:
        for process in [*self.windows, self.server]:
            process.terminate()
        for process in [*self.windows, self.server]:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
                continue
            process.kill()
            process.wait()


@contextmanager
def open_screen(size: str = "1280x720x24", *, managed: bool = True) -> Iterator[Screen]:
    """On a display number that the server itself found free."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-noreset", "-nolisten", "tcp", "-screen", "0", size],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        screen = Screen(f":{told.readline().strip()}", server)
    try:
        if managed:
            screen.start("openbox")
            _managed(screen)
        yield screen
    finally:
        screen.end()


def _managed(screen: Screen) -> None:
    """Waits for the window manager, on the event that it sends when it is there."""
    display = Display(screen.name)
    root, mark = display.screen().root, display.intern_atom("_NET_SUPPORTING_WM_CHECK")
    root.change_attributes(event_mask=X.PropertyChangeMask)
    while root.get_full_property(mark, X.AnyPropertyType) is None:
        display.next_event()
    display.close()


@dataclass
class PlainWindow:
    """A window that the test draws and names itself, with the properties it likes."""

    display: Any
    window: Any

    @property
    def number(self) -> int:
        return int(self.window.id)

    def name(self, atom: str, value: bytes, kind: str = "STRING") -> None:
        self.window.change_property(self.display.intern_atom(atom), self.display.intern_atom(kind), 8, value)
        self.display.sync()

    def numbers(self, atom: str, values: list[int]) -> None:
        kind = self.display.intern_atom("CARDINAL")
        self.window.change_property(self.display.intern_atom(atom), kind, 32, values)
        self.display.sync()

    def own(self, pid: int) -> None:
        self.numbers("_NET_WM_PID", [pid])

    def show(self) -> None:
        """On the screen, and the active window: openbox forgets a wish that comes too early, so it is told again."""
        self.window.map()
        root, atom = self.display.screen().root, self.display.intern_atom("_NET_ACTIVE_WINDOW")
        word = ClientMessage(window=self.window, client_type=atom, data=(32, [2, X.CurrentTime, 0, 0, 0]))
        until = time.monotonic() + LIMIT
        while not self._active(root, atom):
            assert time.monotonic() < until, "the window manager does not make it active"
            root.send_event(word, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
            self.display.sync()
            select.select([], [], [], 0.02)

    def _active(self, root: Any, atom: int) -> bool:
        found = root.get_full_property(atom, X.AnyPropertyType)
        return bool(found and found.value and found.value[0] == self.number)

    def destroy(self) -> None:
        self.window.destroy()
        self.display.sync()


@contextmanager
def plain_window(screen: Screen, *, class_name: str = "Plain") -> Iterator[PlainWindow]:
    """Not shown yet."""
    display = Display(screen.name)
    at = display.screen()
    window = at.root.create_window(100, 100, 300, 200, 0, at.root_depth, background_pixel=at.white_pixel)
    window.set_wm_class(class_name.lower(), class_name)
    window.set_wm_hints(flags=1, input=1)  # it takes the keyboard: openbox makes no other window active
    try:
        plain = PlainWindow(display, window)
        plain.own(screen.server.pid)  # else it is one of the agent's own: this process is the agent
        yield plain
    finally:
        with contextlib.suppress(Exception):  # the server may be gone by now
            display.close()


class Ears:
    """Hears what a probe tells, and waits for what shall come."""

    def __init__(self) -> None:
        self.heard: list[Sense] = []
        self._news = News()

    def __call__(self, sense: Sense) -> None:
        self.heard.append(sense)
        self._news.tell()

    async def until(self, holds: Callable[[], bool]) -> None:
        await self._news.until(holds)

    def of(self, kind: type[Any]) -> list[Any]:
        return [sense for sense in self.heard if isinstance(sense, kind)]

    @property
    def focused(self) -> list[Focused]:
        return self.of(Focused)

    async def title(self, title: str) -> Focused:
        """Waits until the last told window has that title."""
        await self.until(lambda: bool(self.focused) and self.focused[-1].title == title)
        return self.focused[-1]

    async def looks(self, number: int, kind: type[Any]) -> None:
        """Waits until that many more words of a kind have come."""
        before = len(self.of(kind))
        await self.until(lambda: len(self.of(kind)) >= before + number)


@asynccontextmanager
async def watching(desk: Desk, **wanted: bool) -> AsyncIterator[Ears]:
    """The probes run inside; what they told is heard."""
    ears, ready = Ears(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(desk.watch(Wanted(**wanted), ready.set, ears))
        async with asyncio.timeout(LIMIT):
            await ready.wait()
        yield ears
        task.cancel()
