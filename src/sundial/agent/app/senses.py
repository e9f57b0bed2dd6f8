"""The desk as a whole: the operating system's probes, and the browsers that tell their websites themselves."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from sundial.agent.core.sensing import CannotSee, Desk, Picture, PictureOrder, Sense, Unable, Wanted
from sundial.agent.probes.browser import BrowserProbe
from sundial.protocol.settings import Kind


@dataclass(frozen=True, slots=True)
class Senses:
    """A Desk made of two."""

    desk: Desk
    browsers: BrowserProbe

    def missing(self) -> dict[Kind, str]:
        """Websites are missing while no browser is there to tell of them."""
        websites: dict[Kind, str] = {"websites": reason} if (reason := self.browsers.available) else {}
        return {**self.desk.missing(), **websites}

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        """Websites count only while their browser is the active window, so that is watched for them, too."""
        if not wanted.websites:
            await self.desk.watch(wanted, ready, heard)
            return
        opened = _Both(ready)
        failure: CannotSee | None = None
        async with asyncio.TaskGroup() as group:
            browsing = group.create_task(self._browse(wanted, opened.one, heard))
            try:
                await self.desk.watch(replace(wanted, applications=True, websites=False), opened.other, heard)
            except CannotSee as error:  # raised when the group has ended, or it would come wrapped
                failure = error
            browsing.cancel()
        if failure is not None:
            raise failure

    def catch_up(self) -> None:
        """Browsers tell each change at once and are never behind."""
        self.desk.catch_up()

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        """The operating system's."""
        return await self.desk.pictures(order)

    async def serve(self, say: Callable[[str], None]) -> None:
        """Be there for browsers all the time, so that the extension can say that the agent is reached."""
        try:
            await self.browsers.serve()
        except CannotSee as error:
            say(f"Browsers cannot be heard: {error}")

    async def _browse(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        try:
            await self.browsers.watch(ready, heard, detail=wanted.website_detail)
        except CannotSee as error:  # no reason to record nothing else
            heard(Unable("websites", str(error)))
            ready()


class _Both:
    """Says that all is ready when both have said so."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self._ready = ready
        self._missing = {"one", "other"}

    def one(self) -> None:
        self._said("one")

    def other(self) -> None:
        self._said("other")

    def _said(self, which: str) -> None:
        if self._missing:
            self._missing.discard(which)
            if not self._missing:
                self._ready()
