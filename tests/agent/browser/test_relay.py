"""The relay and the probe's socket, without a browser: what they pass on, what they refuse, who may speak to them."""

import asyncio
import json
import os
import socket
import stat
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from sundial.agent.core.sensing import Browsed, CannotSee
from sundial.agent.probes.browser import BrowserProbe
from sundial.agent.probes.browser.place import socket_of
from sundial.agent.probes.browser.relay import caller_of, converse, main
from sundial.agent.probes.browser.words import LONGEST, ORIGIN, Asked, Caller, Frames, Front, Junk, Tab, framed
from tests.agent.browser.stage import LIMIT, Ears

NOBODY = 65534


def raw(message: object) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return struct.pack("=I", len(body)) + body


class Line:
    """The agent's or the browser's end of a line, with what has come through it."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.end.settimeout(LIMIT)

    def read(self) -> bytes:
        """One frame's body; empty when the other side has ended."""
        head = self._exactly(4)
        return self._exactly(struct.unpack("=I", head)[0]) if head else b""

    def _exactly(self, count: int) -> bytes:
        held = b""
        while len(held) < count and (piece := self.end.recv(count - len(held))):
            held += piece
        return held


@pytest.fixture
def relayed() -> Iterator[tuple[Line, Line, threading.Thread]]:
    """Browser and agent, with the relay between them."""
    browser, browser_end = socket.socketpair()
    agent, agent_end = socket.socketpair()
    caller = Caller("chromium", 4711)
    with browser, browser_end, agent, agent_end:
        descriptors = (browser_end.fileno(), browser_end.fileno())
        relay = threading.Thread(target=converse, args=(agent_end, caller, *descriptors), daemon=True)
        relay.start()
        yield Line(browser), Line(agent), relay
        browser.shutdown(socket.SHUT_RDWR)
        agent.shutdown(socket.SHUT_RDWR)
        relay.join(LIMIT)


def test_it_introduces_the_browser_and_passes_words_both_ways(relayed: tuple[Line, Line, threading.Thread]) -> None:
    browser, agent, _ = relayed
    assert json.loads(agent.read()) == {"browser": "chromium", "pid": 4711}
    agent.end.sendall(framed(Asked("detail")))
    assert json.loads(browser.read()) == {"want": "detail"}
    browser.end.sendall(raw({"tab": {"domain": "a.test", "cookies": "secret"}, "more": 1}))
    browser.end.sendall(raw({"tab": None}))
    assert json.loads(agent.read()) == {"tab": {"domain": "a.test"}}
    assert json.loads(agent.read()) == {"tab": None}


@pytest.mark.parametrize(
    "junk",
    [
        struct.pack("=I", LONGEST + 1),
        struct.pack("=I", 0),
        raw(b"\xff\xfe"),
        raw([]),
        raw({}),
        raw({"tab": {"domain": ""}}),
        raw({"tab": {"domain": "x" * 300}}),
        raw({"tab": {"domain": "a.test", "title": 7}}),
        raw(b"[" * 100_000),
    ],
)
def test_junk_from_the_browser_ends_it(relayed: tuple[Line, Line, threading.Thread], junk: bytes) -> None:
    browser, agent, relay = relayed
    agent.read()
    browser.end.sendall(junk)
    relay.join(LIMIT)
    assert not relay.is_alive()


def test_it_ends_with_the_agent_and_with_the_browser(relayed: tuple[Line, Line, threading.Thread]) -> None:
    _, agent, relay = relayed
    agent.end.shutdown(socket.SHUT_RDWR)
    relay.join(LIMIT)
    assert not relay.is_alive()


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_frames_come_whole_however_they_are_cut(size: int) -> None:
    sent: list[Struct] = [Asked("none"), Front(Tab("a.test", title="ü" * 500)), Front(None)]
    stream = b"".join(framed(message) for message in sent)
    frames = Frames()
    bodies = [body for at in range(0, len(stream), size) for body in frames.feed(stream[at : at + size])]
    assert [raw(body) for body in bodies] == [framed(message) for message in sent]


def test_a_length_too_long_is_refused_before_anything_is_held() -> None:
    with pytest.raises(Junk):
        Frames().feed(b"\xff\xff\xff\xff")


def test_it_serves_no_other_extension_and_says_if_there_is_no_agent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--profile", str(tmp_path), "chrome-extension://evil/"]) == 1
    assert "not Sundial's extension" in capsys.readouterr().err
    assert main(["--profile", str(tmp_path), ORIGIN]) == 1
    assert "the agent does not run" in capsys.readouterr().err


def test_the_caller_is_the_nearest_parent_that_is_no_shell() -> None:
    command = f"{sys.executable} -c 'input()' ; true"
    with subprocess.Popen(
        ["/bin/sh", "-c", f"echo; {command}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as shell:
        assert shell.stdout is not None
        shell.stdout.readline()
        caller = caller_of(shell.pid)
        assert caller is not None
        assert caller.pid == os.getpid()
        shell.communicate(b"\n")


# The probe's socket -------------------------------------------------------------------------------


async def connected(profile: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_unix_connection(socket_of(profile))


async def word(reader: asyncio.StreamReader) -> object:
    async with asyncio.timeout(LIMIT):
        (length,) = struct.unpack("=I", await reader.readexactly(4))
        return json.loads(await reader.readexactly(length))


async def test_only_its_user_may_open_the_socket_and_it_is_gone_afterwards(tmp_path: Path) -> None:
    ears, path = Ears(), socket_of(tmp_path)
    path.write_text("left behind by a dead agent")
    async with asyncio.TaskGroup() as group:
        task = group.create_task(BrowserProbe(tmp_path).watch(ears.ready.set, ears.hear, detail=False))
        await asyncio.wait_for(ears.ready.wait(), LIMIT)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_ISSOCK(path.stat().st_mode)
        task.cancel()
    assert not path.exists()


STRANGER = """
import os, socket, sys
line = socket.socket(socket.AF_UNIX); line.settimeout(60)
try:
    os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
    line.connect(sys.argv[1])
    line.sendall(bytes.fromhex(sys.argv[2]))
    print("heard" if line.recv(1) else "ended")
except ConnectionError:
    print("ended")
except PermissionError:
    print("refused")
"""


async def test_another_user_is_refused_by_the_file_and_if_that_is_open_by_who_they_are() -> None:
    ears = Ears()
    with Profile() as profile:
        probe = BrowserProbe(profile)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(probe.watch(ears.ready.set, ears.hear, detail=False))
            await asyncio.wait_for(ears.ready.wait(), LIMIT)
            assert await stranger(profile) == "refused"
            socket_of(profile).chmod(0o666)
            assert await stranger(profile) == ("ended" if os.geteuid() == 0 else "refused")  # only root can be another
            task.cancel()
    assert ears.told == []


class Profile:
    """A folder that everyone may enter, so that only the socket itself stands in the way."""

    def __enter__(self) -> Path:
        self.path = Path("/tmp") / f"sundial-browser-{os.getpid()}"
        self.path.mkdir(mode=0o755)
        return self.path

    def __exit__(self, *_: object) -> None:
        for path in self.path.iterdir():
            path.unlink()
        self.path.rmdir()


async def stranger(profile: Path) -> str:
    words = framed(Caller("chromium", 1)) + framed(Front(Tab("evil.test")))
    process = await asyncio.create_subprocess_exec(
        "/usr/bin/python3",
        "-c",
        STRANGER.format(nobody=NOBODY),
        str(socket_of(profile)),
        words.hex(),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(process.communicate(), LIMIT)
    return said.decode().strip()


async def test_two_profiles_of_one_browser_speak_as_one_and_what_was_not_wanted_is_dropped(tmp_path: Path) -> None:
    probe, ears = BrowserProbe(tmp_path), Ears()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(probe.watch(ears.ready.set, ears.hear, detail=False))
        await asyncio.wait_for(ears.ready.wait(), LIMIT)
        lines = [await connected(tmp_path) for _ in range(2)]
        for reader, writer in lines:
            writer.write(framed(Caller("chromium", 7)))
            assert await word(reader) == {"want": "domain"}
        (_, one), (_, two) = lines
        one.write(framed(Front(Tab("one.test", "http://one.test/secret", "secret"))))
        assert await ears.domain("one.test") == Browsed("chromium", "one.test", pid=7)
        two.write(framed(Front(Tab("two.test"))))
        await ears.domain("two.test")
        one.write(framed(Front(None)))
        two.write(framed(Front(Tab("three.test"))))
        await ears.domain("three.test")
        two.close()
        assert await ears.domain("") == Browsed("chromium", pid=7)
        one.close()
        task.cancel()


@pytest.mark.parametrize("junk", [b"\xff\xff\xff\xff", raw({"browser": "", "pid": 0}), raw(b"{"), b""])
async def test_junk_on_the_socket_ends_that_line_alone(tmp_path: Path, junk: bytes) -> None:
    probe, ears = BrowserProbe(tmp_path), Ears()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(probe.watch(ears.ready.set, ears.hear, detail=True))
        await asyncio.wait_for(ears.ready.wait(), LIMIT)
        reader, writer = await connected(tmp_path)
        writer.write(junk)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), LIMIT) == b""
        writer.close()
        good, sender = await connected(tmp_path)
        sender.write(framed(Caller("chrome", 8)) + framed(Front(Tab("a.test", "http://a.test/", "A"))))
        assert await word(good) == {"want": "detail"}
        assert await ears.domain("a.test") == Browsed("chrome", "a.test", "http://a.test/", "A", 8)
        sender.close()
        task.cancel()


async def test_a_browser_is_told_when_the_agent_wants_nothing_any_more(tmp_path: Path) -> None:
    probe, ears = BrowserProbe(tmp_path), Ears()
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(probe.serve())
        watching = group.create_task(probe.watch(ears.ready.set, ears.hear, detail=True))
        await asyncio.wait_for(ears.ready.wait(), LIMIT)
        reader, writer = await connected(tmp_path)
        writer.write(framed(Caller("chrome", 8)))
        assert await word(reader) == {"want": "detail"}
        assert probe.available == ""
        watching.cancel()
        assert await word(reader) == {"want": "none"}
        serving.cancel()
        assert await asyncio.wait_for(reader.read(), LIMIT) == b""
        writer.close()


async def test_a_folder_whose_name_is_too_long_is_said_in_plain_words(tmp_path: Path) -> None:
    profile = tmp_path / ("x" * 120)
    profile.mkdir()
    with pytest.raises(CannotSee, match="too long"):
        await BrowserProbe(profile).serve()
