"""The peer: python-socketio under uvicorn, one room, the same number of bytes.

python -m bench.push.socketio_server PORT BYTES
"""

import sys
from typing import Any

import socketio
import uvicorn

# Pings are set so far apart that none falls into a measurement.
server = socketio.AsyncServer(
    async_mode="asgi", transports=["websocket"], cors_allowed_origins="*", ping_interval=300, ping_timeout=300
)
inner = socketio.ASGIApp(server)
payload = {"policy": "x" * int(sys.argv[2])}


@server.event
async def connect(sid: str, environ: dict[str, Any], auth: Any = None) -> None:
    """Everyone is in one room."""
    await server.enter_room(sid, "company")


async def app(scope: Any, receive: Any, send: Any) -> None:
    """A POST tells everyone."""
    if scope["type"] == "http" and scope["method"] == "POST":
        await server.emit("policy", payload, room="company")
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await inner(scope, receive, send)


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        log_level="error",
        access_log=False,
        backlog=4096,
    )
