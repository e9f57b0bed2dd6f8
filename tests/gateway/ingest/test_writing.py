"""Groups, turns and troubles: what is answered is committed, what is not is asked for again, nobody is held up."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from sundial.bus import MemoryBus
from sundial.gateway.database import Refused, Unavailable
from sundial.gateway.ingest import queue as queues
from sundial.gateway.ingest import told as telling
from sundial.gateway.ingest.check import check
from sundial.gateway.ingest.facts import Facts
from sundial.gateway.ingest.queue import Full, Queue
from sundial.gateway.ingest.told import Told
from sundial.gateway.ingest.waiting import Caller, Outcomes, Part, Waiting
from sundial.gateway.ingest.writer import Writer
from sundial.gateway.metrics import Metrics
from sundial.protocol.codec import encode
from sundial.run.postgres import Cluster
from tests.gateway.conftest import MakeAgent, StartGateway
from tests.gateway.firm import Firm
from tests.gateway.ingest.conftest import Tell, send
from tests.gateway.ingest.diary import NINE, Records, batch, event, mark, uuid7
from tests.gateway.stage import Agent, Serving, eventually
from tests.loops import turn

PATH = "/agent/v1/batches"


def test_many_devices_are_written_together(
    firm: Firm, serving: Serving, make_agent: MakeAgent, records: Records
) -> None:
    agents = [make_agent(serving, ready.token) for ready in firm.devices(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda agent: send(agent, event(uuid7(), 0, 1)), agents))
    assert {answer.status_code for answer in answers} == {200}
    assert records.spans() == serving.gateway.metrics.ingest_events == 20
    assert sum(serving.gateway.metrics.ingest_seconds.counts) < 20


def test_what_was_answered_is_on_the_disk(cluster: Cluster) -> None:
    facts = Facts(cluster.app_dsn(), "test")

    async def asked() -> Any:
        try:
            return await facts._database.rows("SELECT current_setting('synchronous_commit'), current_user::text")
        finally:
            await facts.close()

    assert asyncio.run(asked()) == [("on", "sundial_ingest")]


def test_the_role_for_facts_can_do_nothing_else(cluster: Cluster, committed_db: None) -> None:
    with psycopg.connect(cluster.app_dsn(), autocommit=True) as connection:
        connection.execute("SET ROLE sundial_ingest")
        for forbidden in (
            "SELECT * FROM accounts_user",
            "SELECT body FROM devices_notice",
            "SELECT * FROM devices_token",
            "DELETE FROM activity_span",
            "UPDATE activity_span SET keys = 0",
            "DELETE FROM activity_mark",
            "DELETE FROM activity_worksession",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)


def test_who_leaves_before_the_answer_has_it_kept_all_the_same(
    agent: Agent, serving: Serving, cluster: Cluster, records: Records
) -> None:
    body = json.dumps(batch(event(uuid7(), 0, 1))).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {agent.token}\r\nContent-Length: {len(body)}\r\n"
    with psycopg.connect(cluster.owner_dsn()) as holder:
        holder.execute("LOCK TABLE activity_span IN EXCLUSIVE MODE")
        with socket.create_connection(("127.0.0.1", serving.port), 10) as raw:
            raw.sendall(f"{head}\r\n".encode() + body)
            eventually(lambda: serving.gateway.metrics.ingest_batches == 1)
    eventually(lambda: records.spans() == 1)


def test_stopping_finishes_what_was_taken(
    start_gateway: StartGateway, make_agent: MakeAgent, cluster: Cluster, records: Records
) -> None:
    serving = start_gateway()
    agents = [make_agent(serving) for _ in range(4)]
    assert send(agents[0], event(uuid7(), 0, 1)).status_code == 200
    with psycopg.connect(cluster.owner_dsn()) as holder, ThreadPoolExecutor(4) as pool:
        holder.execute("LOCK TABLE activity_span IN EXCLUSIVE MODE")
        asked = [pool.submit(send, one, event(uuid7(), 1, 2)) for one in agents]
        eventually(lambda: serving.gateway.metrics.ingest_batches == 5)
        stopping = threading.Thread(target=serving.stop)
        stopping.start()
        holder.rollback()
        answers = [one.result() for one in asked]
        stopping.join(10)
    assert {answer.status_code for answer in answers} == {200}
    assert records.spans() == 5


def test_without_the_database_the_agent_has_to_come_back_and_nothing_is_lost(
    agent: Agent, cluster: Cluster, records: Records
) -> None:
    session = uuid7()
    assert send(agent, event(session, 0, 1)).status_code == 200
    waits = event(session, 1, 2)
    with psycopg.connect(cluster.owner_dsn("postgres"), autocommit=True) as owner:
        owner.execute("ALTER DATABASE sundial ALLOW_CONNECTIONS false")
        try:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'sundial % facts'"
            )
            answer = send(agent, waits)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
        finally:
            owner.execute("ALTER DATABASE sundial ALLOW_CONNECTIONS true")
    assert send(agent, waits).json()["accepted"] == [waits["eid"]]
    assert records.spans() == 2


def test_what_the_database_cannot_hold_is_found_among_five_hundred(
    tell: Tell, records: Records, cluster: Cluster
) -> None:
    session = uuid7()
    events = [event(session, minute / 10, (minute + 1) / 10) for minute in range(500)]
    events[321]["app"] = "Poison"
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        owner.execute("ALTER TABLE activity_span ADD CONSTRAINT no_poison CHECK (name <> 'Poison') NOT VALID")
        try:
            answer = tell(*events)
        finally:
            owner.execute("ALTER TABLE activity_span DROP CONSTRAINT no_poison")
    assert [one["eid"] for one in answer["rejected"]] == [events[321]["eid"]]
    assert answer["rejected"][0]["code"] == "refused"
    assert (len(answer["accepted"]), records.spans()) == (499, 499)
    assert records.usage() == records.recount()


def test_pages_are_told_whose_facts_are_new_at_most_once_a_second(tell: Tell, cluster: Cluster, firm: Firm) -> None:
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as listener:
        listener.execute("LISTEN sundial")
        for minute in range(5):
            tell(event(uuid7(), minute, minute + 1))
        told = [
            one.payload for one in listener.notifies(timeout=3, stop_after=50) if one.payload.startswith("activity")
        ]
    assert 1 <= len(told) <= 4
    assert {one.split(" ")[1] for one in told} == {str(firm.id)}
    assert all(one.split(" ")[2].isdigit() for one in told)


async def test_hints_keep_their_pace_and_name_few() -> None:
    heard, bus, moment = list[str](), MemoryBus(), [100.0]
    told = Told(bus, lambda: moment[0])
    async with bus.listen(lambda topic, body: heard.append(f"{topic} {body}"), lambda: None):
        for user in (5, 3):
            told.note(Caller(1, user, 9))
        await told.publish()
        told.note(Caller(1, 7, 9))
        await told.publish()  # too soon
        moment[0] += telling.PACE
        for user in range(telling.NAMED + 1):
            told.note(Caller(2, user, 9))
        await told.publish()
        await turn()
    assert heard == ["activity 1 3 5", "activity 1 7", "activity 2 *"]


class SlowBus(MemoryBus):
    """Takes its time, and fails when it is told to."""

    broken = False

    async def publish(self, topic: str, body: str) -> None:
        """Let others in first."""
        await turn()
        if self.broken:
            raise OSError("nobody hears")
        await super().publish(topic, body)


async def test_two_turns_at_once_say_it_once_and_a_failed_one_says_it_later() -> None:
    heard, bus = list[str](), SlowBus()
    told = Told(bus, Clock())
    async with bus.listen(lambda topic, body: heard.append(body), lambda: None):
        told.note(Caller(1, 5, 9))
        bus.broken = True
        with pytest.raises(OSError, match="nobody hears"):
            await told.publish()
        bus.broken = False
        await asyncio.gather(told.publish(), told.publish(all_now=True))
        await turn()
    assert heard == ["1 5"]


# -- queue and writer, without a server ----------------------------------------------------------


def waiting(company: int, count: int = 1, **more: Any) -> Waiting:
    """A batch of a company."""
    events = [event(uuid7(), 0, 1, **more) for _ in range(count)]
    return Waiting(Caller(company, 1, 1), check(encode(batch(*events))).facts)


class Clock:
    """Time as the test has it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def _put(queue: Queue, batches: list[Waiting]) -> list[Any]:
    places = [queue.place(one.caller.company) for one in batches]
    for place, one in zip(places, batches, strict=True):
        await place.__aenter__()
        queue.put(one)
    return places


async def test_companies_take_turns() -> None:
    queue = Queue(Metrics(), Clock())
    await _put(queue, [*(waiting(1) for _ in range(60)), waiting(2), waiting(3)])
    group = await queue.take()
    companies = [one.caller.company for one in group]
    assert companies[:3] == [1, 2, 3]
    assert companies.count(1) == queues.SHARE


async def test_who_is_alone_may_have_it_all() -> None:
    queue = Queue(Metrics(), Clock())
    await _put(queue, [waiting(1) for _ in range(60)])
    assert len(await queue.take()) == 60


async def test_a_company_that_has_gone_silent_leaves_its_share_to_others() -> None:
    clock = Clock()
    queue = Queue(Metrics(), clock)
    for place in await _put(queue, [waiting(2)]):
        await queue.take()
        await place.__aexit__(None, None, None)
    clock.now += queues.LATELY + 1
    await _put(queue, [waiting(1) for _ in range(60)])
    assert len(await queue.take()) == 60


async def test_the_same_event_is_not_written_twice_in_one_group() -> None:
    queue, first = Queue(Metrics(), Clock()), waiting(1)
    again = Waiting(first.caller, first.facts)
    await _put(queue, [first, again])
    assert await queue.take() == [first]
    assert await queue.take() == [again]


async def test_a_company_whose_places_are_taken_has_to_come_back_and_others_need_not() -> None:
    queue = Queue(Metrics(), Clock())
    places = await _put(queue, [waiting(1) for _ in range(queues.PLACES)])
    with pytest.raises(Full):
        await queue.place(1).__aenter__()
    assert await _put(queue, [waiting(2)])
    assert places


async def test_whoever_waits_for_a_place_gets_the_next_that_is_free() -> None:
    queue = Queue(Metrics(), Clock())
    places = await _put(queue, [waiting(1) for _ in range(queues.PLACES)])
    next_one = asyncio.ensure_future(queue.place(1).__aenter__())
    await turn()
    assert not next_one.done()
    await places[0].__aexit__(None, None, None)
    await asyncio.wait_for(next_one, 5)


class Keeps(Facts):
    """Facts that a test decides about: what holds a poison is refused, as PostgreSQL does."""

    def __init__(self, poison: str = "", failure: Exception | None = None) -> None:
        self.poison, self.failure, self.groups = poison, failure, list[int]()

    async def keep(self, parts: Any) -> Outcomes:
        """Take them all, or none."""
        self.groups.append(sum(len(part.facts) for part in parts))
        if self.failure is not None:
            raise self.failure
        if any(fact.eid == self.poison for part in parts for fact in part.facts):
            raise Refused("poison")
        return {}


def test_parts_are_halved_down_to_the_poison() -> None:
    async def play() -> None:
        batches = [waiting(1, 20) for _ in range(64)]
        facts = Keeps(batches[37].facts[11].eid)
        queue = Queue(Metrics(), Clock())
        writer = Writer(queue, facts, Told(MemoryBus(), Clock()), Metrics())
        outcomes = await writer._write([Part(one.caller, one.facts) for one in batches])
        assert outcomes == {(1, facts.poison): "refused"}
        assert len(facts.groups) < 25  # 2 · log2(1280) and a few

    asyncio.run(play())


async def test_when_the_database_is_away_everyone_in_the_group_hears_it() -> None:
    queue, batches = Queue(Metrics(), Clock()), [waiting(1), waiting(2)]
    writer = Writer(queue, Keeps(failure=Unavailable("away")), Told(MemoryBus(), Clock()), Metrics())
    await _put(queue, batches)
    running = asyncio.ensure_future(writer.write_for_ever())
    for one in batches:
        with pytest.raises(Unavailable):
            await asyncio.wait_for(one.done, 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_comes_right_after_a_group_is_written_together() -> None:
    queue, facts = Queue(Metrics(), Clock()), Keeps()
    writer = Writer(queue, facts, Told(MemoryBus(), Clock()), Metrics(), pace=0.5)
    running = asyncio.ensure_future(writer.write_for_ever())
    first, *others = (waiting(1) for _ in range(4))
    await _put(queue, [first])
    await asyncio.wait_for(first.done, 30)
    for one in others:
        await _put(queue, [one])
        await turn()
    await asyncio.wait_for(asyncio.gather(*(one.done for one in others)), 30)
    assert facts.groups == [1, 3]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def partitions(cluster: Cluster, committed_db: None) -> Iterator[psycopg.Connection]:
    """The owner's view of where spans lie."""
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        yield owner


def test_ids_of_any_year_are_kept(tell: Tell, records: Records, partitions: psycopg.Connection) -> None:
    ancient = {**event(uuid7(), 0, 1), "eid": "00000000-0000-7000-8000-0000000000" + uuid7()[-2:]}
    far = {**event(uuid7(), 0, 1), "eid": "ffffffff-ffff-7fff-8fff-" + uuid7()[-12:]}
    tell(ancient, far, event(uuid7(), 2, 3))
    assert records.spans() == 3
    found = partitions.execute(
        "SELECT count(*) FROM activity_span_other WHERE eid = ANY(%s::uuid[])", [[ancient["eid"], far["eid"]]]
    )
    assert found.fetchall() == [(2,)]


def test_the_longest_span_is_a_day(tell: Tell, records: Records) -> None:
    day = 24 * 60
    answer = tell(mark(uuid7(), 0, "started"), event(uuid7(), 1, day + 1), event(uuid7(), 0, day + 0.01))
    assert len(answer["rejected"]) == 1
    assert records.ms() == timedelta(days=1) / timedelta(milliseconds=1)
    assert records.usage() == records.recount()
    assert records.usage()[0][1] == NINE
