"""All probes of an X display; websites come from the browsers themselves."""

import asyncio
from collections.abc import Callable

from sundial.agent.core.sensing import CannotSee, Picture, PictureOrder, Sense, Wanted
from sundial.agent.probes import pictures
from sundial.agent.probes.beside import Beside
from sundial.agent.probes.x11.connection import Connection
from sundial.agent.probes.x11.session_bus import SessionBus
from sundial.agent.probes.x11.watcher import X11Watcher
from sundial.protocol.settings import Kind

_NEEDS: dict[Kind, tuple[str, str]] = {
    "keyboard_counts": ("XInputExtension", "This display does not tell about key presses."),
    "mouse_counts": ("XInputExtension", "This display does not tell about the mouse."),
    "idle": ("MIT-SCREEN-SAVER", "This display does not tell how long no one touched it."),
}


class X11Desk:
    """One display. Raises CannotSee if there is none of that name."""

    def __init__(self, display: str | None = None, bus_address: str | None = None) -> None:
        self._display = display
        self._bus_address = bus_address
        self._beside: Beside | None = None
        connection = Connection(display)
        try:
            self._missing = {kind: why for kind, (name, why) in _NEEDS.items() if not connection.extension(name)}
        finally:
            connection.close()

    def missing(self) -> dict[Kind, str]:
        return dict(self._missing)

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        """Returns without being cancelled only after it said of every probe that it is unable."""
        bus, running, problem = SessionBus(self._bus_address), asyncio.Event(), None

        def begin() -> None:
            running.set()
            ready()

        watcher = X11Watcher(self._display, wanted, lambda: bus.inhibited)
        async with asyncio.TaskGroup() as group:
            following = group.create_task(_follow(bus, running, wanted, heard))
            self._beside = Beside(watcher, begin, heard)
            try:
                await self._beside.done()
            except CannotSee as error:
                problem = error  # raised below: a group would wrap it
            finally:
                self._beside = None
            following.cancel()
        if problem is not None:
            raise problem

    def catch_up(self) -> None:
        if self._beside:
            self._beside.catch_up()

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        return await pictures.take(lambda: pictures.grab_screens(self._display), order)


async def _follow(bus: SessionBus, running: asyncio.Event, wanted: Wanted, heard: Callable[[Sense], None]) -> None:
    """Nothing is told before the probes run."""
    await running.wait()
    if wanted.idle:
        await bus.follow(heard)
