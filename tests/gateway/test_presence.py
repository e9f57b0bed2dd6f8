"""Who is online: as the pages see it, from what gateways wrote."""

from datetime import timedelta
from typing import Any

import psycopg

from sundial.run.postgres import Cluster
from sundial.server.devices.models import Gateway
from sundial.server.lib import clock
from tests.gateway.conftest import MakeAgent, StartGateway
from tests.gateway.firm import Firm
from tests.gateway.stage import Agent, Serving, eventually

Report = dict[str, Any]


def test_an_open_stream_is_online_and_a_clean_close_offline_at_once(firm: Firm, agent: Agent) -> None:
    stream = agent.watch()
    eventually(lambda: firm.online(agent.device_id))
    row = firm.row(agent.device_id)
    assert row.had_stream
    assert row.stream_open_since is not None
    assert row.last_seen_at is not None
    stream.policy()
    stream.close()
    eventually(lambda: not firm.online(agent.device_id))
    row = firm.row(agent.device_id)
    assert (row.stream_open_since, row.stream_gateway, row.clean_close) == (None, "", True)


def test_a_stream_that_broke_is_online_for_a_minute(firm: Firm, agent: Agent) -> None:
    stream = agent.watch()
    eventually(lambda: firm.online(agent.device_id))
    stream.reset()
    eventually(lambda: firm.row(agent.device_id).stream_open_since is None)
    assert firm.online(agent.device_id)
    assert not firm.row(agent.device_id).clean_close
    assert not firm.online(agent.device_id, clock.now() + timedelta(seconds=61))


def test_the_last_of_several_streams_counts(firm: Firm, agent: Agent, serving: Serving) -> None:
    one, two = agent.watch(), agent.watch()
    eventually(lambda: firm.online(agent.device_id))
    one.policy(), two.policy()
    one.close()
    eventually(lambda: serving.gateway.metrics.streams_open == 1)
    serving.call(serving.gateway._presence.write())
    assert firm.online(agent.device_id)
    two.close()
    eventually(lambda: not firm.online(agent.device_id))


def test_a_device_that_polls_again_is_judged_by_its_reports(
    firm: Firm, agent: Agent, report: dict[str, object]
) -> None:
    stream = agent.watch()
    agent.report(report)
    eventually(lambda: firm.online(agent.device_id))
    stream.policy()
    stream.close()
    eventually(lambda: not firm.online(agent.device_id))
    assert agent.poll().status_code == 200
    eventually(lambda: firm.online(agent.device_id))


def test_polls_are_noted_once_a_minute(firm: Firm, agent: Agent, serving: Serving) -> None:
    agent.poll()
    eventually(lambda: firm.row(agent.device_id).last_poll_at is not None)
    noted = firm.row(agent.device_id).last_poll_at
    for _ in range(20):
        agent.poll()
    serving.call(serving.gateway._presence.write())
    assert firm.row(agent.device_id).last_poll_at == noted


def test_a_poll_beside_an_open_stream_is_no_sign_of_doing_without(firm: Firm, agent: Agent, serving: Serving) -> None:
    agent.watch()
    agent.poll()
    serving.call(serving.gateway._presence.write())
    assert firm.row(agent.device_id).last_poll_at is None


def test_the_streams_of_a_killed_gateway_are_over_a_minute_later(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, cluster: Cluster
) -> None:
    serving = start_gateway()
    agent = make_agent(serving)
    agent.watch()
    name = serving.gateway.name
    eventually(lambda: firm.online(agent.device_id))
    eventually(lambda: Gateway.objects.filter(name=name).exists())
    serving.kill()
    assert firm.row(agent.device_id).stream_gateway == name
    assert firm.online(agent.device_id)
    assert not firm.online(agent.device_id, clock.now() + timedelta(seconds=61))

    with psycopg.connect(cluster.owner_dsn()) as owner:
        owner.execute("UPDATE devices_gateway SET alive_at = alive_at - interval '2 minutes' WHERE name = %s", [name])
    other = start_gateway()
    other.call(other.gateway._bury())
    assert not firm.online(agent.device_id)
    assert not Gateway.objects.filter(name=name).exists()
    assert firm.row(agent.device_id).stream_gateway == ""


def test_a_gateway_that_stops_leaves_no_row_and_its_devices_a_minute(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent
) -> None:
    serving = start_gateway()
    agent = make_agent(serving)
    stream = agent.watch()
    eventually(lambda: firm.online(agent.device_id))
    serving.stop()
    assert stream.end()[-1].event == "goaway"
    assert not Gateway.objects.filter(name=serving.gateway.name).exists()
    assert firm.row(agent.device_id).stream_open_since is None
    assert firm.online(agent.device_id)


def test_a_device_that_moved_to_another_gateway_stays_online(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent
) -> None:
    first, second = start_gateway(), start_gateway()
    agent = make_agent(first)
    old = agent.watch()
    eventually(lambda: firm.row(agent.device_id).stream_gateway == first.gateway.name)
    agent.port = second.port
    agent.watch()
    eventually(lambda: firm.row(agent.device_id).stream_gateway == second.gateway.name)
    old.close()
    eventually(lambda: first.gateway.metrics.streams_open == 0)
    first.call(first.gateway._presence.write())
    assert firm.row(agent.device_id).stream_gateway == second.gateway.name


def test_a_stream_that_the_rows_forgot_is_said_again(
    firm: Firm, agent: Agent, serving: Serving, cluster: Cluster
) -> None:
    agent.watch()
    eventually(lambda: firm.online(agent.device_id))
    with psycopg.connect(cluster.owner_dsn()) as owner:
        forget = "UPDATE devices_report SET stream_open_since = NULL, stream_gateway = '' WHERE device_id = %s"
        owner.execute(forget, [agent.device_id])
    serving.call(serving.gateway._say_again())
    assert firm.row(agent.device_id).stream_gateway == serving.gateway.name
