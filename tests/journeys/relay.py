"""Between a browser and its servers: bytes go to the first server that answers, until the line is cut in silence.

It is a process of its own, so that it can be stopped dead: then nothing comes any more, and no browser is told so.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from functools import partial

PIECE = 65536


class Relay:
    """A relay to these ports of loopback, the first that answers; `port` is where browsers come."""

    def __init__(self, *servers: int) -> None:
        words = [sys.executable, "-m", "tests.journeys.relay", *map(str, servers)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())

    def __enter__(self) -> "Relay":
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.kill()
        self._process.communicate()

    def cut(self) -> None:
        """From now on nothing passes; lines stay open, and new ones are taken and left waiting."""
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def mend(self) -> None:
        """Pass everything on again, what waited first."""
        self._process.send_signal(signal.SIGCONT)


async def connected(servers: Iterable[int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A line to the first of these that answers."""
    for port in servers:
        with contextlib.suppress(OSError):
            return await asyncio.open_connection("127.0.0.1", port)
    raise ConnectionRefusedError("nobody answers")


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything, until either side hangs up; then the other is hung up on."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def relay(servers: Sequence[int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One line of a browser."""
    try:
        there, back = await connected(servers)
    except ConnectionRefusedError:
        writer.close()
        return
    await asyncio.gather(pass_on(reader, back), pass_on(there, writer))


async def main(servers: Sequence[int]) -> None:
    """Say the port, and serve until killed."""
    listening = await asyncio.start_server(partial(relay, servers), "127.0.0.1", 0)
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main([int(word) for word in sys.argv[1:]]))
