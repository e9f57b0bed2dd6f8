"""Simulated administrators: each signs in by the page, watches a live console, does things there, and undoes them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from sundial.run.errors import CannotRun
from sundial.run.simulated_console import Acts, Desk, desk_of
from sundial.run.simulated_vault import WORD, play_with_files

__all__ = ["Acts", "Admin", "simulate_admins"]

PROGRESS_EVERY_S = 2.0
MARK = " ~"  # what is added to a name, and taken away again


@dataclass(frozen=True, slots=True)
class Admin:
    """An administrator's account, and the person whose name they change."""

    email: str
    password: str
    person_id: int


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
    async with desk_of(base_url, admin.email, admin.password, acts) as desk:
        acts.admins += 1
        before = await _read(desk, f"/api/v1/users/{admin.person_id}")
        word = f"{WORD}-{admin.person_id}"
        try:
            await _add_word(desk, word)
            while True:
                for step in _round(before, word):
                    await desk.act(step.method, step.path, kind=step.kind, about=before.email, json=step.body)
                await play_with_files(desk, word)
        finally:
            await _take_back(desk, before, word)


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


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that an administrator does to somebody on the console, and the event that tells of it."""

    method: str
    path: str
    body: dict[str, Any]
    kind: str


def _round(person: Known, word: str) -> list[Step]:
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


async def _read(desk: Desk, path: str) -> Known:
    told = await desk.send("GET", path)
    held = tuple(one for one in told["attributes"] if not one.startswith(WORD))
    return Known(int(told["id"]), told["email"], told["last_name"].removesuffix(MARK), told["role"], held)


async def _add_word(desk: Desk, word: str) -> None:
    """The attribute may have stayed behind from somebody who was killed half-way."""
    try:
        await desk.send("POST", "/api/v1/attributes", json={"name": word})
    except httpx.HTTPStatusError as refusal:
        if refusal.response.status_code != 422:
            raise


async def _take_back(desk: Desk, person: Known, word: str) -> None:
    """Everything as it was; nobody keeps the attribute that was made for this."""
    before = {"last_name": person.last_name, "role": person.role, "attributes": list(person.attributes)}
    await desk.send("PATCH", person.path, json=before)
    await desk.send("DELETE", f"/api/v1/attributes/{word}")
