"""The policy read once, and every way of being refused."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from sundial.bus import Bus
from sundial.protocol.tokens import new_token
from sundial.run.postgres import Cluster
from tests.gateway.conftest import MakeAgent, StartGateway
from tests.gateway.firm import Firm
from tests.gateway.stage import A_SECOND, Agent, Serving, eventually

AGENT_DOORS = [
    ("GET", "/agent/v1/policy"),
    ("POST", "/agent/v1/status"),
    ("GET", "/agent/v1/notices"),
    ("POST", "/agent/v1/acknowledgements"),
    ("POST", "/agent/v1/batches"),
    ("POST", "/agent/v1/screenshots"),
    ("GET", "/agent/v1/there-is-no-such-door"),
    ("DELETE", "/agent/v1/policy"),
]


def test_a_first_poll_gets_the_policy_and_its_etag(firm: Firm, agent: Agent) -> None:
    head = firm.save()
    answer = agent.poll()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["etag"] == f'"{head.etag}"'
    assert answer.json() == json.loads(head.document)
    assert answer.json()["company_id"] == firm.id


def test_an_unchanged_poll_gets_nothing_but_a_304(agent: Agent) -> None:
    etag = agent.poll().headers["etag"]
    answer = agent.poll(etag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    assert "content-length" not in answer.headers


def test_every_true_form_of_if_none_match_is_understood(agent: Agent) -> None:
    etag = agent.poll().headers["etag"]
    for form in ("W/{etag}", '"another", {etag}', "*", '"a","b",{etag}'):
        assert agent.poll(form.format(etag=etag)).status_code == 304, form
    for other in ('W/"another"', '"another", "b"', '""', etag.strip('"') + "x"):
        assert agent.poll(other).status_code == 200, other


def test_a_head_request_gets_the_head_alone(agent: Agent) -> None:
    answer = agent.ask("HEAD", "/agent/v1/policy")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len(agent.poll().content)


def test_a_saver_reads_their_own_write(firm: Firm, agent: Agent, serving: Serving) -> None:
    agent.poll()
    for _ in range(10):
        head = firm.save()
        serving.call(serving.gateway.refresh_company(firm.id))
        assert agent.poll().headers["etag"] == f'"{head.etag}"'


def test_a_company_nobody_here_belongs_to_is_refreshed_without_a_query(firm: Firm, serving: Serving) -> None:
    serving.call(serving.gateway.refresh_company(firm.id))
    assert serving.gateway.metrics.loads == 0


def test_no_door_of_agents_opens_without_a_known_token(serving: Serving) -> None:
    good = new_token("device")
    strange = ["", "Bearer", "Bearer nonsense", f"Token {good}", good, f"Bearer {good}x", f"Bearer {good}"]
    bodies = set()
    with httpx.Client(base_url=f"http://127.0.0.1:{serving.port}") as client:
        for method, path in AGENT_DOORS:
            for authorization in strange:
                headers = {"Authorization": authorization} if authorization else {}
                answer = client.request(method, path, headers=headers)
                assert answer.status_code == 401, (path, authorization)
                assert answer.headers["www-authenticate"] == "Bearer"
                bodies.add(answer.content)
    assert len(bodies) == 1
    assert json.loads(bodies.pop())["error"]["code"] == "unauthorized"


def test_the_token_comes_before_the_size_of_the_body(serving: Serving) -> None:
    url = f"http://127.0.0.1:{serving.port}/agent/v1/status"
    assert httpx.post(url, content=b"x" * 1_000_000).status_code == 401


def test_the_scheme_may_be_written_in_any_case(agent: Agent, serving: Serving) -> None:
    url = f"http://127.0.0.1:{serving.port}/agent/v1/policy"
    assert httpx.get(url, headers={"Authorization": f"bearer  {agent.token}"}).status_code == 200


def test_a_revoked_device_is_told_so_at_every_door(firm: Firm, agent: Agent) -> None:
    agent.poll()
    firm.revoke(agent.device_id)
    eventually(lambda: agent.poll().status_code == 403, A_SECOND)
    for method, path in AGENT_DOORS:
        answer = agent.ask(method, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "revoked"), path


def test_a_device_that_was_revoked_before_it_ever_called_is_told_so(firm: Firm, agent: Agent) -> None:
    firm.revoke(agent.device_id)
    assert agent.poll().json()["error"]["code"] == "revoked"


def test_other_doors_are_the_servers(agent: Agent) -> None:
    assert agent.ask("GET", "/agent/v1/notices?after=3").text == "server: GET /agent/v1/notices"
    assert agent.ask("POST", "/agent/v1/acknowledgements").text == "server: POST /agent/v1/acknowledgements"


def test_the_policy_can_only_be_read(agent: Agent) -> None:
    answer = agent.ask("PUT", "/agent/v1/policy", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_suspended_company_gets_no_policy_until_it_is_reactivated(firm: Firm, agent: Agent) -> None:
    etag = agent.poll().headers["etag"]
    firm.suspend()
    eventually(lambda: agent.poll(etag).status_code == 403, A_SECOND)
    assert agent.poll().json()["error"]["code"] == "suspended"
    firm.reactivate()
    eventually(lambda: agent.poll(etag).status_code == 304, A_SECOND)


def test_a_device_enrolled_a_moment_ago_is_known_at_once(firm: Firm, serving: Serving, make_agent: MakeAgent) -> None:
    for _ in range(5):
        assert make_agent(serving).poll().status_code == 200


def test_a_token_whose_row_is_gone_is_unknown_after_a_gap(firm: Firm, agent: Agent, serving: Serving) -> None:
    stream = agent.watch()
    stream.policy()
    firm.forget_token(agent.token)
    serving.loop.call_soon_threadsafe(serving.gateway._hints.gap)
    assert stream.end()[-1].event == "revoked"
    assert agent.poll().status_code == 401


def test_a_head_request_for_a_stream_opens_none(agent: Agent, serving: Serving) -> None:
    answer = agent.ask("HEAD", "/agent/v1/policy", {"Accept": "text/event-stream"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert serving.gateway.metrics.streams_open == 0


def test_a_token_nobody_knew_is_asked_about_again_after_a_second(
    firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent, deaf: Callable[[], Bus]
) -> None:
    serving = start_gateway(deaf)
    token = new_token("device")
    agent = make_agent(serving, token)
    assert agent.poll().status_code == 401
    firm.give_token(firm.device().device_id, token)
    assert agent.poll().status_code == 401
    serving.advance(1.1)
    assert agent.poll().status_code == 200


def test_a_company_without_a_policy_is_told_to_come_back(
    firm: Firm, agent: Agent, cluster: Cluster, report: dict[str, Any]
) -> None:
    firm.lose_policy(cluster.owner_dsn())
    for answer in (agent.poll(), agent.report(report)):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
    assert agent.watch().status == 503


def test_a_gateway_may_slow_everyone_down(
    start_gateway: StartGateway, make_agent: MakeAgent, report: dict[str, Any]
) -> None:
    agent = make_agent(start_gateway(poll_interval=120))
    first = agent.poll()
    assert first.headers["x-poll-interval"] == "120"
    assert agent.poll(first.headers["etag"]).headers["x-poll-interval"] == "120"
    assert agent.report(report).json()["poll_s"] == 120
