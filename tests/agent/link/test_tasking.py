"""The person's tasks: read at once, at every notice and now and then; moved by their word whatever the server does."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from sundial.agent.link.doors import open_client
from sundial.agent.link.line import Line
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.messages import TaskItem
from tests.agent.desk import Desk, middle
from tests.agent.link.senders import Inline
from tests.agent.link.test_line_with_a_store import Reporting
from tests.agent.small_server import TOKEN, SmallServer, refuse
from tests.agent.virtual_time import VirtualClock, passing, play, until
from tests.agent.wire import Wire

TASKS = "/agent/v1/tasks"
FIRST = TaskItem(71, "Proof the catalogue", "Catalogue", "IN_PROGRESS", "2026-11-27")
SECOND = TaskItem(68, "Sort the sample room", "", "OPEN", None)


def played(folder: Path, server: SmallServer, scene: Callable[[Line, Reporting], Awaitable[None]]) -> None:
    """A whole scene on one line."""

    async def whole() -> None:
        host = Reporting()
        async with open_client("http://server", Wire(server)) as client, asyncio.TaskGroup() as group:
            line = Line(client, TOKEN, host, VirtualClock(), middle, Inline(Outbox.open(folder)))
            running = group.create_task(line.run())
            await scene(line, host)
            running.cancel()

    play(whole())


def test_they_are_read_at_once_and_every_five_minutes_and_sent_again_only_when_another(tmp_path: Path) -> None:
    server = SmallServer(tasks=[FIRST])

    async def scene(line: Line, host: Reporting) -> None:
        await until(lambda: line.tasks == (FIRST,), within=2)
        await passing(1000)
        asked = [one for one in server.asked if one.path == TASKS]
        assert len(asked) == 4
        assert ["if-none-match" in one.headers for one in asked] == [False, True, True, True]
        server.tasks = [SECOND, FIRST]
        await until(lambda: line.tasks == (SECOND, FIRST), within=301)

    played(tmp_path, server, scene)


def test_a_refresh_reads_them_now(tmp_path: Path) -> None:
    server = SmallServer()

    async def scene(line: Line, host: Reporting) -> None:
        await until(lambda: server.count(TASKS) == 1, within=2)
        server.tasks = [FIRST]
        line.refresh()
        await until(lambda: line.tasks == (FIRST,), within=1)

    played(tmp_path, server, scene)


def test_one_that_is_done_goes_from_the_list_and_to_the_server(tmp_path: Path) -> None:
    server = SmallServer(tasks=[FIRST, SECOND])

    async def scene(line: Line, host: Reporting) -> None:
        await until(lambda: len(line.tasks) == 2, within=2)
        line.move_task(71, "DONE")
        assert line.tasks == (SECOND,), "before the server has answered"
        await until(lambda: server.moves == [("71", "DONE")], within=1)
        line.move_task(68, "IN_PROGRESS")
        await until(lambda: server.moves[1:] == [("68", "IN_PROGRESS")], within=1)
        await passing(1)
        assert line.tasks == (SECOND,)

    played(tmp_path, server, scene)


def test_a_server_that_fails_hears_it_later_once(tmp_path: Path) -> None:
    server = SmallServer(tasks=[FIRST])
    server.next_answers = [(f"{TASKS}/71", refuse(503, "busy"))] * 3

    async def scene(line: Line, host: Reporting) -> None:
        await until(lambda: line.tasks, within=2)
        line.move_task(71, "DONE")
        await until(lambda: server.moves, within=60)
        await passing(100)
        assert server.moves == [("71", "DONE")]
        assert line.tasks == ()
        assert any("Tasks not read" in line for line in host.said)

    played(tmp_path, server, scene)


def test_a_task_that_was_taken_away_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    server = SmallServer(tasks=[FIRST, SECOND])

    async def scene(line: Line, host: Reporting) -> None:
        await until(lambda: line.tasks, within=2)
        server.tasks = [SECOND]
        line.move_task(71, "DONE")
        await until(lambda: line.tasks == (SECOND,) and server.count(TASKS) == 2, within=2)
        assert any("Task 71 not moved" in said for said in host.said)

    played(tmp_path, server, scene)


def test_a_server_without_tasks_is_asked_seldom(tmp_path: Path) -> None:
    server = SmallServer()
    server.next_answers = [(TASKS, refuse(404, "not_found"))] * 100

    async def scene(line: Line, host: Reporting) -> None:
        await passing(1000)
        assert line.tasks == ()
        assert server.count(TASKS) == 4

    played(tmp_path, server, scene)


def test_without_a_store_nobody_works_and_nobody_has_tasks(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    async def scene() -> None:
        async with desk.working():
            await passing(500)

    play(scene())
    assert desk.server.count(TASKS) == 0
