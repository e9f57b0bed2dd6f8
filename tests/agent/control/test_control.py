"""From the command line to the running program."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from sundial.agent.control.client import NotRunning, ask
from sundial.agent.control.place import socket_of
from sundial.agent.control.server import serving
from sundial.agent.control.words import Answer, Question


@asynccontextmanager
async def calling(folder: Path) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A line to the running program, cut at the end whatever was still to be sent."""
    reader, writer = await asyncio.open_unix_connection(socket_of(folder))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def answer(question: Question) -> Answer:
    return Answer(status={"asked": question.do})


async def test_the_running_program_answers(tmp_path: Path) -> None:
    async with serving(tmp_path, answer):
        said = await asyncio.to_thread(ask, tmp_path, "status")
    assert said == Answer(status={"asked": "status"})


async def test_only_this_user_may_ask(tmp_path: Path) -> None:
    async with serving(tmp_path, answer):
        assert socket_of(tmp_path).stat().st_mode & 0o777 == 0o600


async def test_nonsense_is_answered_and_the_next_question_too(tmp_path: Path) -> None:
    async with serving(tmp_path, answer):
        async with calling(tmp_path) as (reader, writer):
            writer.write(b'{"do": "format the disk"}\n')
            assert b"not understood" in await reader.readline()
        assert (await asyncio.to_thread(ask, tmp_path, "refresh")).status == {"asked": "refresh"}


async def test_who_hangs_up_or_never_ends_a_line_disturbs_nobody(tmp_path: Path) -> None:
    async with serving(tmp_path, answer):
        async with calling(tmp_path):
            pass
        async with calling(tmp_path) as (_, endless):
            endless.write(b"x" * (3 << 20))
            assert (await asyncio.to_thread(ask, tmp_path, "show")).error == ""


async def test_who_has_not_asked_yet_is_cut_off_when_the_program_ends(tmp_path: Path) -> None:
    async with serving(tmp_path, answer):
        reader, writer = await asyncio.open_unix_connection(socket_of(tmp_path))
        assert (await asyncio.to_thread(ask, tmp_path, "show")).error == ""
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="does not run"):
        ask(tmp_path, "status")


async def test_the_socket_of_a_killed_program_is_taken_over(tmp_path: Path) -> None:
    socket_of(tmp_path).touch()
    async with serving(tmp_path, answer):
        assert (await asyncio.to_thread(ask, tmp_path, "status")).status
    assert not socket_of(tmp_path).exists()


async def test_a_profile_with_a_long_path_has_a_socket_too(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    assert len(os.fsencode(socket_of(deep))) <= 104
    async with serving(deep, answer):
        assert (await asyncio.to_thread(ask, deep, "status")).status
