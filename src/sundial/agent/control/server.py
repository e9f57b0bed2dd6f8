"""The running program's end."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from sundial.agent.control.place import socket_of
from sundial.agent.control.words import LONGEST_LINE, Answer, Question
from sundial.protocol import codec

PATIENCE_S = 5.0

Answering = Callable[[Question], Awaitable[Answer]]


@asynccontextmanager
async def serving(folder: Path, answer: Answering) -> AsyncIterator[None]:
    """Answer questions while inside; the caller holds the profile, so a socket that is there is a dead one's."""
    if os.name != "posix":  # written for Unix sockets; the window is there on every system
        yield
        return
    path = socket_of(folder)
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(_conversation(answer), path, limit=LONGEST_LINE)
    finally:
        os.umask(before)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


def _conversation(answer: Answering) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            async with asyncio.timeout(PATIENCE_S):
                writer.write(codec.encode(await _answered(answer, await reader.readline())) + b"\n")
                await writer.drain()
        writer.close()

    return converse


async def _answered(answer: Answering, line: bytes) -> Answer:
    try:
        question = codec.decode(Question, line)
    except codec.Malformed as error:
        return Answer(error=f"not understood: {error}")
    return await answer(question)
