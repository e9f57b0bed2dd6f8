"""What the desktop program is given from outside: the machine, the window, the clock, the network."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import httpx

from sundial.agent.app.identity import Identities
from sundial.agent.config import Machine
from sundial.agent.core.clock import Clock
from sundial.agent.core.sensing import Desk, Moment
from sundial.agent.core.shown import Refusal, Shown
from sundial.protocol.backoff import Uniform


class Screen(Protocol):
    """The window, tray and badge; every method may be called from any thread and none waits."""

    def show(self, shown: Shown) -> None: ...

    def refuse(self, refusal: Refusal) -> None: ...

    def open(self) -> None: ...

    def end(self, code: int = 0) -> None: ...


@dataclass(frozen=True, slots=True)
class Outside:
    """All that the desktop program is given from outside."""

    folder: Path
    machine: Machine
    desk: Desk
    screen: Screen
    notify: Callable[[str, str], None]
    identities: Identities
    clock: Clock
    moment: Callable[[], Moment]
    uniform: Uniform
    new_eid: Callable[[Moment], str]
    zone_offset: Callable[[datetime], int]
    say: Callable[[str], None]
    open_client: Callable[[str], httpx.AsyncClient]
    server: str = ""
    code: str = ""
