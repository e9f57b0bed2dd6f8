"""What an administrator does that others are told of: one act of each kind, by the public API, each with its moment."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Asked:
    """One request that was granted, from its first byte to its answer, in seconds since 1970."""

    began: float
    ended: float


class Api:
    """An account at the public API, which keeps when it asked; `afterwards` is called after each request."""

    def __init__(self, base_url: str, account: dict[str, Any], afterwards: Callable[[], None] = lambda: None) -> None:
        told = httpx.post(f"{base_url}/api/login", json=account, timeout=30).json()
        headers = {"Authorization": f"Token {told['data']['active_token']}"}
        self._client = httpx.Client(base_url=f"{base_url}/api/v1", headers=headers, timeout=60)
        self._afterwards = afterwards
        self.asked: list[Asked] = []

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """One request that is granted."""
        began = time.time()
        answer = self._client.request(method, path, **({"json": body} if body is not None else {}), **more)
        self.asked.append(Asked(began, time.time()))
        answer.raise_for_status()
        self._afterwards()
        return answer.json() if answer.content else None

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def someone(api: Api) -> dict[str, Any]:
    """A new person."""
    email = f"console-{secrets.token_hex(6)}@meghna.example"
    found: dict[str, Any] = api.ask("POST", "/users", {"email": email, "first_name": "Nila", "last_name": "New"})
    return found


def do_everything(api: Api, owner: Api, company_id: int) -> None:
    """One act of each kind that administrators are told of."""
    word = f"w{secrets.token_hex(4)}"
    api.ask("POST", "/attributes", {"name": word})
    one, two, three = (someone(api) for _ in range(3))
    api.ask("PATCH", f"/users/{one['id']}", {"last_name": "Newer"})
    api.ask("PATCH", f"/users/{one['id']}", {"role": "MANAGER"})
    api.ask("POST", "/users/bulk-attributes", {"ids": [two["id"], three["id"]], "attributes": [word]})
    do_to_files(api, word)
    api.ask("DELETE", f"/attributes/{word}")
    api.ask("POST", "/users/bulk-delete", {"ids": [two["id"], three["id"]]})
    api.ask("DELETE", f"/users/{one['id']}")
    change_policy(owner, company_id)


def do_to_files(api: Api, word: str) -> None:
    """A file comes, gets a rule, another, none, one again that goes with others; then the file goes."""
    file = api.ask("POST", "/files", files={"file": (f"{word}.txt", b"what it says")}, data={"policy": word})
    path = f"/files/{file['id']}"
    api.ask("PUT", f"{path}/policy", {"policy": f"not {word}"})
    api.ask("DELETE", f"{path}/policy")
    api.ask("PUT", f"{path}/policy", {"policy": word})
    api.ask("POST", "/files/policies/bulk-delete", {"ids": [file["id"]]})
    api.ask("DELETE", f"{path}?for_good=true")


def change_policy(owner: Api, company_id: int) -> None:
    """One more second of idleness, and back again at the next time."""
    path = f"/companies/{company_id}/policy"
    before = owner.ask("GET", path)
    seconds = 301 if before["settings"]["idle_threshold_seconds"] == 300 else 300
    headers = {"If-Match": f'"{before["etag"]}"'}
    owner.ask("PATCH", path, {"settings": {"idle_threshold_seconds": seconds}}, headers=headers)
