"""python -m bench.push [--streams 10000] [--rounds 7]"""

import argparse
import contextlib
import functools
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench import machine
from bench.machine import Server, free_port, median, native, python, serving, settle
from bench.platform import Platform

POLLERS = 4
POLL_PAUSE_US = 2_000
POLL_SECONDS = 2.5
FRAME_AROUND = 80  # bytes of an event beside its data
ENOUGH = 0.9  # of a peer's connections


@dataclass
class Outcome:
    """What one server did; times in milliseconds, medians over the rounds."""

    name: str
    streams: int
    lost: int
    first: float
    p50: float
    last: float
    cpu: float
    kib_each: float
    opened_s: float
    polls_p99: float | None = None
    polls: int = 0


class Fan:
    """The ten thousand clients."""

    def __init__(self, mode: str, port: int, path: str, streams: int, tokens: Path | None) -> None:
        arguments = [native("fan"), mode, port, path, streams, tokens or "-"]
        self.process = subprocess.Popen(
            list(map(str, arguments)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        opened = self._line()
        self.ready, self.seconds = int(opened["ready"]), float(opened["seconds"])
        if self.ready < streams * ENOUGH:
            raise machine.CannotMeasure(f"only {self.ready} of {streams} connections opened")

    def arm(self) -> None:
        """The next message counts."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("round\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "armed"

    def result(self) -> dict[str, float]:
        """When the messages came."""
        return self._line()

    def close(self) -> None:
        """All leave."""
        self.process.kill()
        self.process.wait()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line: dict[str, Any] = json.loads(self.process.stdout.readline())
        return line


def post(port: int) -> float:
    """Tell a peer to push; when, in milliseconds."""
    with socket.create_connection(("127.0.0.1", port)) as control:
        begun = time.monotonic() * 1e3
        control.sendall(b"POST /push HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        control.recv(1000)
    return begun


@contextlib.contextmanager
def polling(port: int, tokens: list[str], etag: str) -> Iterator[list[tuple[float, float]]]:
    """Poll meanwhile; the list then holds when each poll began and how long it took, in milliseconds."""
    polls: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        requests, samples = Path(folder) / "requests", Path(folder) / "samples"
        head = 'GET /agent/v1/policy HTTP/1.1\nHost: 127.0.0.1\nIf-None-Match: "{}"\nAuthorization: Bearer {}\n\n'
        requests.write_text("".join(head.format(etag, token) for token in tokens))
        load = [native("load"), port, POLL_SECONDS, POLLERS, POLL_PAUSE_US, requests, samples]
        process = subprocess.Popen(list(map(str, load)), stdout=subprocess.DEVNULL)
        try:
            yield polls
            process.wait()
        finally:
            process.kill()
            process.wait()
        polls += [(float(line.split()[0]), float(line.split()[1])) for line in samples.read_text().splitlines()]


@dataclass
class Round:
    """One push."""

    begun: float
    first: float
    p50: float
    last: float
    lost: int
    cpu: float

    def covers(self, poll: tuple[float, float]) -> bool:
        """Whether this poll was under way during the push."""
        begun, took = poll
        return begun <= self.begun + self.last and begun + took >= self.begun


@dataclass
class Runner:
    """A server with all its streams open, and what it has done so far."""

    name: str
    server: Server
    fan: Fan
    streams: int
    kib_each: float
    trigger: Callable[[], float]
    done: list[Round] = field(default_factory=list)

    def push(self) -> None:
        """One round."""
        settle()
        self.fan.arm()
        before = self.server.cpu()
        begun = self.trigger()
        result = self.fan.result()
        settle(0.1)
        cpu = (self.server.cpu() - before) * 1e3
        times = [result[name] - begun for name in ("first", "p50", "last")]
        self.done.append(Round(begun, *times, int(result["of"] - result["got"]), cpu))

    def outcome(self) -> Outcome:
        """The medians; the first round warmed up."""
        counted = self.done[1:]
        first, half, last, cpu = (
            median(getattr(one, name) for one in counted) for name in ("first", "p50", "last", "cpu")
        )
        lost = sum(one.lost for one in counted)
        return Outcome(self.name, self.streams, lost, first, half, last, cpu, self.kib_each, self.fan.seconds)


@contextlib.contextmanager
def running(
    name: str,
    command: list[str | Path],
    port: int,
    mode: str,
    path: str,
    streams: int,
    tokens: Path | None,
    trigger: Callable[[], float],
) -> Iterator[Runner]:
    """Start a server, connect everyone, see what an idle one costs."""
    with serving(command, port) as server:
        settle()
        empty = server.memory()
        fan = Fan(mode, port, path, streams, tokens)
        try:
            settle(1.5)
            kib = (server.memory() - empty) / 1024 / fan.ready
            yield Runner(name, server, fan, fan.ready, kib, trigger)
        finally:
            fan.close()


def limit_and_ours(platform: Platform, streams: int, count: int) -> tuple[Outcome, Outcome]:
    """The C program and our gateway, each in turn, so that whatever else the machine does is shared fairly.

    Ours is timed from the commit of a saved policy to the last agent, with other agents polling meanwhile.
    """
    tokens = platform.devices(streams + POLLERS)
    etag, document = platform.policy()
    with tempfile.NamedTemporaryFile("w", suffix=".tokens") as file, contextlib.ExitStack() as stack:
        file.write("".join(f"{token}\n" for token in tokens[:streams]))
        file.flush()
        port, size = free_port(), len(document) + FRAME_AROUND
        command: list[str | Path] = [native("server"), str(port), str(size)]
        post_there = functools.partial(post, port)
        limit = stack.enter_context(running("C, epoll", command, port, "sse", "/", streams, None, post_there))
        port = free_port()
        gateway = python("bench.gateway_server", platform.dsn, port)
        known = Path(file.name)
        us = stack.enter_context(
            running("Sundial gateway", gateway, port, "sse", "/agent/v1/policy", streams, known, platform.save)
        )
        polls: list[tuple[float, float]] = []
        for number in range(count + 1):
            limit.push()
            with polling(port, tokens[streams:], etag) as took:
                us.push()
            polls += [one for one in took if number and us.done[-1].covers(one)]
    ours = us.outcome()
    times = sorted(took for _begun, took in polls)
    ours.polls, ours.polls_p99 = len(times), times[int(len(times) * 0.99)] if times else None
    return limit.outcome(), ours


def python_socketio(streams: int, size: int, count: int) -> Outcome:
    """The peer."""
    port = free_port()
    path = "/socket.io/?EIO=4&transport=websocket"
    command: list[str | Path] = [*python("bench.push.socketio_server", port, size)]
    post_there = functools.partial(post, port)
    with running("python-socketio", command, port, "sio", path, streams, None, post_there) as peer:
        for _ in range(count + 1):
            peer.push()
    return peer.outcome()


def show(outcomes: list[Outcome]) -> None:
    """The table."""
    rows = [
        (
            one.name,
            one.streams,
            one.lost,
            f"{one.first:.0f}",
            f"{one.p50:.0f}",
            f"{one.last:.0f}",
            f"{one.cpu:.0f}",
            f"{one.kib_each:.1f}",
            f"{one.opened_s:.1f}",
            "" if one.polls_p99 is None else f"{one.polls_p99:.1f} of {one.polls}",
        )
        for one in outcomes
    ]
    heads = (
        "server",
        "streams",
        "lost",
        "first ms",
        "half ms",
        "last ms",
        "CPU ms",
        "KiB each",
        "all open s",
        "polls p99 ms",
    )
    machine.table("A change pushed to every open connection, medians", heads, rows)


def main() -> int:
    """Measure, print, keep; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.push", description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-peer", action="store_true", help="leave python-socketio out")
    asked = parser.parse_args()
    machine.raise_file_limit(asked.streams + 500)
    platform = Platform()
    try:
        limit, us = limit_and_ours(platform, asked.streams, asked.rounds)
        size = len(platform.policy()[1])
    finally:
        platform.stop()
    outcomes = [limit, us]
    try:
        if not asked.no_peer:
            outcomes.append(python_socketio(asked.streams, size, asked.rounds))
    except machine.CannotMeasure as trouble:
        print(f"python-socketio: {trouble}")
    show(outcomes)
    promises = {
        f"last of {us.streams} within twice the C program ({us.last / limit.last:.2f} times)": us.last
        <= 2 * limit.last,
        f"last of {us.streams} within 0.3 s of the commit ({us.last / 1e3:.3f} s)": us.last <= 300,
        f"none of {asked.streams} lost ({us.lost + asked.streams - us.streams})": us.lost == 0
        and us.streams == asked.streams,
        f"at most 14 KiB an idle agent ({us.kib_each:.1f})": us.kib_each <= 14,
        f"polls meanwhile at p99 within 10 ms ({us.polls_p99 or 0:.1f})": (us.polls_p99 or 0) <= 10,
    }
    holds = machine.verdict(promises)
    machine.save("push", {"outcomes": [asdict(one) for one in outcomes], "promises": promises})
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
