"""Consoles agree whichever process serves them, also when one of the processes is killed."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from django.conf import settings

from sundial.run.postgres import Cluster
from sundial.server.companies.sockets import identity_of
from sundial.server.lib.acting import Role
from tests.cast import Cast, Player, make_person
from tests.server.realtime.console import Console
from tests.server.realtime.house import Writer, open_house


@dataclass
class OtherProcess:
    """A second web process and where it listens."""

    process: asyncio.subprocess.Process
    address: str


@pytest.fixture
async def other(cast: Cast, cluster: Cluster) -> AsyncIterator[OtherProcess]:
    """A second web process."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.server.realtime.second_process",
        stdin=pipe,
        stdout=pipe,
        env={**os.environ, "DATABASE_URL": cluster.app_dsn()},
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    yield OtherProcess(process, line.decode().strip())
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.communicate()


def session_of(player: Player) -> str:
    return player.client.cookies[settings.SESSION_COOKIE_NAME].value


async def test_both_hear_everything_see_one_another_and_one_survives_the_other(
    cast: Cast, cluster: Cluster, other: OtherProcess
) -> None:
    writer = Writer(cast.company.pk)
    second_admin = await writer.do(make_person, cast.admin, Role.ADMIN, "second")
    there = Console(other.address)
    async with open_house(cluster.app_dsn(), identity_of) as house:
        here = await house.in_room(session_of(cast.admin))
        await there.connect(session_of(second_admin))
        await there.ask("join_admin", "joined_admin")
        await writer.tell(20)
        for console in (here, there):
            await console.hears("user_added", 20)
            await console.sees(cast.admin.email, second_admin.email)
        assert [e["offset"] for e in here.of("user_added")] == [e["offset"] for e in there.of("user_added")]
        os.kill(other.process.pid, signal.SIGKILL)
        await there.is_shown_out()
        await writer.tell(5, start=20)
        assert len(await here.hears("user_added", 25)) == 25
        last = there.of("user_added")[-1]["offset"]
        epoch = there.of("joined_admin")[-1]["epoch"]
        back = await house.console(session_of(second_admin))  # as the browser does: another process, the same place
        joined = await back.ask("join_admin", "joined_admin", {"epoch": epoch, "offset": last})
        assert joined["recovered"] is True
        missed = await back.hears("user_added", 5)
        assert [event["offset"] for event in missed] == [event["offset"] for event in here.of("user_added")[20:]]
    await there.leave()
    writer.threads.close()
