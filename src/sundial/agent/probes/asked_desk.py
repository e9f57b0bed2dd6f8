"""The desk of a system that is asked once a second."""

from collections.abc import Callable, Mapping

from sundial.agent.core.sensing import CannotSee, Picture, PictureOrder, Sense, Wanted
from sundial.agent.probes import pictures
from sundial.agent.probes.asking import AskingWatcher, System
from sundial.agent.probes.beside import Beside
from sundial.protocol.settings import Kind


class AskedDesk:
    """`missing` is what the person has not allowed in the settings of the system, as found at the start."""

    def __init__(self, new_system: Callable[[], System], missing: Mapping[Kind, str]) -> None:
        self._new_system = new_system
        self._missing = dict(missing)
        self._beside: Beside | None = None

    def missing(self) -> dict[Kind, str]:
        return dict(self._missing)

    async def watch(self, wanted: Wanted, ready: Callable[[], None], heard: Callable[[Sense], None]) -> None:
        self._beside = Beside(AskingWatcher(self._new_system(), wanted), ready, heard)
        try:
            await self._beside.done()
        finally:
            self._beside = None

    def catch_up(self) -> None:
        if self._beside:
            self._beside.catch_up()

    async def pictures(self, order: PictureOrder) -> list[Picture]:
        if reason := self._missing.get("screenshots"):
            raise CannotSee(reason)
        return await pictures.take(pictures.grab_screens, order)
