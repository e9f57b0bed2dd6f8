"""The gateway in a process of its own, as it is served: uvicorn, uvloop, httptools, over a real database.

python -m bench.gateway_server DSN PORT
"""

import sys

import uvicorn

from sundial.bus import open_bus
from sundial.gateway.app import Gateway
from sundial.gateway.asgi import Receive, Scope, Send
from sundial.gateway.connections import SHORT_WAY, WatchedConnections


class Application:
    """The gateway and its life."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.gateway: Gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Requests go straight to the gateway."""
        if scope["type"] == "lifespan":
            return await self._live(scope, receive, send)
        return await self.gateway(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        bus = open_bus("postgres", self.dsn)
        self.gateway = Gateway(self.dsn, bus)
        await self.gateway.start()
        scope["state"][SHORT_WAY] = self.gateway.short_way
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.gateway.stop()
        await bus.close()
        await send({"type": "lifespan.shutdown.complete"})


def main() -> None:
    """Serve until told to stop."""
    uvicorn.run(
        Application(sys.argv[1]),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        loop="uvloop",
        http=WatchedConnections,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        backlog=4096,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
