"""What a host's monitoring asks: does the process live, is it ready, what does it count."""

import asyncio
import hmac
import json
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final, Protocol

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from sundial.bus import Bus
from sundial.gateway.asgi import Scope, Send, header
from sundial.gateway.metrics import Metrics
from sundial.run import answers
from sundial.run.proxies import Proxies

PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics"})
WITHIN: Final = 2.0  # seconds a check may take
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})

Check = Callable[[], Awaitable[bool]]
Number = Callable[[], int]


class Health:
    """Answers /healthz, /readyz and /metrics; the checks are given by what the process runs."""

    def __init__(self, checks: dict[str, Check], collectors: Iterable["Collector"], metrics_token: str | None) -> None:
        self._checks = checks
        self._token = metrics_token
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        for collector in collectors:
            self._registry.register(collector)

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answer one of the three."""
        match scope["path"]:
            case "/healthz":
                await answers.plain(send, 200, "ok\n")
            case "/readyz":
                await self._ready(send)
            case _:
                await self._metrics(scope, send)

    async def _ready(self, send: Send) -> None:
        results = dict(zip(self._checks, await asyncio.gather(*map(_checked, self._checks.values())), strict=True))
        good = all(results.values())
        said = {"status": "ready" if good else "not ready", "checks": results}
        await answers.plain(send, 200 if good else 503, json.dumps(said), b"application/json")

    async def _metrics(self, scope: Scope, send: Send) -> None:
        if not self._may_read(scope):
            return await answers.refuse(scope, send, 403, "Metrics are read from loopback, or with the token.")
        text = generate_latest(self._registry).decode()
        await answers.plain(send, 200, text, b"text/plain; version=0.0.4; charset=utf-8")
        return None

    def _may_read(self, scope: Scope) -> bool:
        client = scope.get("client")
        # Behind a proxy everybody seems to come from loopback: then only the token counts.
        forwarded = Proxies.spoke(scope) or header(scope, b"x-forwarded-for") is not None
        if client and client[0] in LOOPBACK and not forwarded:
            return True
        given = (header(scope, b"authorization") or b"").removeprefix(b"Bearer ")
        return self._token is not None and hmac.compare_digest(given, self._token.encode())


async def _checked(check: Check) -> bool:
    try:
        async with asyncio.timeout(WITHIN):
            return await check()
    except (OSError, TimeoutError):
        return False


def writable(folder: Path) -> Check:
    """Whether files can be kept there."""

    async def check() -> bool:
        return os.access(folder, os.W_OK)

    return check


def hinting(bus: Bus) -> Check:
    """Whether hints can be sent; whoever hears this one has nothing to do."""

    async def check() -> bool:
        await bus.publish("ready", "")
        return True

    return check


class Collector(Protocol):
    """What Prometheus asks for numbers."""

    def collect(self) -> Iterable[Metric]:
        """All numbers as they stand."""


class WebCollector:
    """How busy Django's threads are, and how many consoles look on."""

    def __init__(self, busy: Number, refused: Number, consoles: Number) -> None:
        self._busy, self._refused, self._consoles = busy, refused, consoles

    def collect(self) -> Iterable[Metric]:
        """All numbers as they stand."""
        yield GaugeMetricFamily("sundial_web_requests_busy", "requests at work or waiting", value=self._busy())
        yield CounterMetricFamily("sundial_web_requests_refused", "requests sent away: full", value=self._refused())
        yield GaugeMetricFamily("sundial_web_consoles_open", "consoles connected", value=self._consoles())


class GatewayCollector:
    """The gateway's plain numbers as Prometheus reads them."""

    _GAUGES = ("streams_open", "ingest_waiting")

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """All numbers as they stand."""
        for name in self._metrics.__slots__:
            value = getattr(self._metrics, name)
            label = f"sundial_gateway_{name}"
            if name in self._GAUGES:
                yield GaugeMetricFamily(label, name.replace("_", " "), value=value)
            elif isinstance(value, int):
                yield CounterMetricFamily(label, name.replace("_", " "), value=value)
            else:
                yield _histogram(label, value.bounds, value.counts, value.total)


def _histogram(name: str, bounds: tuple[float, ...], counts: list[int], total: float) -> HistogramMetricFamily:
    buckets, below = [], 0
    for bound, count in zip((*map(str, bounds), "+Inf"), counts, strict=True):
        below += count
        buckets.append((bound, float(below)))
    return HistogramMetricFamily(name, name, buckets=buckets, sum_value=total)
