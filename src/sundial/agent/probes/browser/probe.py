"""Hears the extensions of all browsers, and tells the newest word of each browser."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sundial.agent.core.sensing import Browsed, CannotSee, Sense
from sundial.agent.probes.browser.install import is_installed
from sundial.agent.probes.browser.place import NoPlace, is_ours, serve, socket_of
from sundial.agent.probes.browser.words import Asked, Caller, Frames, Front, Junk, Tab, Want, framed
from sundial.protocol import codec

PIECE = 65536
INTRODUCED_WITHIN_S = 10.0
MOST_CALLERS = 32
NOT_INSTALLED = "The browser extension is not installed."
NOT_CONNECTED = "No browser with the extension is connected."


class BrowserProbe:
    """One socket for all browsers: open during `serve` and during `watch`, silent unless it is watched."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._callers: list[_Conversation] = []
        self._want: Want = "none"
        self._heard: Callable[[Sense], None] | None = None
        self._users = 0
        self._opening = asyncio.Lock()
        self._server: asyncio.Server | None = None

    @property
    def available(self) -> str:
        """Why no website can be heard of now; empty if one can. Watching is right even while no browser is there."""
        if self._callers:
            return ""
        return NOT_CONNECTED if is_installed(self._profile) else NOT_INSTALLED

    async def serve(self) -> None:
        """Be there for browsers, so that they can say that the agent is reached. Raises CannotSee."""
        async with self._open():
            await asyncio.Event().wait()

    async def watch(self, ready: Callable[[], None], heard: Callable[[Sense], None], *, detail: bool) -> None:
        """Until cancelled; with `detail` also address and title are asked for. Raises CannotSee."""
        async with self._open():
            self._heard = heard
            self._ask("detail" if detail else "domain")
            ready()
            try:
                await asyncio.Event().wait()
            finally:
                self._heard = None
                self._ask("none")

    def _ask(self, want: Want) -> None:
        self._want = want
        for caller in self._callers:
            caller.ask(want)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        """The socket is there as long as someone needs it."""
        self._users += 1
        try:
            async with self._opening:
                if self._server is None:
                    self._server = await self._listening()
            yield
        finally:
            self._users -= 1
            if self._users == 0:
                self._close()

    async def _listening(self) -> asyncio.Server:
        try:
            return await serve(socket_of(self._profile), self._converse)
        except NoPlace as error:
            raise CannotSee(str(error)) from error

    def _close(self) -> None:
        if self._server is None:
            return
        self._server.close()
        self._server = None
        socket_of(self._profile).unlink(missing_ok=True)
        for caller in self._callers:
            caller.end()

    # One browser ----------------------------------------------------------------------------------

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, Junk, codec.Malformed):
            if is_ours(writer.get_extra_info("socket")) and len(self._callers) < MOST_CALLERS:
                await self._listen_to(reader, writer)
        writer.close()

    async def _listen_to(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bodies = _bodies(reader)
        async with asyncio.timeout(INTRODUCED_WITHIN_S):
            caller = codec.decode(Caller, await anext(bodies, b""))
        conversation = _Conversation(caller, writer)
        self._callers.append(conversation)
        try:
            conversation.ask(self._want)
            async for body in bodies:
                self._note(conversation, codec.decode(Front, body).tab)
        finally:
            self._callers.remove(conversation)
            self._note(conversation, None)

    def _note(self, conversation: "_Conversation", tab: Tab | None) -> None:
        """Several profiles of a browser are one program with one pid: an empty word of one does not hide the other."""
        before, conversation.tab = conversation.tab, tab
        if tab is None and before is None:
            return
        shown = tab or next((other.tab for other in reversed(self._callers) if other.same_as(conversation)), None)
        self._tell(conversation.caller, shown or Tab(""))

    def _tell(self, caller: Caller, tab: Tab) -> None:
        if self._heard is None:
            return
        url, title = (tab.url, tab.title) if self._want == "detail" else ("", "")
        self._heard(Browsed(caller.browser, tab.domain, url, title, caller.pid))


class _Conversation:
    """One extension, its last word, and the way back to it."""

    def __init__(self, caller: Caller, writer: asyncio.StreamWriter) -> None:
        self.caller = caller
        self.tab: Tab | None = None
        self._writer = writer

    def ask(self, want: Want) -> None:
        self._writer.write(framed(Asked(want)))

    def end(self) -> None:
        self._writer.close()

    def same_as(self, other: "_Conversation") -> bool:
        """Whether both speak for the same browser, and this one has something in front."""
        return self is not other and self.caller.pid == other.caller.pid and self.tab is not None


async def _bodies(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    frames = Frames()
    while data := await reader.read(PIECE):
        for body in frames.feed(data):
            yield body
