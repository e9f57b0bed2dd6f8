"""Where a device's token lies: in the desktop's keyring, or, where that does not answer in time, in a file of ours."""

import asyncio
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "sundial-agent"
ANSWERS_WITHIN_S = 5.0  # a locked keyring waits for a password that may never be typed
IN_A_FILE = "No keyring answered, so this device's token lies in a file that only you can read."


class NoKeyring(Exception):
    """The keyring is not there, refuses, or does not answer; the text says which."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The keyring's entry of one profile folder; `ring` is chosen by the desktop unless it is given."""

    folder: Path
    ring: KeyringBackend | None = None
    within_s: float = ANSWERS_WITHIN_S

    async def keep(self, token: str) -> None:
        """Put it there; raises NoKeyring."""
        await self._ask(lambda ring: ring.set_password(SERVICE, self._name, token))
        if await self.read() != token:
            raise NoKeyring("it did not keep what it was given")

    async def read(self) -> str | None:
        """What was put there; raises NoKeyring."""
        return await self._ask(lambda ring: ring.get_password(SERVICE, self._name))

    async def forget(self) -> None:
        """Take it out again; raises NoKeyring."""
        if await self.read() is not None:
            await self._ask(lambda ring: ring.delete_password(SERVICE, self._name))

    @property
    def _name(self) -> str:
        """Several profiles on one machine do not share an entry, and the folder's name is nobody's business."""
        return hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:32]

    async def _ask(self, question: Callable[[KeyringBackend], T]) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def settle(value: T | None, failure: Exception | None) -> None:
            if answer.done():
                return
            if failure is not None:
                answer.set_exception(NoKeyring(str(failure) or type(failure).__name__))
            else:
                answer.set_result(value)  # type: ignore[arg-type] # None is an answer of `question`

        def ask() -> None:
            try:
                value = question(_usable(self.ring or keyring.get_keyring()))
            except Exception as failure:  # keyrings of many desktops fail in ways of their own
                _call(loop, settle, None, failure)
            else:
                _call(loop, settle, value, None)

        # A daemon: a prompt that nobody answers must keep neither the loop nor the end of the program.
        threading.Thread(target=ask, name="keyring", daemon=True).start()
        try:
            async with asyncio.timeout(self.within_s):
                return await answer
        except TimeoutError:
            raise NoKeyring(f"it did not answer within {self.within_s:g} s") from None


def _usable(ring: KeyringBackend) -> KeyringBackend:
    if ring.priority < 1:  # a place-holder, or one that keeps its secrets in the open
        raise NoKeyring("this desktop has none")
    return ring


def _call(loop: asyncio.AbstractEventLoop, settle: Callable[..., None], *arguments: object) -> None:
    try:
        loop.call_soon_threadsafe(settle, *arguments)
    except RuntimeError:
        return  # the program has ended meanwhile
