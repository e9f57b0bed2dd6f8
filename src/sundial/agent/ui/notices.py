"""Notices by the desktop's own means, for the agent's asyncio thread; by ours where the desktop has none."""

import asyncio
import html
import platform
from collections.abc import Callable
from contextlib import suppress

from desktop_notifier import DesktopNotifier, Urgency

from sundial.agent.ui.text import clean

PATIENCE_S = 5.0
LONGEST_TITLE, LONGEST_TEXT = 120, 400
# The bodies of Linux desktops' notices are read as markup; on the others they are text.
MARKED_UP = platform.system() == "Linux"


class Notifier:
    """Used from one running loop; `otherwise(title, text)` shows what the desktop could not, `clicked` is a click."""

    def __init__(
        self, otherwise: Callable[[str, str], None], clicked: Callable[[], None], patience_s: float = PATIENCE_S
    ) -> None:
        self._otherwise, self._clicked, self._patience_s = otherwise, clicked, patience_s
        self._desktop: DesktopNotifier | None = None

    async def notify(self, title: str, text: str) -> None:
        """Show a notice; never raises, never waits long."""
        title, text = clean(title, LONGEST_TITLE), clean(text, LONGEST_TEXT)
        if not await self._shown_by_desktop(title, text):
            await self.close()
            self._otherwise(title, text)

    async def close(self) -> None:
        """Let go of the desktop; the next notice finds it anew, should it be another by then."""
        desktop, self._desktop = self._desktop, None
        bus = getattr(desktop and desktop._backend, "bus", None)  # it has no door for this, and would keep the socket
        if bus is not None:
            bus.disconnect()
            with suppress(Exception):
                await bus.wait_for_disconnect()

    async def _shown_by_desktop(self, title: str, text: str) -> bool:
        arrived = asyncio.Event()
        body = html.escape(text, quote=False) if MARKED_UP else text
        try:
            async with asyncio.timeout(self._patience_s):
                if self._desktop is None:
                    self._desktop = DesktopNotifier(app_name="Sundial", app_icon=None)
                await self._desktop.send(
                    title, body, Urgency.Normal, on_dispatched=arrived.set, on_clicked=self._clicked
                )
        except Exception:
            return False  # a notice is never worth more than the program
        return arrived.is_set()
