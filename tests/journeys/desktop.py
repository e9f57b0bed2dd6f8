"""A workplace: a desktop with real windows, and the real agent on it, as a person starts and uses it."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from tests.agent.ui.room import Room, furnished, until
from tests.running import Platform

AGENT = Path(sys.executable).parent / "sundial-agent"


class Served(Protocol):
    """Something that answers at an address."""

    base_url: str


class Server:
    """The platform's public API as one account."""

    def __init__(self, platform: Served, account: dict[str, Any]) -> None:
        self._client = httpx.Client(base_url=platform.base_url, timeout=30)
        answer = self._client.post("/api/login", json={"email": account["email"], "password": account["password"]})
        self.user_id = int(answer.json()["data"]["id"])
        self._client.headers["Authorization"] = f"Token {answer.json()['data']['active_token']}"

    def get(self, path: str, **query: Any) -> Any:
        """What stands there."""
        answer = self._client.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Do this."""
        answer = self._client.post(f"/api/v1/{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def upload(self, name: str, content: bytes, rule: str) -> int:
        """Put a file into the vault, beside one of its name; its id."""
        sent = {"policy": rule, "same_name": "both"}
        answer = self._client.post("/api/v1/files", files={"file": (name, content)}, data=sent)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def change_policy(self, company_id: int, **settings: Any) -> None:
        """Save these settings as the next version."""
        path = f"/api/v1/companies/{company_id}/policy"
        etag = self._client.get(path).headers["ETag"]
        answer = self._client.patch(path, json=settings, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text

    def code(self) -> str:
        """A code to enrol a computer of one's own."""
        return str(self.post("devices/enrolment-codes", {"user_id": self.user_id})["code"])

    def close(self) -> None:
        self._client.close()


class Workplace:
    """One person's desktop and their agent."""

    def __init__(self, room: Room, folder: Path, server: str, program: Path = AGENT) -> None:
        self.room = room
        self._program = str(program)
        self.profile = folder / "profile"
        self._server = server
        self.agent: subprocess.Popen[str] | None = None

    def start_agent(self, *arguments: str) -> None:
        """As from a menu; its log goes to the profile's own file."""
        self.agent = self.room.start(
            self._program, "--profile", str(self.profile), "--server", self._server, *arguments, stderr=None
        )
        until(lambda: self.ask("status", "--json"), "an agent that answers")

    def ask(self, *words: str) -> str:
        """What the command line says of the running agent."""
        return self.room.run(self._program, *words, "--profile", str(self.profile))

    def status(self) -> dict[str, Any]:
        """All that its window shows."""
        found: dict[str, Any] = json.loads(self.ask("status", "--json") or "{}")
        return found

    def wait(self, true: Callable[[dict[str, Any]], Any], what: str) -> dict[str, Any]:
        """Until the window shows it."""
        last: dict[str, Any] = {}

        def shows() -> bool:
            nonlocal last
            last = self.status()
            return bool(last and true(last))

        try:
            until(shows, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\nlast: {json.dumps(last, indent=1)[:3000]}\n{self.log()}") from error
        return last

    def press(self, key: str) -> None:
        """A key in the agent's window."""
        (window,) = until(lambda: self.room.windows("^Sundial$"), "the agent's window")
        self.room.press(window, key)

    def agree(self) -> None:
        """ "I understand"; pressed again if the window did not show the question yet."""
        while self.status()["question"]:
            self.press("ctrl+Return")
            with contextlib.suppress(AssertionError):
                until(lambda: not self.status()["question"], "the answer", 10.0)

    def log(self) -> str:
        """What the agent said of itself."""
        return self.ask("log", "-n", "200")

    def kill_agent(self) -> None:
        """Without a word."""
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait()

    def open_terminal(self, title: str) -> subprocess.Popen[str]:
        """A window to work in, that takes keys and keeps its title."""
        xterm = self.room.start("xterm", "-T", title, "-xrm", "*allowTitleOps: false", "-e", "cat")
        until(lambda: self.room.windows(f"^{title}$"), f"a window {title}")
        self.activate(title)
        return xterm

    def activate(self, title: str) -> None:
        """Bring a window to the front."""
        (window,) = self.room.windows(f"^{title}$")
        self.room.run("xdotool", "windowactivate", "--sync", window)

    def type(self, text: str) -> None:
        """By hand, into what is in front."""
        self.room.run("xdotool", "type", "--delay", "20", text)

    def picture(self, path: Path) -> None:
        """The whole screen, to be looked at."""
        self.room.run("import", "-window", "root", str(path))


@contextmanager
def workplace(folder: Path, platform: Platform, *, server: str = "", program: Path = AGENT) -> Iterator[Workplace]:
    """A furnished room and nobody in it yet; its agent is told of `server`, if that is another way to the platform."""
    with furnished(folder) as room:
        room.open_notices()
        room.run("xsetroot", "-solid", "#6a7f8f")
        yield Workplace(room, folder, server or platform.base_url, program)
