"""One serving process: uvicorn over the composed application, with the limits of a server that holds streams."""

import resource
from typing import Any

import uvicorn

from sundial.bus import open_bus
from sundial.gateway.app import Gateway
from sundial.run.asgi import Parts, Root
from sundial.run.health import GatewayCollector, Health, writable
from sundial.server.config.env import Environment

KEEP_ALIVE = 75  # seconds: longer than agents wait between two polls
BACKLOG = 4096
GRACE = 2  # seconds that open requests have to end after the signal


def raise_file_limit() -> None:
    """Every stream is a file: take as many as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def options(env: Environment) -> dict[str, Any]:
    """How uvicorn serves."""
    return {
        "host": env.host,
        "port": env.port,
        "loop": "uvloop",
        "http": "httptools",
        "ws": "websockets-sansio",
        "ws_per_message_deflate": False,
        "lifespan": "on",
        "timeout_keep_alive": KEEP_ALIVE,
        "timeout_graceful_shutdown": GRACE,
        "backlog": BACKLOG,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "proxy_headers": bool(env.trusted_proxies),
        "forwarded_allow_ips": ",".join(env.trusted_proxies) or "none",
    }


def run(env: Environment, parts: Parts) -> None:
    """Serve until a signal comes."""
    raise_file_limit()
    uvicorn.run(Root(parts), **options(env))


def gateway_alone(env: Environment, dsn: str) -> Parts:
    """A gateway in a process of its own: no Django, no consoles."""
    bus = open_bus(env.bus, dsn)
    gateway = Gateway(dsn, bus)
    health = Health(
        {"database": gateway.ready, "storage": writable(env.data)},
        [GatewayCollector(gateway.metrics)],
        env.metrics_token,
    )
    return Parts(health=health, gateway=gateway, bus=bus)
