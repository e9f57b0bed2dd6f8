"""All probes of an X display; websites come from the browsers themselves."""

from collections.abc import Callable

from sundial.agent.core.sensing import Picture, PictureOrder, Sense, Wanted
from sundial.agent.probes import pictures
from sundial.agent.probes.beside import watch_beside
from sundial.agent.probes.x11.connection import Connection
from sundial.agent.probes.x11.watcher import X11Watcher
from sundial.protocol.settings import Kind

_NEEDS: dict[Kind, tuple[str, str]] = {
    "keyboard_counts": ("XInputExtension", "This display does not tell about key presses."),
    "mouse_counts": ("XInputExtension", "This display does not tell about the mouse."),
    "idle": ("MIT-SCREEN-SAVER", "This display does not tell how long no one touched it."),
}


class X11Desk:
    """One display. Raises CannotSee if there is none of that name."""

    def __init__(self, display: str | None = None) -> None:
        self._display = display
        connection = Connection(display)
        try:
            self._missing = {kind: why for kind, (name, why) in _NEEDS.items() if not connection.extension(name)}
        finally:
            connection.close()

    def missing(self) -> dict[Kind, str]:
        return dict(self._missing)

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        """Returns without being cancelled only after it said of every probe that it is unable."""
        await watch_beside(X11Watcher(self._display, wanted), ready, heard)

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        return await pictures.take(lambda: pictures.grab_screens(self._display), order)
