"""The whole line with a store: facts go beside the policy's loops, and without a store nothing is sent."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sundial.agent.core import events
from sundial.agent.link.doors import open_client
from sundial.agent.link.errors import Revoked
from sundial.agent.link.line import Line
from sundial.agent.outbox.outbox import Outbox
from sundial.protocol.messages import PolicyStatus, QueueStatus, StatusReport
from tests.agent.desk import middle
from tests.agent.fact_server import BATCHES, PICTURES, FactServer
from tests.agent.link.senders import Inline, Listener
from tests.agent.outbox.facts import BEGIN, apps, eid, meta, picture
from tests.agent.small_server import TOKEN, SmallServer
from tests.agent.virtual_time import VirtualClock, passing, play, until
from tests.agent.wire import Message, Wire


class Reporting(Listener):
    """A host that has something to report."""

    def status(self) -> PolicyStatus:
        return PolicyStatus(1, 1, "etag", "applied", "etag", [])

    def compose(self, status: PolicyStatus) -> StatusReport:
        return StatusReport("boot-1", "0.1.0", "Linux", status, QueueStatus(0, []), {})

    def reported(self, status: PolicyStatus) -> None:
        pass


class Both:
    """One server for the policy and for facts."""

    def __init__(self) -> None:
        self.policy = SmallServer()
        self.facts = FactServer()

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        await (self.facts if scope["path"] in (BATCHES, PICTURES) else self.policy)(scope, receive, send)


def test_facts_go_beside_the_policy(tmp_path: Path) -> None:
    async def scene() -> None:
        server, host, outbox = Both(), Reporting(), Outbox.open(tmp_path)
        async with open_client("http://server", Wire(server)) as client, asyncio.TaskGroup() as group:
            line = Line(client, TOKEN, host, VirtualClock(), middle, Inline(outbox))
            running = group.create_task(line.run())
            await until(lambda: line.streaming)
            outbox.put(apps(range(3)), BEGIN)
            outbox.put_picture(meta(9), picture(9), BEGIN)
            line.wake(at_once=True)
            await until(lambda: server.facts.pictures, within=1)
            assert [*server.facts.events] == [eid(0), eid(1), eid(2)]
            outbox.put(apps(range(3, 4)), BEGIN)
            line.wake()
            await until(lambda: len(server.facts.events) == 4, within=3)
            running.cancel()
        assert any(isinstance(event, events.Received) for event in host.happened)

    play(scene())


def test_a_revocation_at_the_door_of_facts_ends_the_whole_line(tmp_path: Path) -> None:
    async def scene() -> None:
        server, outbox = Both(), Outbox.open(tmp_path)
        server.facts.poison = lambda _eid: (403, {}, b'{"error": {"code": "revoked", "message": "gone"}}')
        outbox.put(apps(range(3)), BEGIN)
        async with open_client("http://server", Wire(server)) as client:
            await Line(client, TOKEN, Reporting(), VirtualClock(), middle, Inline(outbox)).run()

    with pytest.raises(ExceptionGroup) as group:
        play(scene())
    assert isinstance(group.value.exceptions[0], Revoked)


def test_without_a_store_no_facts_are_sent() -> None:
    async def scene() -> None:
        server = Both()
        async with open_client("http://server", Wire(server)) as client, asyncio.TaskGroup() as group:
            line = Line(client, TOKEN, Reporting(), VirtualClock(), middle)
            running = group.create_task(line.run())
            await until(lambda: line.streaming)
            line.wake(at_once=True)
            await passing(500)
            running.cancel()
        assert server.facts.asked == []

    play(scene())
