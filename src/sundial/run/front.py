"""The web part: Django behind the bridge, consoles, and (unless it runs elsewhere) the gateway. Needs Django set up."""

import asyncio
import contextlib
import re
from collections.abc import Coroutine
from concurrent.futures import TimeoutError as Late
from typing import Any

import psycopg
from django.db import connections

from sundial.bus import open_bus
from sundial.gateway.app import Gateway
from sundial.run.asgi import Parts
from sundial.run.bodies import ORDINARY, Limit
from sundial.run.health import Check, GatewayCollector, Health, WebCollector, hinting, writable
from sundial.run.proxies import Proxies
from sundial.run.pulse import Pulse, into
from sundial.run.wsgi_bridge import Bridge
from sundial.server.activity.sockets import PRESENCE, WORK_STATUS
from sundial.server.alerts.sockets import ALERTS_CHANGED, PLATFORM_ALERTS_CHANGED
from sundial.server.companies.sockets import identity_of
from sundial.server.config.env import LOOPBACK, Environment
from sundial.server.config.wsgi import application
from sundial.server.devices.sockets import AGENTS_STATUS
from sundial.server.lib import hints
from sundial.server.realtime import sockets
from sundial.server.tasks.sockets import TASKS_CHANGED
from sundial.server.vault.sockets import UPLOAD_PROGRESS, VAULT_CHANGED

FACTS = (
    AGENTS_STATUS,
    PRESENCE,
    WORK_STATUS,
    TASKS_CHANGED,
    VAULT_CHANGED,
    UPLOAD_PROGRESS,
    ALERTS_CHANGED,
    PLATFORM_ALERTS_CHANGED,
)
THREADS = 4  # more of them cost the pushes beside them more than they give
KEPT = 1  # of them for who changes something: it would wait behind the questions of every page that hears of changes
FILES = (
    (re.compile(r"/vault/uploads/[0-9a-f-]{36}/?"), Limit(9 << 20, "Send smaller parts, one after another.")),
    (
        re.compile(r"/api/v1/files(/[0-9]+/versions)?/?"),
        Limit(1 << 30, "Larger files come in parts, by the resumable upload (tus 1.0) at /vault/uploads/."),
    ),
)
PICTURES = {
    "/agent/v1/screenshots": Limit(51 << 20),  # the policy's highest is 50 MB
    "/screenshot/upload": Limit(68 << 20),
    "/photo": Limit(5 << 20),
    "/settings/branding": Limit(5 << 20),
}
OWN_WRITES_WITHIN = 1.0  # seconds that a save waits for the gateway beside it


def build(env: Environment, dsn: str, *, with_gateway: bool) -> Parts:
    """Everything a process with the web in it serves."""
    bus = open_bus(env.bus, dsn)
    pages = Bridge(application, threads=THREADS, kept=KEPT, limit=body_limit, let_go=connections.close_all)
    allowed = origins(env)
    consoles = sockets.build(origins=allowed, identity_of=identity_of, facts=FACTS)
    gateway = Gateway(dsn, bus, onward=pages) if with_gateway else None
    health = Health(
        {"database": gateway.ready if gateway else _answers(dsn), "bus": hinting(bus), "storage": writable(env.data)},
        [
            WebCollector(lambda: pages.busy, lambda: pages.refused, consoles.open_consoles),
            *([GatewayCollector(gateway.metrics)] if gateway else []),
        ],
        env.metrics_token,
    )
    parts = Parts(
        health=health,
        gateway=gateway,
        consoles=consoles,
        pages=pages,
        bus=bus,
        origins=allowed,
        proxies=Proxies(env.trusted_proxies),
        pulse=Pulse(into(dsn), gateway.metrics if gateway else None),
    )
    if gateway is not None:
        parts.started = lambda loop: _read_own_writes(loop, gateway)
    return parts


def body_limit(path: str) -> Limit:
    """How long a body a path takes: files and pictures are larger than all else, as text by a third more."""
    for pattern, limit in FILES:
        if pattern.fullmatch(path):
            return limit
    return next((limit for end, limit in PICTURES.items() if path.rstrip("/").endswith(end)), ORDINARY)


def origins(env: Environment) -> frozenset[str]:
    """The exact origins whose pages may open consoles: our own, and those that were named."""
    own = {env.address, *env.allowed_origins}
    if env.host in LOOPBACK:
        own |= {f"http://127.0.0.1:{env.port}", f"http://localhost:{env.port}"}
    return frozenset(own)


def _read_own_writes(loop: asyncio.AbstractEventLoop, gateway: Gateway) -> None:
    """After a commit in this process, its own gateway knows before whoever saved is answered."""

    def done(work: Coroutine[Any, Any, None]) -> None:
        waiting = asyncio.run_coroutine_threadsafe(work, loop)
        # Late is not lost: the hint on the bus and the look once a second follow.
        with contextlib.suppress(Late, OSError):
            waiting.result(OWN_WRITES_WITHIN)

    for topic in ("policy", "company"):
        hints.on_commit(topic, lambda body: done(gateway.refresh_company(int(body))))
    hints.on_commit("token", lambda body: done(gateway.refresh_token(bytes.fromhex(body))))


def _answers(dsn: str) -> Check:
    async def check() -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
                await connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    return check
