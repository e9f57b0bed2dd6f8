"""What the desktop itself knows, asked over D-Bus: whether the screen is locked, and whether a video or a call runs.

Desktops answer by different names; one that answers to none is never locked here, and idleness alone decides.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from dbus_fast import DBusError, Message, MessageFlag, MessageType
from dbus_fast.aio import MessageBus

from sundial.agent.core.sensing import Locked, Sense

LOOK_S = 1.0
ANSWER_WITHIN_S = 2.0
SEARCH_EACH = 30  # looks: a service may come later than the agent
IDLE_FLAG = 8  # of GNOME's session manager: the session shall not be called idle


@dataclass(frozen=True, slots=True)
class Question:
    """A method without side effects that answers with one boolean."""

    service: str
    path: str
    interface: str
    method: str
    signature: str = ""
    body: list[int] = field(default_factory=list)


LOCKED = tuple(
    Question(f"org.{desktop}.ScreenSaver", f"/org/{desktop}/ScreenSaver", f"org.{desktop}.ScreenSaver", "GetActive")
    for desktop in ("freedesktop", "gnome", "cinnamon", "mate")
)
INHIBITED = (
    Question(
        "org.freedesktop.PowerManagement",
        "/org/freedesktop/PowerManagement/Inhibit",
        "org.freedesktop.PowerManagement.Inhibit",
        "HasInhibit",
    ),
    Question(
        "org.gnome.SessionManager",
        "/org/gnome/SessionManager",
        "org.gnome.SessionManager",
        "IsInhibited",
        "u",
        [IDLE_FLAG],
    ),
)

Ask = Callable[[Question], Awaitable[bool | None]]


class SessionBus:
    """`inhibited` may be read by any thread at any moment."""

    def __init__(self, address: str | None) -> None:
        self._address = address
        self._answering: list[Question] = []
        self._locked = False
        self.inhibited = False

    async def follow(self, heard: Callable[[Sense], None]) -> None:
        """Until cancelled, or until there is no bus (any more): that is a desktop that tells nothing."""
        if not self._address:
            return
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                bus = await MessageBus(bus_address=self._address).connect()
        except (OSError, DBusError, TimeoutError, ValueError):
            return
        try:
            await self._follow(lambda question: _asked(bus, question), heard)
        except (OSError, EOFError):
            return
        finally:
            self.inhibited = False
            await _left(bus)

    async def _follow(self, ask: Ask, heard: Callable[[Sense], None]) -> None:
        looks = 0
        while True:
            if looks % SEARCH_EACH == 0:
                self._answering = [one for one in (*LOCKED, *INHIBITED) if await ask(one) is not None]
            looks += 1
            locked = await self._any(LOCKED, ask)
            self.inhibited = await self._any(INHIBITED, ask)
            if locked != self._locked:
                self._locked = locked
                heard(Locked(locked))
            await asyncio.sleep(LOOK_S)

    async def _any(self, questions: tuple[Question, ...], ask: Ask) -> bool:
        answers = [await ask(question) for question in questions if question in self._answering]
        return any(answers)


async def _left(bus: MessageBus) -> None:
    """Its socket is closed a turn of the loop later; an error is what it ended with, and that is over."""
    bus.disconnect()
    with contextlib.suppress(OSError, EOFError, TimeoutError):
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # the library gives it no types


async def _asked(bus: MessageBus, question: Question) -> bool | None:
    """None if no one answers; no service is started for it. Raises EOFError, OSError when the bus has ended."""
    if not bus.connected:
        raise EOFError("the bus has ended")  # else the library leaves an error behind that no one can fetch
    word = Message(
        destination=question.service,
        path=question.path,
        interface=question.interface,
        member=question.method,
        signature=question.signature,
        body=question.body,
        flags=MessageFlag.NO_AUTOSTART,
    )
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            answer = await bus.call(word)
    except TimeoutError:
        return None
    if answer is None or answer.message_type is not MessageType.METHOD_RETURN or answer.signature != "b":
        return None
    return bool(answer.body[0])
