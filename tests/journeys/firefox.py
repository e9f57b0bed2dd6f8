"""Firefox ESR, spoken to by WebDriver BiDi itself over its own websocket: no driver stands in between."""

import asyncio
import itertools
import json
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

START_S = 90.0
_SPEAKS_AT = b"WebDriver BiDi listening on "  # how it says its address, once it can be spoken to
_QUIET = (
    "app.normandy.enabled",
    "browser.aboutwelcome.enabled",
    "browser.shell.checkDefaultBrowser",
    "datareporting.policy.dataSubmissionEnabled",
    "toolkit.telemetry.enabled",
)


def promise(script: str) -> str:
    """A promise, in a page's words, that is kept once this is true there."""
    look = f"const look = () => (({script}) ? done(true) : setTimeout(look, 50)); look();"
    return f"new Promise((done) => {{ {look} }})"


class FirefoxError(Exception):
    """Firefox refused a command, or a script failed."""


class Firefox:
    """One window of a browser that has a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""
        self._said = threading.Event()
        self._line: ClientConnection | None = None
        self._window = ""

    def start(self) -> None:
        """Start the browser, which takes its time."""
        profile = self._folder / "profile"
        profile.mkdir()
        profile.joinpath("user.js").write_text("".join(f'user_pref("{name}", false);\n' for name in _QUIET))
        words = ["firefox-esr", "--headless", "--no-remote", "--profile", str(profile)]
        self._process = subprocess.Popen(
            [*words, "--remote-debugging-port", "0", "about:blank"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"HOME": str(self._folder), "PATH": "/usr/bin:/bin"},
        )
        threading.Thread(target=self._listen, args=[self._process], daemon=True).start()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Write down what it says, to its end."""
        assert process.stdout is not None
        with process.stdout as lines, self._folder.joinpath("firefox.log").open("wb", buffering=0) as log:
            for line in lines:
                log.write(line)
                if _SPEAKS_AT in line:
                    self._address = line.partition(_SPEAKS_AT)[2].decode().strip()
                    self._said.set()
        self._said.set()

    async def open(self) -> None:
        """Take its first window."""
        await asyncio.to_thread(self._said.wait, START_S)
        if not self._address:
            raise FirefoxError(f"it does not start: {self._folder.joinpath('firefox.log').read_text()}")
        self._line = await connect(f"{self._address}/session", max_size=None)
        await self._say("session.new", capabilities={})
        tree = await self._say("browsingContext.getTree")
        self._window = tree["contexts"][0]["context"]

    async def _say(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command, one answer; events that come in between are nobody's here."""
        if self._line is None:
            raise FirefoxError("it is not open")
        number = next(self._numbers)
        await self._line.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            told = json.loads(await self._line.recv())
            if told.get("id") != number:
                continue
            if told["type"] == "error":
                raise FirefoxError(f"{method}: {told['error']}: {told['message']}")
            answer: dict[str, Any] = told["result"]
            return answer

    async def go(self, address: str) -> None:
        """Load this page, and all that belongs to it."""
        await self._say("browsingContext.navigate", context=self._window, url=address, wait="complete")

    async def does(self, script: str) -> Any:
        """What this expression comes to in the page; it may be a promise."""
        answer = await self._say(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({script}) ?? null))()",
            target={"context": self._window},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise FirefoxError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def until(self, script: str) -> None:
        """Wait until this is true in the page."""
        async with asyncio.timeout(START_S):
            await self.does(promise(script))

    async def close(self) -> None:
        """End the browser."""
        with suppress(FirefoxError, OSError, WebSocketException, TimeoutError):
            async with asyncio.timeout(5):
                await self._say("browser.close")
        if self._line is not None:
            await self._line.close()
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait)
