"""A live console of a simulated administrator: doing something there, and hearing that it was done."""

import asyncio
import json
import re
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from sundial.run.errors import CannotRun

PACE_S = 0.5  # between two acts of one administrator
PATIENCE_S = 10.0  # until an act that no console showed counts as missed

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_MANY, _ONE = ("users", "files"), ("user", "file")  # where events name what they are about


@dataclass(slots=True)
class Acts:
    """What all administrators did, and how long until their consoles showed it."""

    admins: int = 0
    done: int = 0
    missed: int = 0
    lost: list[str] = field(default_factory=list)
    seen_s: list[float] = field(default_factory=list)

    def line(self) -> str:
        """One line of progress."""
        parts = [f"{self.admins} {'admin' if self.admins == 1 else 'admins'}", f"{self.done} acts"]
        if self.seen_s:
            times = sorted(self.seen_s)
            p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
            middle = statistics.median(times)
            parts.append(f"seen by the console p50 {middle * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms")
        if self.missed:
            parts.append(f"{self.missed} missed")
        parts += self.lost
        return " · ".join(parts)


class Heard:
    """What a console tells of people and files; whoever waits is woken by the next event that tells it."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], list[asyncio.Future[None]]] = {}

    def next(self, kind: str, about: str) -> asyncio.Future[None]:
        """Done at the next event of this kind that is about this person or file."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault((kind, about), []).append(waiting)
        return waiting

    def event(self, kind: str, body: dict[str, Any]) -> None:
        """One event of the console."""
        about = [one for name in _MANY for one in body.get(name) or ()] + [body.get(name) for name in _ONE]
        for one in about:
            for waiting in self._waiting.pop((kind, one), []) if isinstance(one, str) else ():
                if not waiting.done():
                    waiting.set_result(None)


@dataclass(slots=True)
class Desk:
    """Where one administrator works: signed in, with a console that is live."""

    client: httpx.AsyncClient
    heard: Heard
    acts: Acts

    async def act(self, method: str, path: str, *, kind: str, about: str, **sent: Any) -> Any:
        """Do one thing, wait until the console tells of it, and rest; answers what the door said."""
        loop = asyncio.get_running_loop()
        began, shown = loop.time(), self.heard.next(kind, about)
        told = await self.send(method, path, **sent)
        self.acts.done += 1
        try:
            async with asyncio.timeout(PATIENCE_S):
                await shown
            self.acts.seen_s.append(loop.time() - began)
        except TimeoutError:
            self.acts.missed += 1
        await asyncio.sleep(PACE_S)
        return told

    async def send(self, method: str, path: str, **sent: Any) -> Any:
        """Do one thing without looking at the console."""
        headers = {"X-CSRFToken": self.client.cookies["csrftoken"]}
        answer = await self.client.request(method, path, headers=headers, **sent)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@asynccontextmanager
async def desk_of(base_url: str, email: str, password: str, acts: Acts) -> AsyncIterator[Desk]:
    """Sign in by the page and open a console."""
    async with httpx.AsyncClient(base_url=base_url, timeout=PATIENCE_S) as client:
        await _sign_in(client, email, password)
        async with _console(base_url, client) as heard:
            yield Desk(client, heard, acts)


async def _sign_in(client: httpx.AsyncClient, email: str, password: str) -> None:
    page = await client.get("/login/")
    found = _CSRF.search(page.text)
    form = {"csrfmiddlewaretoken": found.group(1) if found else "", "email": email, "password": password}
    answer = await client.post("/login/", data=form)
    if answer.status_code != 302:
        raise CannotRun(f"{email} could not sign in ({answer.status_code}).")


@asynccontextmanager
async def _console(base_url: str, client: httpx.AsyncClient) -> AsyncIterator[Heard]:
    """A joined console of whoever this client is."""
    address = base_url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    cookie = {"Cookie": f"sessionid={client.cookies['sessionid']}"}
    heard, joined = Heard(), asyncio.Event()
    opening = connect(address, origin=base_url, additional_headers=cookie)  # type: ignore[arg-type] # it wants an Origin of its own type, and takes text
    async with opening as line, asyncio.TaskGroup() as group:
        listening = group.create_task(_listen(line, heard, joined))
        async with asyncio.timeout(PATIENCE_S):
            await joined.wait()
        yield heard
        listening.cancel()


async def _listen(line: ClientConnection, heard: Heard, joined: asyncio.Event) -> None:
    """Engine.IO 4 and Socket.IO 5 by hand: open, connect, join, answer pings, take events."""
    async for frame in line:
        text = str(frame)
        if text.startswith("0"):
            await line.send("40")
        elif text.startswith("40"):
            await line.send('42["join_admin"]')
        elif text == "2":
            await line.send("3")
        elif text.startswith("42"):
            kind, *rest = json.loads(text[2:])
            if kind == "joined_admin":
                joined.set()
            heard.event(kind, rest[0] if rest else {})
