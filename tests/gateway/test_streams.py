"""The policy watched: what is said at once, what later, and how streams end."""

import json
import threading

import pytest

from tests.gateway.conftest import MakeAgent, StartGateway
from tests.gateway.firm import Firm
from tests.gateway.stage import A_SECOND, Agent, Serving, eventually


def test_a_stream_tells_the_policy_at_once_and_every_change(firm: Firm, agent: Agent) -> None:
    stream = agent.watch()
    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["x-accel-buffering"] == "no"
    first = stream.policy()
    assert first == agent.poll().json()
    for _ in range(5):
        head = firm.save()
        assert stream.policy(A_SECOND) == json.loads(head.document)


@pytest.mark.parametrize("header", ["If-None-Match", "Last-Event-ID"])
def test_who_has_the_current_policy_is_told_only_what_changes(firm: Firm, agent: Agent, header: str) -> None:
    head = firm.save()
    quoted = f'"{head.etag}"' if header == "If-None-Match" else head.etag
    stream = agent.watch({header: quoted})
    assert stream.is_silent()
    later = firm.save()
    assert stream.policy()["etag"] == later.etag


def test_who_has_an_old_policy_is_told_the_current_one(firm: Firm, agent: Agent) -> None:
    old = firm.save()
    new = firm.save()
    assert agent.watch({"If-None-Match": f'"{old.etag}"'}).policy()["etag"] == new.etag
    assert agent.watch({"Last-Event-ID": old.etag}).policy()["etag"] == new.etag
    assert agent.watch({"Last-Event-ID": old.etag, "If-None-Match": f'"{new.etag}"'}).policy()["etag"] == new.etag


def test_a_stream_shows_at_once_that_it_lives(firm: Firm, agent: Agent) -> None:
    stream = agent.watch({"Last-Event-ID": firm.save().etag})
    assert stream.is_silent(0.1)
    assert stream.comments == 1


def test_all_streams_get_a_comment_in_one_round(serving: Serving, make_agent: MakeAgent) -> None:
    streams = [make_agent(serving).watch() for _ in range(3)]
    for stream in streams:
        stream.policy()
    before = [stream.comments for stream in streams]
    serving.call(serving.gateway._streams.comment())
    for stream, count in zip(streams, before, strict=True):
        assert stream.is_silent(0.1)
        assert stream.comments == count + 1


def test_other_companies_hear_nothing(firm: Firm, agent: Agent) -> None:
    stream = agent.watch()
    stream.policy()
    Firm.of_the_stranger(firm.cast).save()
    assert stream.is_silent()


def test_a_revoked_devices_streams_are_cut_within_a_second(firm: Firm, agent: Agent) -> None:
    streams = [agent.watch(), agent.watch()]
    for stream in streams:
        stream.policy()
    firm.revoke(agent.device_id)
    for stream in streams:
        events = stream.end(A_SECOND)
        assert [event.event for event in events] == ["revoked"]
    assert agent.watch().status == 403


def test_a_device_may_have_four_streams(agent: Agent, serving: Serving) -> None:
    streams = [agent.watch() for _ in range(4)]
    fifth = agent.watch()
    assert fifth.status == 429
    assert int(fifth.headers["retry-after"]) > 0
    assert fifth.body()["error"]["code"] == "too_many_requests"
    streams[0].close()
    eventually(lambda: serving.gateway.metrics.streams_open == 3)
    assert agent.watch().status == 200


def test_a_suspended_company_keeps_its_streams_and_gets_no_policy(firm: Firm, agent: Agent) -> None:
    stream = agent.watch()
    stream.policy()
    firm.suspend()
    told = stream.next(A_SECOND)
    assert told.event == "notice"
    assert json.loads(told.data)["kind"] == "company_status"
    firm.save()
    assert stream.is_silent()
    assert agent.watch().status == 403
    firm.reactivate()
    again = stream.next(A_SECOND)
    assert (again.event, json.loads(again.data)["kind"]) == ("notice", "company_status")
    assert json.loads(again.data)["id"] > json.loads(told.data)["id"]
    assert stream.policy(A_SECOND) == agent.poll().json()


def test_a_reactivated_company_is_told_its_policy_also_when_it_is_the_same(firm: Firm, agent: Agent) -> None:
    stream = agent.watch()
    before = stream.policy()
    firm.suspend()
    stream.next()
    firm.reactivate()
    stream.next()
    assert stream.policy() == before


def test_a_notice_reaches_its_device_or_everyone(firm: Firm, serving: Serving, make_agent: MakeAgent) -> None:
    one, two = make_agent(serving).watch(), make_agent(serving)
    other = two.watch()
    one.policy(), other.policy()
    for_one = firm.notify("message", two.device_id)
    event = other.next(A_SECOND)
    assert (event.event, json.loads(event.data)) == ("notice", {"kind": "message", "id": for_one})
    for_all = firm.notify("update_available")
    assert json.loads(one.next(A_SECOND).data) == {"kind": "update_available", "id": for_all}
    assert json.loads(other.next(A_SECOND).data) == {"kind": "update_available", "id": for_all}
    assert one.is_silent(1.2)
    assert other.is_silent(0.1)


def test_before_it_stops_a_gateway_says_when_to_come_back(agent: Agent, serving: Serving) -> None:
    stream = agent.watch()
    stream.policy()
    serving.loop.call_soon_threadsafe(serving.gateway.begin_stop)
    (event,) = stream.end(A_SECOND)
    assert event.event == "goaway"
    shortest, longest = json.loads(event.data)["reconnect_ms"]
    assert 0 <= shortest < longest
    refused = agent.watch()
    assert (refused.status, "retry-after" in refused.headers) == (503, True)
    assert agent.poll().status_code == 200


def test_five_hundred_streams_end_in_good_order(firm: Firm, start_gateway: StartGateway, make_agent: MakeAgent) -> None:
    serving = start_gateway()
    agents = [make_agent(serving, ready.token) for ready in firm.devices(125)]
    streams = [agent.watch() for agent in agents for _ in range(4)]
    eventually(lambda: serving.gateway.metrics.streams_open == 500)
    head = firm.save()
    for stream in streams:
        while stream.policy()["etag"] != head.etag:
            pass
    watchdog = threading.Timer(3.0 + 2.0, lambda: None)
    watchdog.start()
    serving.stop()
    assert watchdog.is_alive(), "stopping took more than three seconds"
    watchdog.cancel()
    for stream in streams:
        assert stream.end()[-1].event == "goaway"


def test_many_saves_in_a_row_end_with_the_last_one_everywhere(
    firm: Firm, serving: Serving, make_agent: MakeAgent
) -> None:
    streams = [make_agent(serving).watch() for _ in range(20)]
    last = [firm.save() for _ in range(20)][-1]
    for stream in streams:
        versions = [stream.policy()]
        while versions[-1]["etag"] != last.etag:
            versions.append(stream.policy())
        numbers = [policy["version"] for policy in versions]
        assert numbers == sorted(set(numbers)), "never the same twice, never back"
        assert stream.is_silent(0.05)
