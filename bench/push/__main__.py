"""python -m bench.push [--streams 10000] [--rounds 7]"""

import argparse
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import machine
from bench.machine import Server, free_port, median, native, python, serving, settle
from bench.platform import Platform

POLLERS = 4
POLL_PAUSE_US = 2_000


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
    polls_p99: float | None = None
    polls: int = 0


class Fan:
    """The ten thousand clients."""

    def __init__(self, mode: str, port: int, path: str, streams: int, tokens: Path | None) -> None:
        arguments = [native("fan"), mode, port, path, streams, tokens or "-"]
        self.process = subprocess.Popen(
            list(map(str, arguments)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ready = self._line()
        if ready["failed"] or ready["ready"] != streams:
            raise machine.CannotMeasure(f"not all streams opened: {ready}")

    def arm(self) -> None:
        """The next message counts."""
        assert self.process.stdin is not None and self.process.stdout is not None
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
def polling(port: int, tokens: list[str], etag: str, seconds: float) -> Iterator[Callable[[], list[tuple[float, float]]]]:
    """Poll beside it all; afterwards, when each poll began and how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        requests, samples = Path(folder) / "requests", Path(folder) / "samples"
        head = "GET /agent/v1/policy HTTP/1.1\nHost: 127.0.0.1\nIf-None-Match: \"{}\"\nAuthorization: Bearer {}\n\n"
        requests.write_text("".join(head.format(etag, token) for token in tokens))
        load = [native("load"), port, seconds, POLLERS, POLL_PAUSE_US, requests, samples]
        process = subprocess.Popen(list(map(str, load)), stdout=subprocess.PIPE)

        def measured() -> list[tuple[float, float]]:
            process.wait()
            pairs = (line.split() for line in samples.read_text().splitlines())
            return [(float(begun), float(took)) for begun, took in pairs]

        try:
            yield measured
        finally:
            process.kill()
            process.communicate()


@dataclass
class Round:
    """One push."""

    begun: float
    first: float
    p50: float
    last: float
    lost: int
    cpu: float


def rounds(server: Server, fan: Fan, trigger: Callable[[], float], count: int) -> list[Round]:
    """Push several times; the first is not counted."""
    done = []
    for _ in range(count + 1):
        settle()
        fan.arm()
        before = server.cpu()
        begun = trigger()
        result = fan.result()
        settle(0.1)
        cpu = (server.cpu() - before) * 1e3
        times = [result[name] - begun for name in ("first", "p50", "last")]
        done.append(Round(begun, *times, int(result["of"] - result["got"]), cpu))
    return done[1:]


def outcome(name: str, streams: int, kib: float, done: list[Round]) -> Outcome:
    """The medians."""
    middle = [median(getattr(one, field) for one in done) for field in ("first", "p50", "last", "cpu")]
    return Outcome(name, streams, sum(one.lost for one in done), middle[0], middle[1], middle[2], middle[3], kib)


def measure(
    name: str, server: Server, mode: str, path: str, streams: int, tokens: Path | None, trigger: Callable[[], float], count: int
) -> tuple[Outcome, list[Round]]:
    """Connect everyone, see what an idle one costs, push."""
    settle()
    empty = server.memory()
    fan = Fan(mode, server.port, path, streams, tokens)
    try:
        settle(1.5)
        kib = (server.memory() - empty) / 1024 / streams
        done = rounds(server, fan, trigger, count)
    finally:
        fan.close()
    return outcome(name, streams, kib, done), done


def ours(platform: Platform, streams: int, count: int) -> Outcome:
    """Our gateway: from the commit of a saved policy to the last agent, with others polling meanwhile."""
    tokens = platform.devices(streams + POLLERS)
    with tempfile.NamedTemporaryFile("w", suffix=".tokens") as file:
        file.write("".join(f"{token}\n" for token in tokens[:streams]))
        file.flush()
        port = free_port()
        with serving(python("bench.gateway_server", platform.dsn, port), port) as server:
            etag, _document = platform.policy()
            duration = (count + 1) * 2.0 + streams / 1_000 + 5
            with polling(port, tokens[streams:], etag, duration) as polls:
                result, done = measure(
                    "Sundial gateway", server, "sse", "/agent/v1/policy", streams, Path(file.name), platform.save, count
                )
                during = [
                    took for begun, took in polls() for one in done if one.begun <= begun <= one.begun + one.last
                ]
    during.sort()
    result.polls, result.polls_p99 = len(during), during[int(len(during) * 0.99)] if during else None
    return result


def c_program(streams: int, size: int, count: int) -> Outcome:
    """The limit."""
    port = free_port()
    with serving([native("server"), str(port), str(size)], port) as server:
        return measure("C, epoll", server, "sse", "/", streams, None, lambda: post(port), count)[0]


def python_socketio(streams: int, size: int, count: int) -> Outcome:
    """The peer."""
    port = free_port()
    with serving(python("bench.push.socketio_server", port, size), port) as server:
        path = "/socket.io/?EIO=4&transport=websocket"
        return measure("python-socketio", server, "sio", path, streams, None, lambda: post(port), count)[0]


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
            "" if one.polls_p99 is None else f"{one.polls_p99:.1f} of {one.polls}",
        )
        for one in outcomes
    ]
    heads = ("server", "streams", "lost", "first ms", "half ms", "last ms", "CPU ms", "KiB each", "polls p99 ms")
    machine.table("A change pushed to every open connection, medians", heads, rows)


def main() -> int:
    """Measure, print, keep; 1 if a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.push", description=__doc__)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    machine.raise_file_limit(asked.streams + 500)
    platform = Platform()
    try:
        us = ours(platform, asked.streams, asked.rounds)
        size = len(platform.policy()[1]) + 80
    finally:
        platform.stop()
    limit = c_program(asked.streams, size, asked.rounds)
    peer = python_socketio(asked.streams, size, asked.rounds)
    show([limit, us, peer])
    promises = {
        f"last of {us.streams} within twice the C program ({us.last / limit.last:.2f} times)": us.last <= 2 * limit.last,
        f"last of {us.streams} within 0.3 s of the commit ({us.last / 1e3:.3f} s)": us.last <= 300,
        f"none lost ({us.lost})": us.lost == 0,
        f"at most 14 KiB an idle agent ({us.kib_each:.1f})": us.kib_each <= 14,
        f"polls meanwhile at p99 within 10 ms ({us.polls_p99 or 0:.1f})": (us.polls_p99 or 0) <= 10,
    }
    holds = machine.verdict(promises)
    machine.save("push", {"outcomes": [asdict(one) for one in (limit, us, peer)], "promises": promises})
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
