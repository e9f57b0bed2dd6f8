"""A machine without a screen, or with one that we have no probes for: it says so."""

import asyncio
from collections.abc import Callable

from sundial.agent.core.sensing import CannotSee, Picture, PictureOrder, Sense, Wanted
from sundial.protocol.settings import Kind

ALL: tuple[Kind, ...] = ("screenshots", "websites", "applications", "keyboard_counts", "mouse_counts", "idle")


def kinds_of(wanted: Wanted) -> list[Kind]:
    """The kinds of data that are asked for, in the policy's words."""
    asked: dict[Kind, bool] = {
        "applications": wanted.applications,
        "websites": wanted.websites,
        "keyboard_counts": wanted.keyboard,
        "mouse_counts": wanted.mouse,
        "idle": wanted.idle,
    }
    return [kind for kind, on in asked.items() if on]


class EmptyDesk:
    """Nothing can be seen here, for one reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def missing(self) -> dict[Kind, str]:
        return dict.fromkeys(ALL, self._reason)

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        """Nothing wanted is no trouble; anything else is."""
        if kinds_of(wanted):
            raise CannotSee(self._reason)
        ready()
        await asyncio.Event().wait()

    def catch_up(self) -> None:
        """There is nothing that could be behind."""

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        raise CannotSee(self._reason)
