"""The running program's end."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
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
    conversations: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversations[writer] = asyncio.current_task()
        try:
            await _converse(answer, reader, writer)
        finally:
            del conversations[writer]

    try:
        server = await asyncio.start_unix_server(converse, path, limit=LONGEST_LINE)
    finally:
        os.umask(before)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)
        await _end(dict(conversations))


async def _converse(answer: Answering, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
        async with asyncio.timeout(PATIENCE_S):
            writer.write(codec.encode(await _answered(answer, await reader.readline())) + b"\n")
            await writer.drain()
    writer.close()


async def _end(conversations: Mapping[asyncio.StreamWriter, asyncio.Task[None] | None]) -> None:
    """Whoever is still being listened to is cut off."""
    for writer in conversations:
        writer.transport.abort()
    await asyncio.gather(*filter(None, conversations.values()), return_exceptions=True)


async def _answered(answer: Answering, line: bytes) -> Answer:
    try:
        question = codec.decode(Question, line)
    except codec.Malformed as error:
        return Answer(error=f"not understood: {error}")
    return await answer(question)
