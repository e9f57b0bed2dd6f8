"""What a simulated administrator does with files: one comes, gets rules, goes; a rule is changed and changed back."""

from dataclasses import dataclass
from typing import Any

from sundial.run.simulated_console import Desk

WORD = "simulated"  # how the attributes and files begin that are made, used and taken away again
FILES = "/api/v1/files"
CONTENT = b"A simulated administrator wrote this, and takes it away again.\n"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A file that was there before, and its rule."""

    id: int
    name: str
    rule: str

    @property
    def path(self) -> str:
        """Where its rule is written."""
        return f"{FILES}/{self.id}/policy"


async def play_with_files(desk: Desk, word: str) -> None:
    """One round; whatever happens, nothing of it stays."""
    await _come_and_go(desk, word)
    if found := await _file_with_a_rule(desk, word):
        await _change_and_back(desk, found, word)


async def _come_and_go(desk: Desk, word: str) -> None:
    name = f"{word}.txt"
    sent: dict[str, Any] = {"files": {"file": (name, CONTENT)}, "data": {"policy": word, "same_name": "version"}}
    made = await desk.act("POST", FILES, kind="file_uploaded", about=name, **sent)
    path = f"{FILES}/{made['id']}"
    try:
        rule = {"json": {"policy": f"not {word}"}}
        await desk.act("PUT", f"{path}/policy", kind="policy_updated", about=name, **rule)
        await desk.act("DELETE", f"{path}/policy", kind="policy_deleted", about=name)
        await desk.act("DELETE", path, kind="file_deleted", about=name)
        await desk.act("POST", f"{path}/restore", kind="file_uploaded", about=name)
    finally:
        await desk.send("DELETE", f"{path}?for_good=true")


async def _file_with_a_rule(desk: Desk, word: str) -> Ruled | None:
    """The first that nobody else is playing with; what was left changed by somebody who was killed is seen through."""
    told = await desk.send("GET", FILES, params={"page_size": 100})
    for one in told["items"]:
        rule = one["policy"].removesuffix(f" or {word}")
        if rule and WORD not in rule and not one["name"].startswith(WORD):
            return Ruled(int(one["id"]), one["name"], rule)
    return None


async def _change_and_back(desk: Desk, file: Ruled, word: str) -> None:
    try:
        changed = {"json": {"policy": f"({file.rule}) or {word}"}}
        await desk.act("PUT", file.path, kind="policy_updated", about=file.name, **changed)
    finally:
        await desk.send("PUT", file.path, json={"policy": file.rule})
