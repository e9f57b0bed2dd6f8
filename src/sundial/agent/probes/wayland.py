"""A Wayland desktop: it keeps programs from looking at one another, and so the agent says what it cannot record."""

import asyncio
from collections.abc import Callable

from sundial.agent.core.sensing import CannotSee, Picture, PictureOrder, Sense, Wanted
from sundial.agent.probes.empty import kinds_of
from sundial.protocol.settings import Kind

MISSING: dict[Kind, str] = {
    "screenshots": "On Wayland, programs may not take pictures of the screen without asking each time.",
    "applications": "On Wayland, programs are not told which window is active.",
    "websites": "On Wayland, programs are not told which window is active: no website is known to be in front.",
    "keyboard_counts": "On Wayland, programs are not told about key presses in other windows.",
    "mouse_counts": "On Wayland, programs are not told about the mouse in other windows.",
    "idle": "On Wayland, programs are not told how long no one touched the machine.",
}


class WaylandDesk:
    """Nothing is recorded here but the session itself. An X display beside it shows a part only, and is not used."""

    def missing(self) -> dict[Kind, str]:
        return dict(MISSING)

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        """Nothing wanted is no trouble; of anything else it says the first that is missing."""
        for kind in kinds_of(wanted):
            raise CannotSee(MISSING[kind])
        ready()
        await asyncio.Event().wait()

    def catch_up(self) -> None:
        """There is nothing that could be behind."""

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        raise CannotSee(MISSING["screenshots"])
