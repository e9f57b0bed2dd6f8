"""One serving process: uvicorn over the composed application, with the limits of a server that holds streams."""

import errno
import gc
import resource
import signal
import socket
import sys
from types import FrameType
from typing import Any, Never

import uvicorn

from sundial.bus import open_bus
from sundial.gateway.app import Gateway
from sundial.run.asgi import Parts, Root
from sundial.run.connections import LimitedConnections
from sundial.run.errors import CannotRun
from sundial.run.health import GatewayCollector, Health, hinting
from sundial.run.proxies import Proxies
from sundial.run.pulse import Pulse, into
from sundial.server.config.env import Environment

KEEP_ALIVE = 75  # seconds: longer than agents wait between two polls
BACKLOG = 4096
COLLECTED_AFTER = (10_000, 50, 50)  # garbage is nearly always young; opening a stream costs a fifth less
SWITCHED_EVERY = 0.0005  # seconds that a thread of Django may keep a push waiting at each of its hops; Python says 5 ms
GRACE = 2  # seconds that open requests have to end after the signal


def raise_file_limit() -> None:
    """Every stream is a file: take as many as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def require_free_port(env: Environment) -> None:
    """Say before anything else is begun that the address cannot be listened on."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(env.host, env.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, number) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as failure:
        why = "is already in use" if failure.errno == errno.EADDRINUSE else f"cannot be used ({failure.strerror})"
        raise CannotRun(
            f"Port {env.port} of {env.host} {why}: choose another with --port or SUNDIAL_PORT."
        ) from failure


def options(env: Environment) -> dict[str, Any]:
    """How uvicorn serves."""
    return {
        "host": env.host,
        "port": env.port,
        "loop": "uvloop",
        "http": LimitedConnections,
        "ws": "websockets-sansio",
        "ws_per_message_deflate": False,
        "lifespan": "on",
        "timeout_keep_alive": KEEP_ALIVE,
        "timeout_graceful_shutdown": GRACE,
        "backlog": BACKLOG,
        "access_log": False,
        "log_config": None,
        "server_header": False,
        "proxy_headers": False,  # ours, in proxies.py, keep what they saw: no word of a stranger reaches Django
    }


def collect_seldom() -> None:
    """Ten thousand streams are half a million objects and no garbage; looking through them all stops every push."""
    gc.collect()
    gc.freeze()  # what was made until now stays until the end
    gc.set_threshold(*COLLECTED_AFTER)


def run(env: Environment, parts: Parts) -> None:
    """Serve until a signal comes."""
    raise_file_limit()
    collect_seldom()
    sys.setswitchinterval(SWITCHED_EVERY)
    # uvicorn raises the signal once more when it has drained: what is open around us is to be closed then, too.
    signal.signal(signal.SIGTERM, _leave)
    uvicorn.run(Root(parts), **options(env))


def _leave(number: int, frame: FrameType | None) -> Never:
    sys.exit(0)


def gateway_alone(env: Environment, dsn: str) -> Parts:
    """A gateway in a process of its own: no Django, no consoles."""
    bus = open_bus(env.bus, dsn)
    gateway = Gateway(dsn, bus)
    health = Health(
        {"database": gateway.ready, "bus": hinting(bus)},  # it keeps no files
        [GatewayCollector(gateway.metrics)],
        env.metrics_token,
    )
    pulse = Pulse(into(dsn), gateway.metrics)
    return Parts(health=health, gateway=gateway, bus=bus, proxies=Proxies(env.trusted_proxies), pulse=pulse)
