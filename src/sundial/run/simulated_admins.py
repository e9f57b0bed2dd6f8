"""Simulated administrators: each signs in by the page, watches a live console, does things there, and undoes them."""

import asyncio
import json
import re
import statistics
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from sundial.run.errors import CannotRun

PACE_S = 0.5  # between two acts of one administrator
PATIENCE_S = 10.0  # until an act that no console showed counts as missed
PROGRESS_EVERY_S = 2.0
MARK = " ~"  # what is added to a name, and taken away again
WORD = "simulated"  # how the attributes begin that are made, given and taken away again

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Admin:
    """An administrator's account, and the person whose name they change."""

    email: str
    password: str
    person_id: int


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


async def simulate_admins(
    base_url: str, admins: Sequence[Admin], *, write: Callable[[str], None], seconds: float | None = None
) -> Acts:
    """Let them work for so many seconds, or until cancelled; whoever is stopped half-way takes their change back."""
    acts = Acts()
    if not admins:
        return acts
    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            group.create_task(_progress(acts, write))
            for admin in admins:
                group.create_task(_take_part(base_url, admin, acts))
    except TimeoutError:
        write(acts.line())
    return acts


async def _progress(acts: Acts, write: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(PROGRESS_EVERY_S)
        write(acts.line())


async def _take_part(base_url: str, admin: Admin, acts: Acts) -> None:
    """Work until cancelled; one administrator's trouble must not end the others, it is counted and shown."""
    try:
        await _work(base_url, admin, acts)
    except* (CannotRun, OSError, httpx.HTTPError, WebSocketException) as trouble:
        acts.lost += [f"{admin.email} is lost: {one}" for one in trouble.exceptions]


async def _work(base_url: str, admin: Admin, acts: Acts) -> None:
    async with httpx.AsyncClient(base_url=base_url, timeout=PATIENCE_S) as client:
        await _sign_in(client, admin)
        async with _console(base_url, client) as heard:
            acts.admins += 1
            before = await _read(client, f"/api/v1/users/{admin.person_id}")
            word = f"{WORD}-{admin.person_id}"
            try:
                await _add_word(client, word)
                while True:
                    for step in _round(before, word):
                        await _act(client, before, step, heard, acts)
                        await asyncio.sleep(PACE_S)
            finally:
                await _take_back(client, before, word)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an administrator does on the console, and the event that tells of it."""

    method: str
    path: str
    body: dict[str, Any]
    kind: str


def _round(person: "Known", word: str) -> list[Step]:
    """A name, the attributes and the role of a person are changed, and changed back."""
    held, ids = list(person.attributes), [person.id]
    role = "MANAGER" if person.role == "EMPLOYEE" else "EMPLOYEE"
    many = "/api/v1/users/bulk-attributes"
    return [
        Step("PATCH", person.path, {"last_name": person.last_name + MARK}, "user_updated"),
        Step("PATCH", person.path, {"last_name": person.last_name}, "user_updated"),
        Step("PATCH", person.path, {"attributes": [*held, word]}, "user_updated"),
        Step("POST", many, {"ids": ids, "attributes": held}, "users_bulk_attrs_updated"),
        Step("PATCH", person.path, {"role": role}, "user_roles_updated"),
        Step("PATCH", person.path, {"role": person.role}, "user_roles_updated"),
    ]


async def _act(client: httpx.AsyncClient, person: "Known", step: Step, heard: "Heard", acts: Acts) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    shown = heard.next(step.kind, person.email)
    await _send(client, step.method, step.path, step.body)
    acts.done += 1
    try:
        async with asyncio.timeout(PATIENCE_S):
            await shown
        acts.seen_s.append(loop.time() - began)
    except TimeoutError:
        acts.missed += 1


# -- the doors --------------------------------------------------------------------------------


async def _sign_in(client: httpx.AsyncClient, admin: Admin) -> None:
    page = await client.get("/login/")
    found = _CSRF.search(page.text)
    form = {"csrfmiddlewaretoken": found.group(1) if found else "", "email": admin.email, "password": admin.password}
    answer = await client.post("/login/", data=form)
    if answer.status_code != 302:
        raise CannotRun(f"{admin.email} could not sign in ({answer.status_code}).")


@dataclass(frozen=True, slots=True)
class Known:
    """The person whom an administrator changes, as they were at first."""

    id: int
    email: str
    last_name: str
    role: str
    attributes: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where they are changed."""
        return f"/api/v1/users/{self.id}"


async def _read(client: httpx.AsyncClient, path: str) -> Known:
    answer = await client.get(path)
    answer.raise_for_status()
    told = answer.json()
    held = tuple(one for one in told["attributes"] if not one.startswith(WORD))
    return Known(int(told["id"]), told["email"], told["last_name"].removesuffix(MARK), told["role"], held)


async def _send(client: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]) -> None:
    answer = await client.request(method, path, json=body, headers={"X-CSRFToken": client.cookies["csrftoken"]})
    answer.raise_for_status()


async def _add_word(client: httpx.AsyncClient, word: str) -> None:
    """The attribute may have stayed behind from somebody who was killed half-way."""
    headers = {"X-CSRFToken": client.cookies["csrftoken"]}
    answer = await client.post("/api/v1/attributes", json={"name": word}, headers=headers)
    if answer.status_code != 422:
        answer.raise_for_status()


async def _take_back(client: httpx.AsyncClient, person: Known, word: str) -> None:
    """Everything as it was; nobody keeps the attribute that was made for this."""
    before = {"last_name": person.last_name, "role": person.role, "attributes": list(person.attributes)}
    await _send(client, "PATCH", person.path, before)
    await _send(client, "DELETE", f"/api/v1/attributes/{word}", {})


class Heard:
    """What the console tells of people; whoever waits for something is woken by the next event that tells it."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], list[asyncio.Future[None]]] = {}

    def next(self, kind: str, email: str) -> asyncio.Future[None]:
        """Done at the next event of this kind that is about this person."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault((kind, email), []).append(waiting)
        return waiting

    def event(self, kind: str, body: Any) -> None:
        """One event of the console."""
        for email in body.get("users") or [body.get("user")]:
            for waiting in self._waiting.pop((kind, email), []) if isinstance(email, str) else ():
                if not waiting.done():
                    waiting.set_result(None)


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
