"""Putting the desktop program together on this machine, and running it beside its window."""

import asyncio
import os
import random
import secrets
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sundial import __version__
from sundial.agent.app.agent import SystemClock
from sundial.agent.app.desktop import Desktop
from sundial.agent.app.identity import Identities
from sundial.agent.app.lasting import Lasting
from sundial.agent.app.outside import Outside
from sundial.agent.app.senses import Senses
from sundial.agent.cache import Cache
from sundial.agent.core.sensing import Moment
from sundial.agent.core.shown import Quit, Said
from sundial.agent.keeping.log import Log
from sundial.agent.keeping.tokens import Tokens
from sundial.agent.link.doors import open_client
from sundial.agent.probes import open_desk
from sundial.agent.probes.browser import BrowserProbe
from sundial.agent.probes.machine import moment, this_machine
from sundial.agent.probes.memory import keep_together
from sundial.agent.ui.notices import Notifier
from sundial.agent.ui.program import Program
from sundial.protocol.ids import RANDOM_BITS, uuid7


def run(folder: Path, *, server: str, code: str, terminal: TextIO) -> int:
    """The program's whole life: its window in this thread, everything else in another; returns the exit code."""
    keep_together()
    bridge = _Bridge()
    program = Program(bridge.say, profile=folder)
    log = Log(folder, SystemClock().now, terminal)
    worker = threading.Thread(target=lambda: _work(bridge, program, log, folder, server, code), name="agent")
    worker.start()
    ended = program.run()
    bridge.say(Quit())
    worker.join()
    return ended


class _Bridge:
    """What the person says in the window's thread, brought into the loop's; what is said before it runs waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._early: list[Said] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._desktop: Desktop | None = None

    def open(self, desktop: Desktop) -> None:
        """The loop runs now."""
        with self._lock:
            self._loop, self._desktop = asyncio.get_running_loop(), desktop
            for said in self._early:
                desktop.hear(said)

    def close(self) -> None:
        """The loop ends."""
        with self._lock:
            self._loop = self._desktop = None

    def say(self, said: Said) -> None:
        """From any thread; never waits."""
        with self._lock:
            if self._loop and self._desktop:
                self._loop.call_soon_threadsafe(self._desktop.hear, said)
            else:
                self._early.append(said)


def _work(bridge: _Bridge, program: Program, log: Log, folder: Path, server: str, code: str) -> None:
    try:
        asyncio.run(_live(bridge, program, log, folder, server, code))
    except BaseException as error:  # the window must not stay open over a program that is dead
        log.line(f"The agent ended by a fault: {type(error).__name__}: {error}")
        for line in traceback.format_exc().splitlines():
            log.line(line)
        program.end(1)
    finally:
        bridge.close()


async def _live(bridge: _Bridge, program: Program, log: Log, folder: Path, server: str, code: str) -> None:
    news: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    browsers = BrowserProbe(folder)
    senses = Senses(open_desk(os.environ), browsers)
    desktop = Desktop(
        Outside(
            folder=folder,
            machine=this_machine(__version__),
            desk=senses,
            screen=program,
            notify=lambda title, text: news.put_nowait((title, text)),
            identities=Identities(Cache(folder), Tokens(folder), log.line),
            clock=SystemClock(),
            moment=moment,
            uniform=random.uniform,
            new_eid=_new_eid,
            zone_offset=_zone_offset,
            say=log.line,
            open_client=open_client,
            server=server,
            code=code,
        )
    )
    lasting = Lasting(SystemClock(), log.line)
    async with asyncio.TaskGroup() as group:
        beside = [
            group.create_task(lasting.keep("the notifications", lambda: _speak(news, program))),
            group.create_task(lasting.keep("the browsers' door", lambda: senses.serve(log.line))),
        ]
        bridge.open(desktop)
        try:
            await desktop.run()
        finally:
            bridge.close()
        for task in beside:
            task.cancel()


async def _speak(news: asyncio.Queue[tuple[str, str]], program: Program) -> None:
    """One notification after the other."""
    notifier = Notifier(program.notify, program.open)
    try:
        while True:
            await notifier.notify(*await news.get())
    finally:
        await notifier.close()


def _new_eid(at: Moment) -> str:
    """Sorted by time as this machine sees it; a clock before 1970 gets the first moment there is."""
    return uuid7(max(0, int(at.now.timestamp() * 1000)), secrets.randbits(RANDOM_BITS))


def _zone_offset(at: datetime) -> int:
    """Minutes that the person's zone is ahead of UTC at that instant, summer time included."""
    offset = at.replace(tzinfo=at.tzinfo or UTC).astimezone().utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
