"""Sends batches that were made beforehand, over raw connections, and measures each from when it was due.

python -m bench.ingest.driver PLAN   prints a JSON object for each stream of the plan
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from bench.ingest.events import EACH, batches


@dataclass
class Plan:
    """Some callers: closed loop without `rate`, else so many batches a second between them all."""

    name: str
    port: int
    path: str
    authorizations: list[str]
    seconds: float
    prepared: int
    rate: float | None = None
    day: int = 0


@dataclass
class Tally:
    """What happened."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    last: float = 0.0


class Caller(asyncio.Protocol):
    """One connection: one request at a time. The first says that work was started, and is not measured."""

    def __init__(self, requests: list[bytes], tally: Tally) -> None:
        self._requests, self._tally, self._until = iter(requests), tally, 0.0
        self._due: Iterator[float] | None = None
        self._buffer, self._sent = b"", 0.0
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def begin(self, until: float, due: list[float] | None) -> None:
        """Now it counts."""
        self._until, self._due = until, None if due is None else iter(due)
        self._next()

    def connection_made(self, transport: Any) -> None:
        """Connected."""
        self._transport = transport
        transport.write(next(self._requests))

    def _next(self) -> None:
        request = next(self._requests, None)
        due = time.perf_counter() if self._due is None else next(self._due, float("inf"))
        if request is None or due >= self._until or time.perf_counter() >= self._until:
            self._transport.close()
            return
        wait = due - time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._send, request, due)
        else:
            self._send(request, due)

    def _send(self, request: bytes, due: float) -> None:
        self._sent = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        self._buffer += data
        head, blank, body = self._buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._buffer = b""
        if not self.open.done():
            self.open.set_result(None)
            return
        tally, status = self._tally, head[9:12].decode()
        tally.last = time.perf_counter()
        tally.statuses[status] = tally.statuses.get(status, 0) + 1
        if status in {"200", "201"}:
            tally.latencies.append(tally.last - self._sent)
        if status == "429":  # an honest agent comes back when it was told to, and not before
            asyncio.get_running_loop().call_later(0.1, self._next)
        else:
            self._next()

    def connection_lost(self, failure: Exception | None) -> None:
        """Over."""
        for future in (self.open, self.over):
            if not future.done():
                future.set_result(None)


def requests_of(plan: Plan) -> list[list[bytes]]:
    """For each caller, everything it will send."""
    made = []
    for number, authorization in enumerate(plan.authorizations):
        head = f"POST {plan.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n"
        head += "Content-Type: application/json\r\n"
        bodies = itertools.islice(batches(number, plan.day), plan.prepared // len(plan.authorizations) + 1)
        made.append([f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies])
    return made


async def connect(plan: Plan, prepared: list[list[bytes]], tally: Tally) -> list[Caller]:
    """Everyone begins to work."""
    loop, callers = asyncio.get_running_loop(), []
    for requests in prepared:
        _, caller = await loop.create_connection(partial(Caller, requests, tally), "127.0.0.1", plan.port)
        callers.append(caller)
    await asyncio.gather(*(caller.open for caller in callers))
    return callers


async def drive(plan: Plan, callers: list[Caller], tally: Tally, begin: float) -> dict[str, Any]:
    """Run one stream of batches."""
    for number, caller in enumerate(callers):
        due = None
        if plan.rate is not None:
            step = len(callers) / plan.rate
            due = [begin + (number / len(callers) + turn) * step for turn in range(int(plan.seconds / step) + 1)]
        caller.begin(begin + plan.seconds, due)
    await asyncio.gather(*(caller.over for caller in callers))
    times = sorted(tally.latencies) or [float("nan")]
    return {
        "name": plan.name,
        "events_per_second": len(tally.latencies) * EACH / max(tally.last - begin, 1e-9),
        "batches": len(tally.latencies),
        "p50_ms": times[len(times) // 2] * 1e3,
        "p99_ms": times[int(len(times) * 0.99)] * 1e3,
        "statuses": tally.statuses,
    }


async def main(plans: list[Plan]) -> None:
    """Prepare, then all streams at once."""
    prepared = [requests_of(plan) for plan in plans]
    tallies = [Tally() for _ in plans]
    ready = [await connect(*each) for each in zip(plans, prepared, tallies, strict=True)]
    begin = time.perf_counter()
    done = await asyncio.gather(*(drive(*each, begin) for each in zip(plans, ready, tallies, strict=True)))
    print(json.dumps(done))


if __name__ == "__main__":
    uvloop.run(main([Plan(**plan) for plan in json.loads(Path(sys.argv[1]).read_text())]))
