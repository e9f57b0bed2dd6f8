"""One play for every kind of bus; then what only the one over PostgreSQL can suffer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from sundial.bus import Bus, MemoryBus, PostgresBus, TooLong, UnknownBus, open_bus
from sundial.run.postgres import Cluster
from tests.loops import News

WITHIN = 10.0


class Ear:
    """Somebody who listens and remembers."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.gaps = 0
        self._news = News()

    def hear(self, topic: str, body: str) -> None:
        self.heard.append((topic, body))
        self._news.tell()

    def gap(self) -> None:
        self.gaps += 1
        self._news.tell()

    async def until(self, satisfied: Callable[["Ear"], bool]) -> None:
        """Return when it has heard what the test waits for."""
        await self._news.until(lambda: satisfied(self))


Connect = Callable[[], Bus]


@pytest.fixture(params=["memory", "postgres"])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """Joins one more process to the bus; memory has only one."""
    opened: list[Bus] = []
    shared = MemoryBus()

    def join() -> Bus:
        bus: Bus = shared
        if request.param == "postgres":
            bus = open_bus("postgres", request.getfixturevalue("cluster").app_dsn())
        opened.append(bus)
        return bus

    yield join
    for bus in opened:
        await bus.close()


async def test_every_listener_hears_every_hint_in_order(connect: Connect) -> None:
    here, there, speaker = Ear(), Ear(), connect()
    async with connect().listen(here.hear, here.gap), connect().listen(there.hear, there.gap):
        for number in range(200):
            await speaker.publish("policy", str(number))
        expected = [("policy", str(number)) for number in range(200)]
        await here.until(lambda ear: len(ear.heard) == 200)
        await there.until(lambda ear: len(ear.heard) == 200)
    assert here.heard == there.heard == expected
    assert here.gaps == 0


async def test_who_publishes_hears_it_too(connect: Connect) -> None:
    bus, ear = connect(), Ear()
    async with bus.listen(ear.hear, ear.gap):
        await bus.publish("token", "ab" * 32)
        await ear.until(lambda ear: ear.heard == [("token", "ab" * 32)])


async def test_a_body_keeps_its_blanks_and_may_be_empty(connect: Connect) -> None:
    bus, ear = connect(), Ear()
    async with bus.listen(ear.hear, ear.gap):
        await bus.publish("notice", "5 0 77 message")
        await bus.publish("room", "")
        await bus.publish("room", "großer Raum ✓")
        await ear.until(lambda ear: len(ear.heard) == 3)
    assert ear.heard == [("notice", "5 0 77 message"), ("room", ""), ("room", "großer Raum ✓")]


async def test_who_stopped_listening_hears_no_more(connect: Connect) -> None:
    bus, gone, ear = connect(), Ear(), Ear()
    async with bus.listen(gone.hear, gone.gap):
        pass
    async with bus.listen(ear.hear, ear.gap):
        await bus.publish("policy", "1")
        await ear.until(lambda ear: len(ear.heard) == 1)
    assert gone.heard == []


async def test_a_hint_that_carries_data_is_refused(connect: Connect) -> None:
    bus = connect()
    await bus.publish("policy", "x" * (7_000 - len("policy ")))
    with pytest.raises(TooLong):
        await bus.publish("policy", "x" * 7_000)
    with pytest.raises(TooLong):
        await bus.publish("policy", "ü" * 3_500)
    with pytest.raises(ValueError, match="one word"):
        await bus.publish("two words", "1")


async def test_a_listener_that_fails_is_not_deafened(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    bus, ear = connect(), Ear()

    def stumble(topic: str, body: str) -> None:
        ear.hear(topic, body)
        raise RuntimeError("stumbled")

    async with bus.listen(stumble, ear.gap):
        await bus.publish("policy", "1")
        await bus.publish("policy", "2")
        await ear.until(lambda ear: len(ear.heard) == 2)
    assert "stumbled" in caplog.text


async def test_an_error_of_the_listening_program_comes_out_as_it_is(connect: Connect) -> None:
    ear = Ear()
    with pytest.raises(KeyError):
        async with connect().listen(ear.hear, ear.gap):
            raise KeyError("mine")


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(UnknownBus, match="carrier-pigeon"):
        open_bus("carrier-pigeon", "")
    assert isinstance(open_bus("memory", ""), MemoryBus)


# -- PostgreSQL ---------------------------------------------------------------------------------


async def _cut_off(cluster: Cluster, name: str = "sundial bus") -> int:
    """End the connections of the bus, as a restart of the database does; how many there were."""
    async with await psycopg.AsyncConnection.connect(cluster.owner_dsn(), autocommit=True) as owner:
        cursor = await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [name]
        )
        return len(await cursor.fetchall())


async def test_a_listener_that_was_cut_off_says_so_and_hears_again(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    bus, ear = PostgresBus(cluster.app_dsn()), Ear()
    async with bus.listen(ear.hear, ear.gap):
        for round_ in range(1, 4):
            assert await _cut_off(cluster) >= 1
            await ear.until(lambda ear, wanted=round_: ear.gaps >= wanted)
            await bus.publish("policy", str(round_))
            await ear.until(lambda ear, wanted=round_: ("policy", str(wanted)) in ear.heard)
    await bus.close()
    assert "hints are not heard" in caplog.text


async def test_a_speaker_that_was_cut_off_speaks_again_at_once(cluster: Cluster) -> None:
    bus, ear = PostgresBus(cluster.app_dsn()), Ear()
    async with PostgresBus(cluster.app_dsn()).listen(ear.hear, ear.gap):
        await bus.publish("policy", "1")
        await _cut_off(cluster)
        await bus.publish("policy", "2")
        await ear.until(lambda ear: ear.gaps > 0 or ("policy", "2") in ear.heard)
    await bus.close()


async def test_hints_sent_in_a_transaction_come_with_its_commit(cluster: Cluster) -> None:
    bus, ear = PostgresBus(cluster.app_dsn()), Ear()
    async with bus.listen(ear.hear, ear.gap), await psycopg.AsyncConnection.connect(cluster.app_dsn()) as writer:
        await writer.execute("SELECT pg_notify('sundial', 'policy 1')")
        await writer.rollback()
        await writer.execute("SELECT pg_notify('sundial', 'policy 2')")
        await bus.publish("policy", "3")
        await ear.until(lambda ear: ("policy", "3") in ear.heard)
        assert ("policy", "2") not in ear.heard
        await writer.commit()
        await ear.until(lambda ear: ("policy", "2") in ear.heard)
    await bus.close()
    assert ("policy", "1") not in ear.heard


async def test_listening_begins_also_while_nobody_can_be_reached(caplog: pytest.LogCaptureFixture) -> None:
    bus, ear = PostgresBus("postgresql://nobody@127.0.0.1:1/nothing"), Ear()
    async with asyncio.timeout(WITHIN), bus.listen(ear.hear, ear.gap):
        with pytest.raises(OSError, match="hints"):
            await bus.publish("policy", "1")
    with contextlib.suppress(OSError):
        await bus.close()
    assert "hints are not heard" in caplog.text
