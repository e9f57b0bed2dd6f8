"""Reports: what is taken, what is refused, and that an answer means that it is kept."""

import asyncio
import copy
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sundial.bus import PostgresBus
from sundial.gateway.database import Refused
from sundial.gateway.status_door import row_of
from sundial.run.postgres import Cluster
from sundial.server.lib import clock
from tests.gateway.conftest import MakeAgent
from tests.gateway.firm import Firm
from tests.gateway.stage import Agent, Serving, eventually

Report = dict[str, Any]


def test_an_answered_report_is_kept(firm: Firm, agent: Agent, report: Report) -> None:
    answer = agent.report(report)
    assert answer.status_code == 200
    row = firm.row(agent.device_id)
    assert row.boot_id == report["boot_id"]
    assert (row.policy_epoch, row.policy_version, row.policy_etag) == (1, 6, report["policy"]["etag"])
    assert (row.state, row.effective_etag, row.withheld) == ("applied", report["policy"]["effective_etag"], [])
    assert row.session == report["session"]
    assert (row.queue_waiting, row.lost) == (3, report["queue"]["lost"])
    assert row.capabilities == report["capabilities"]
    assert row.reported_at is not None
    assert row.reported_at == row.last_agent_sync_at == row.last_seen_at


def test_the_answer_says_what_is_newest_and_how_to_go_on(firm: Firm, agent: Agent, report: Report) -> None:
    head = firm.save(config_sync_interval_seconds=25)
    eventually(lambda: agent.poll().headers["etag"] == f'"{head.etag}"')
    answer = agent.report(report).json()
    assert answer["latest"] == {"epoch": head.epoch, "version": head.version, "etag": head.etag}
    assert (answer["heartbeat_s"], answer["poll_s"], answer["company_status"]) == (300, 25, "ACTIVE")
    assert answer["now"].endswith("Z")
    assert abs((datetime.fromisoformat(answer["now"]) - clock.now()).total_seconds()) < 5


def test_a_later_report_takes_the_place_of_the_former(firm: Firm, agent: Agent, report: Report) -> None:
    agent.report(report)
    policy = {**report["policy"], "state": "rejected", "withheld": ["screenshots"], "error": "no screen"}
    del report["session"]
    agent.report({**report, "policy": policy})
    row = firm.row(agent.device_id)
    assert (row.state, row.withheld, row.error, row.session) == ("rejected", ["screenshots"], "no screen", None)


def test_a_suspended_company_is_answered_and_told_so(firm: Firm, agent: Agent, report: Report) -> None:
    agent.poll()
    firm.suspend()
    eventually(lambda: agent.poll().status_code == 403)
    answer = agent.report(report)
    assert (answer.status_code, answer.json()["company_status"]) == (200, "SUSPENDED")


NO_REPORTS = [
    b"",
    b"not json",
    b"[]",
    b"{}",
    b'"text"',
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"boot_id": "\\u0000"}',
]

WRONG_VALUES = [
    ("policy.version", "six"),
    ("policy.version", 2**70),
    ("policy.epoch", -(2**70)),
    ("policy.state", "resting"),
    ("policy.withheld", ["passwords"]),
    ("queue.waiting", -1),
    ("queue.waiting", 2**64),
    ("boot_id", "x" * 200),
    ("os", None),
    ("capabilities", []),
    ("capabilities", {"name": "a\0b"}),
    ("session.state", "dreaming"),
]


def test_what_is_no_report_is_refused(agent: Agent) -> None:
    for spoilt in NO_REPORTS:
        answer = agent.ask("POST", "/agent/v1/status", content=spoilt)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed"), spoilt[:40]


def test_a_report_with_a_wrong_value_is_refused(agent: Agent, report: Report) -> None:
    for path, value in WRONG_VALUES:
        wrong = copy.deepcopy(report)
        *way, last = path.split(".")
        place = wrong
        for step in way:
            place = place[step]
        place[last] = value
        answer = agent.report(wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed"), (path, value)


def test_half_a_letter_that_postgresql_cannot_hold_is_refused(agent: Agent, report: Report) -> None:
    text = json.dumps(report).replace('"Linux 6.1"', '"\\ud800"')
    assert agent.ask("POST", "/agent/v1/status", content=text).status_code == 400


def test_fields_of_a_newer_agent_are_passed_over(firm: Firm, agent: Agent, report: Report) -> None:
    assert agent.report({**report, "mood": "sunny"}).status_code == 200


def test_reports_are_posted(agent: Agent) -> None:
    answer = agent.ask("GET", "/agent/v1/status")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error"]["code"] == "method_not_allowed"


def test_a_body_too_large_is_refused_before_it_is_read(agent: Agent, serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), 10) as raw:
        head = f"POST /agent/v1/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {agent.token}\r\n"
        raw.sendall(f"{head}Content-Length: 100000000\r\n\r\n".encode())
        answer = b""
        while received := raw.recv(65536):
            answer += received
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer


def test_a_body_that_grows_too_large_without_saying_so_is_refused(agent: Agent) -> None:
    answer = agent.ask("POST", "/agent/v1/status", content=(b"x" * 10_000 for _ in range(10)))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert answer.headers["connection"] == "close"


def test_reports_of_many_devices_are_written_together(
    firm: Firm, serving: Serving, make_agent: MakeAgent, report: Report
) -> None:
    agents = [make_agent(serving, ready.token) for ready in firm.devices(40)]
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda agent: agent.report(report), agents))
    assert {answer.status_code for answer in answers} == {200}
    assert serving.gateway.metrics.reports_written == 40


def test_one_that_postgresql_cannot_take_does_not_cost_the_others_theirs(
    firm: Firm, serving: Serving, report: Report
) -> None:
    devices = [ready.device_id for ready in firm.devices(9)]
    rows = [row_of(device, json.dumps(report).encode()) for device in devices]
    rows[5]["capabilities"] = {"what the door": "would have \0 refused"}

    async def keep_all() -> list[BaseException | None]:
        keep = serving.gateway._reports.keep
        return await asyncio.gather(*(keep(row["device_id"], firm.id, row) for row in rows), return_exceptions=True)

    outcomes = serving.call(keep_all())
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 5 + [Refused] + [type(None)] * 3
    assert {firm.row(device).state for device in devices} == {"applied", ""}


def test_everyone_is_told_that_a_companys_reports_are_new(
    firm: Firm, agent: Agent, report: Report, cluster: Cluster, serving: Serving
) -> None:
    told = threading.Event()

    def heard(topic: str, body: str) -> None:
        if (topic, body) == ("status", str(firm.id)):
            told.set()

    async def listen() -> None:
        async with PostgresBus(cluster.app_dsn()).listen(heard, told.clear):
            agent_answer = await asyncio.to_thread(agent.report, report)
            assert agent_answer.status_code == 200
            assert await asyncio.to_thread(told.wait, 5.0)

    asyncio.run(listen())
