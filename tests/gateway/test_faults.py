"""What goes wrong: lost hints, a bus that dies, a database that restarts, readers that do not read."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from sundial.bus import Bus
from sundial.gateway.connections import Frame
from sundial.gateway.streams import NOTICES_KEPT
from sundial.run.postgres import Cluster
from tests.gateway.conftest import MakeAgent, StartGateway
from tests.gateway.firm import Firm
from tests.gateway.stage import A_SECOND, Agent, Serving, Stream, eventually
from tests.loops import turn


def cut_off(cluster: Cluster, names: str) -> int:
    """End every connection whose name is like this."""
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s"
        return len(owner.execute(cut, [names]).fetchall())


@contextlib.contextmanager
def away(cluster: Cluster) -> Iterator[None]:
    """The gateways' database refuses everyone for a while, and has cut off who was there."""
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        owner.execute("ALTER ROLE sundial_app NOLOGIN")
        cut_off(cluster, "sundial %")
        try:
            yield
        finally:
            owner.execute("ALTER ROLE sundial_app LOGIN")


# -- lost hints ---------------------------------------------------------------------------------


def test_a_change_of_which_no_hint_came_is_pushed_within_a_second(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, deaf: Callable[[], Bus]
) -> None:
    agent = make_agent(start_gateway(deaf))
    stream = agent.watch()
    stream.policy()
    for _ in range(3):
        head = firm.save()
        assert stream.policy(A_SECOND)["etag"] == head.etag


def test_a_revocation_of_which_no_hint_came_cuts_within_a_second(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, deaf: Callable[[], Bus]
) -> None:
    agent = make_agent(start_gateway(deaf))
    stream = agent.watch()
    stream.policy()
    firm.revoke(agent.device_id)
    assert stream.end(A_SECOND)[-1].event == "revoked"
    assert agent.poll().status_code == 403


def test_a_suspension_of_which_no_hint_came_is_told_within_a_second(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, deaf: Callable[[], Bus]
) -> None:
    agent = make_agent(start_gateway(deaf))
    stream = agent.watch()
    stream.policy()
    firm.suspend()
    assert stream.next(A_SECOND).event == "notice"
    firm.reactivate()
    assert stream.next(A_SECOND).event == "notice"
    stream.policy()


def test_a_notice_of_which_no_hint_came_is_told_within_a_second_and_once(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, deaf: Callable[[], Bus]
) -> None:
    serving = start_gateway(deaf)
    firm.notify("message")
    serving.call(serving.gateway._notices.sweep())
    stream = make_agent(serving).watch()
    stream.policy()
    assert stream.is_silent(1.2), "what was there before is not news"
    firm.notify("message")
    assert stream.next(A_SECOND).event == "notice"
    assert stream.is_silent(1.2)


# -- several processes, a bus that dies ---------------------------------------------------------


def test_two_gateways_push_every_change_to_every_stream(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent
) -> None:
    gateways = [start_gateway(), start_gateway()]
    streams = [make_agent(serving).watch() for serving in gateways for _ in range(10)]
    for stream in streams:
        stream.policy()
    for _ in range(5):
        head = firm.save()
        for stream in streams:
            assert stream.policy(A_SECOND)["etag"] == head.etag


def test_a_device_revoked_is_cut_at_every_gateway(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent
) -> None:
    first, second = start_gateway(), start_gateway()
    agent = make_agent(first)
    here = agent.watch()
    agent.port = second.port
    there = agent.watch()
    here.policy(), there.policy()
    firm.revoke(agent.device_id)
    assert here.end(A_SECOND)[-1].event == there.end(A_SECOND)[-1].event == "revoked"


def test_a_bus_that_is_killed_is_heard_again_and_nothing_is_missed(
    firm: Firm, agent: Agent, serving: Serving, cluster: Cluster
) -> None:
    stream = agent.watch()
    stream.policy()
    for _ in range(3):
        gaps = serving.gateway.metrics.gaps
        eventually(lambda: cut_off(cluster, "sundial bus"), 10.0)  # it may just be connecting
        head = firm.save()
        assert stream.policy(10.0)["etag"] == head.etag
        eventually(lambda gaps=gaps: serving.gateway.metrics.gaps > gaps, 10.0)
        head = firm.save()
        assert stream.policy(10.0)["etag"] == head.etag


def test_a_database_that_cut_every_connection_is_asked_again_at_once(
    firm: Firm, serving: Serving, make_agent: MakeAgent, cluster: Cluster, report: dict[str, Any]
) -> None:
    for _ in range(3):
        cut_off(cluster, "sundial %")
        agent = make_agent(serving)
        assert agent.poll().status_code == 200
        assert agent.report(report).status_code == 200


def test_without_a_database_known_agents_are_served_and_others_told_to_come_back(
    firm: Firm, serving: Serving, make_agent: MakeAgent, report: dict[str, Any], cluster: Cluster
) -> None:
    known, unknown = make_agent(serving), make_agent(serving)
    etag = known.poll().headers["etag"]
    stream = known.watch()
    stream.policy()
    with away(cluster):
        assert known.poll(etag).status_code == 304
        for refused in (unknown.poll(), known.report(report), unknown.ask("GET", "/agent/v1/notices")):
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
        assert not serving.call(serving.gateway.ready())
        head = firm.save()
        assert stream.is_silent(0.1)
    assert stream.policy(3.0)["etag"] == head.etag
    assert unknown.poll().status_code == 200
    assert known.report(report).status_code == 200
    assert serving.call(serving.gateway.ready())


def test_a_gateway_may_start_before_its_database(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, cluster: Cluster
) -> None:
    with away(cluster):
        serving = start_gateway()
        agent = make_agent(serving)
        assert agent.poll().status_code == 503
    assert agent.poll().status_code == 200
    eventually(lambda: serving.gateway.metrics.gaps > 0, 3.0)
    stream = agent.watch()
    stream.policy()
    head = firm.save()
    assert stream.policy(A_SECOND)["etag"] == head.etag


def test_a_gateway_stops_in_time_also_without_a_database(
    start_gateway: StartGateway, make_agent: MakeAgent, cluster: Cluster
) -> None:
    serving = start_gateway()
    stream = make_agent(serving).watch()
    stream.policy()
    with away(cluster):
        serving.stop()
    assert stream.end()[-1].event == "goaway"


# -- readers ------------------------------------------------------------------------------------


def stuffed(serving: Serving, agent: Agent) -> Stream:
    """A stream whose reader reads nothing, with every buffer on the way full."""
    reader = agent.watch(receive_buffer=4096)
    filler = Frame(b": " + b"x" * 60_000 + b"\n\n")

    async def fill() -> None:
        (stream,) = serving.gateway._streams.of(agent.device_id)
        for _ in range(1_000):
            if not stream.pipe.write(filler):
                return
            await turn()
        raise AssertionError("the buffers never filled")

    serving.call(fill())
    return reader


def test_a_reader_who_is_behind_is_told_the_newest_when_they_read_again(
    firm: Firm, agent: Agent, serving: Serving, make_agent: MakeAgent
) -> None:
    brisk, slow = make_agent(serving).watch(), stuffed(serving, agent)
    brisk.policy()
    heads = [firm.save() for _ in range(3)]
    notice = firm.notify("message", agent.device_id)
    while brisk.policy(A_SECOND)["etag"] != heads[-1].etag:
        pass
    eventually(lambda: serving.gateway._streams.behind == 1)
    told = [slow.next(), slow.next(), slow.next()]
    assert told[0].event == "policy", "what was written before the buffers were full"
    assert {told[1].event, told[2].event} == {"notice", "policy"}
    assert {str(notice) in one.data or heads[-1].etag == one.id for one in told[1:]} == {True}
    assert slow.is_silent(0.3)
    eventually(lambda: serving.gateway._streams.behind == 0)


def test_a_reader_who_stays_behind_is_dropped(firm: Firm, agent: Agent, serving: Serving) -> None:
    stuffed(serving, agent)
    head = firm.save()
    eventually(lambda: serving.gateway._streams.behind == 1)
    assert serving.gateway.metrics.streams_open == 1
    serving.advance(31.0)
    eventually(lambda: serving.gateway.metrics.streams_open == 0, 2.0)
    assert serving.gateway.metrics.streams_dropped == 1
    assert agent.poll().headers["etag"] == f'"{head.etag}"'
    eventually(lambda: firm.row(agent.device_id).stream_closed_at is not None)
    assert not firm.row(agent.device_id).clean_close


def test_a_reader_who_is_behind_is_not_kept_more_than_a_few_notices(firm: Firm, agent: Agent, serving: Serving) -> None:
    stuffed(serving, agent)
    for _ in range(NOTICES_KEPT):
        firm.notify("message", agent.device_id)
    eventually(lambda: serving.gateway._streams.behind == 1)
    assert serving.gateway.metrics.streams_open == 1
    firm.notify("message", agent.device_id)
    eventually(lambda: serving.gateway.metrics.streams_open == 0)


def test_a_revoked_reader_who_does_not_read_is_cut_all_the_same(firm: Firm, agent: Agent, serving: Serving) -> None:
    stuffed(serving, agent)
    firm.revoke(agent.device_id)
    eventually(lambda: serving.gateway.metrics.streams_open == 0, A_SECOND)


def test_a_gateway_stops_in_time_also_with_readers_who_do_not_read(
    start_gateway: StartGateway, make_agent: MakeAgent
) -> None:
    serving = start_gateway()
    stuffed(serving, make_agent(serving))
    serving.stop()
