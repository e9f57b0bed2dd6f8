"""What the door takes, what it refuses, and what it says of each event."""

import gzip
import json
import socket
import zlib
from typing import Any

import pytest

from sundial.gateway.ingest.door import INFLATED, LIMIT
from tests.gateway.conftest import MakeAgent
from tests.gateway.firm import Firm
from tests.gateway.ingest.conftest import Tell, send
from tests.gateway.ingest.diary import Event, Records, at, batch, event, mark, uuid7
from tests.gateway.stage import Agent, Serving, eventually

PATH = "/agent/v1/batches"


def test_what_was_told_is_kept_and_summed_in_quarters_of_an_hour(tell: Tell, records: Records) -> None:
    session = uuid7()
    begun = mark(session, 0, "started", reason="Writing")
    first, second = event(session, 0, 10, title="a"), event(session, 10, 20)
    counts = event(session, 10, 20, kind="input", keys=100, clicks=3, scrolls=0, moved_s=7)
    answer = tell(begun, first, second, counts)
    told = [one["eid"] for one in (begun, first, second, counts)]
    assert answer == {"accepted": told, "duplicate": [], "rejected": []}
    assert [row[1:] for row in records.usage()] == [
        (at(0), 1, "Editor", 900_000, 0, 0, 0, 0, 2),
        (at(0), 5, "", 300_000, 50, 2, 0, 4, 1),
        (at(15), 1, "Editor", 300_000, 0, 0, 0, 0, 0),
        (at(15), 5, "", 300_000, 50, 1, 0, 3, 0),
    ]
    assert records.usage() == records.recount()
    assert records.session(session) == (at(0), None, "", None)
    assert records.rows("SELECT note FROM activity_worksession WHERE uuid = %s", session) == [("Writing",)]


def test_every_kind_is_kept_as_it_came(tell: Tell, records: Records) -> None:
    session = uuid7()
    tell(
        event(session, 0, 1, app="Editor", title="notes — ☼", exe="/bin/editor"),
        event(session, 1, 2, kind="website", browser="Chromium", domain="example.org", url="https://x/", title="X"),
        event(session, 2, 3, kind="away", cause="idle", answer="meeting"),
        event(session, 3, 4, kind="private"),
        event(session, 4, 5, kind="input", keys=1, clicks=2, scrolls=3, moved_s=4),
        event(session, 5, kind="ack", etag="e1"),
    )
    assert records.rows("SELECT kind, name, title, detail, browser, answer FROM activity_span ORDER BY kind") == [
        (1, "Editor", "notes — ☼", "/bin/editor", "", ""),
        (2, "example.org", "X", "https://x/", "Chromium", ""),
        (3, "idle", "", "", "", "meeting"),
        (4, "", "", "", "", ""),
        (5, "", "", "", "", ""),
    ]
    assert records.rows("SELECT kind, etag FROM activity_mark") == [("ack", "e1")]


def test_the_same_batch_twice_changes_nothing(agent: Agent, records: Records) -> None:
    session = uuid7()
    message = batch(mark(session, 0, "started"), event(session, 0, 10), event(session, 10, 20))
    told = [one["eid"] for one in message["events"]]
    first = agent.ask("POST", PATH, json=message).json()
    before = records.usage(), records.spans(), records.session(session)
    again = agent.ask("POST", PATH, json=message).json()
    assert (first["accepted"], first["duplicate"]) == (told, [])
    assert (again["accepted"], sorted(again["duplicate"])) == ([], sorted(told))
    assert (records.usage(), records.spans(), records.session(session)) == before


def test_an_event_that_was_another_one_before_is_a_conflict_and_changes_nothing(tell: Tell, records: Records) -> None:
    session = uuid7()
    first, begun = event(session, 0, 10), mark(session, 0, "started")
    tell(begun, first)
    before = records.usage()
    answer = tell({**first, "app": "Other"}, {**begun, "state": "stopped"}, event(session, 10, 11))
    assert [(one["eid"], one["code"]) for one in answer["rejected"]] == [
        (first["eid"], "conflict"),
        (begun["eid"], "conflict"),
    ]
    assert len(answer["accepted"]) == 1
    assert [row for row in records.usage() if row[3] == "Other"] == []
    assert sum(row[4] for row in records.usage()) == sum(row[4] for row in before) + 60_000


def test_one_that_comes_twice_in_a_batch_is_kept_once(tell: Tell, records: Records) -> None:
    one = event(uuid7(), 0, 10)
    answer = tell(one, one, {**one, "app": "Other"})
    assert answer["accepted"] == [one["eid"]]
    assert [found["code"] for found in answer["rejected"]] == ["conflict"]
    assert (records.spans(), records.ms()) == (1, 600_000)


WRONG: list[dict[str, Any]] = [
    {"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T09:00:00Z"},
    {"end": "2026-11-22T09:00:00Z"},
    {"start": "yesterday"},
    {"start": "2026-11-20T09:00:00"},
    {"start": "2026-11-20T09:00:00+06:00"},
    {"start": "2026-02-30T09:00:00Z"},
    {"start": '2026-11-20T09:00:00Z"'},
    {"start": ""},
    {"mono_ms": -1},
    {"mono_ms": 2**64},
    {"tz_offset_min": 5000},
    {"session": "x"},
    {"eid": "x"},
    {"eid": None},
    {"app": "a\0b"},
    {"title": "\0"},
    {"app": None},
    {"app": "x" * 1001},
    {"kind": "dream"},
    {"kind": "away", "cause": "dreaming"},
    {"kind": "input", "keys": 2**31, "clicks": 0, "scrolls": 0, "moved_s": 0},
    {"kind": "input", "keys": -1, "clicks": 0, "scrolls": 0, "moved_s": 0},
]


@pytest.mark.parametrize("spoilt", WRONG)
def test_a_malformed_event_is_set_aside_and_the_others_are_kept(
    tell: Tell, records: Records, spoilt: dict[str, Any]
) -> None:
    session = uuid7()
    good, bad = [event(session, minute, minute + 1) for minute in range(4)], {**event(session, 9, 10), **spoilt}
    answer = tell(*good[:2], bad, *good[2:])
    assert answer["accepted"] == [one["eid"] for one in good]
    [rejected] = answer["rejected"]
    assert (rejected["eid"], rejected["code"]) == (bad["eid"] or "", "malformed")
    assert rejected["message"]
    assert records.spans() == 4


def test_a_text_that_only_looks_like_nul_is_kept(tell: Tell, records: Records) -> None:
    tell(event(uuid7(), 0, 1, title="\\u0000"))
    assert records.rows("SELECT title FROM activity_span") == [("\\u0000",)]


def test_hostile_texts_are_kept_as_text(tell: Tell, records: Records) -> None:
    hostile = ["<script>alert(1)</script>", "\u202egnp.exe", "'; DROP TABLE activity_span; --", '"}]', "\\", "x" * 1000]
    session = uuid7()
    answer = tell(*(event(session, minute, minute + 1, app=name, title=name) for minute, name in enumerate(hostile)))
    assert answer["rejected"] == []
    assert {row[0] for row in records.rows("SELECT title FROM activity_span")} == set(hostile)
    assert {row[3] for row in records.usage()} == {name[:200] for name in hostile}


NO_BATCHES = [b"", b"x", b"[]", b"{}", b'{"batch": 1}', b"[" * 5_000, b"\xff", b'{"events": "\\u0000"}']


def test_what_is_no_batch_is_refused(agent: Agent) -> None:
    for spoilt in NO_BATCHES:
        answer = agent.ask("POST", PATH, content=spoilt)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed"), spoilt[:40]
    for events in ([], [event(uuid7(), 0)] * 501):
        assert agent.ask("POST", PATH, json=batch(*events)).status_code == 400


def test_half_a_letter_is_set_aside(agent: Agent, records: Records) -> None:
    written = json.dumps(batch(event(uuid7(), 0, 1, app="HALF"), event(uuid7(), 0, 1))).replace("HALF", "\\ud800")
    answer = agent.ask("POST", PATH, content=written).json()
    assert (len(answer["accepted"]), len(answer["rejected"]), records.spans()) == (1, 1, 1)


def test_a_packed_batch_is_unpacked(agent: Agent, records: Records) -> None:
    packed = gzip.compress(json.dumps(batch(event(uuid7(), 0, 1))).encode())
    assert agent.ask("POST", PATH, {"Content-Encoding": "gzip"}, content=packed).status_code == 200
    assert records.spans() == 1


def test_what_is_not_packed_as_it_says_is_refused(agent: Agent) -> None:
    packed = gzip.compress(json.dumps(batch(event(uuid7(), 0, 1))).encode())
    for spoilt in (b"", b"not gzip", packed[:-5], packed + b"more", zlib.compress(b"x")):
        answer = agent.ask("POST", PATH, {"Content-Encoding": "gzip"}, content=spoilt)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed")
    assert agent.ask("POST", PATH, {"Content-Encoding": "br"}, content=packed).status_code == 400


def test_a_gzip_bomb_is_refused_while_it_is_unpacked(agent: Agent) -> None:
    bomb = gzip.compress(b"0" * (INFLATED + 1))
    assert len(bomb) < LIMIT
    assert agent.ask("POST", PATH, {"Content-Encoding": "gzip"}, content=bomb).status_code == 413


def test_a_body_too_large_is_refused_before_it_is_read(agent: Agent, serving: Serving) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), 10) as raw:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {agent.token}\r\n"
        raw.sendall(f"{head}Content-Length: {LIMIT + 1}\r\n\r\n".encode())
        answer = b""
        while received := raw.recv(65536):
            answer += received
    assert answer.startswith(b"HTTP/1.1 413")


def test_who_may_not_tell_facts_is_told_why(firm: Firm, serving: Serving, make_agent: MakeAgent) -> None:
    agent, unknown = make_agent(serving), make_agent(serving, "sdd_unknown")
    assert send(unknown, event(uuid7(), 0)).status_code == 401
    assert agent.ask("GET", PATH).status_code == 405
    firm.suspend()
    eventually(lambda: send(agent, event(uuid7(), 0)).status_code == 403)
    assert send(agent, event(uuid7(), 0)).json()["error"]["code"] == "suspended"
    firm.reactivate()
    eventually(lambda: send(agent, event(uuid7(), 0)).status_code == 200)
    firm.revoke(agent.device_id)
    eventually(lambda: send(agent, event(uuid7(), 0)).status_code == 403)
    assert send(agent, event(uuid7(), 0)).json()["error"]["code"] == "revoked"


def test_whose_facts_they_are_says_the_token_and_never_the_event(
    tell: Tell, agent: Agent, firm: Firm, records: Records
) -> None:
    forged: Event = event(uuid7(), 0, 1, company_id=1, user_id=1, device_id=1, payload=uuid7(), n=7)
    tell(forged)
    [(company, device)] = records.rows("SELECT company_id, device_id FROM activity_span")
    assert (company, device) == (firm.id, agent.device_id)


def test_another_devices_session_is_not_written_to(
    tell: Tell, serving: Serving, make_agent: MakeAgent, records: Records
) -> None:
    session, thief = uuid7(), make_agent(serving)
    tell(mark(session, 0, "started"), event(session, 0, 10))
    before = records.session(session), records.usage()
    answer = send(thief, mark(session, 5, "stopped"), event(session, 10, 20)).json()
    assert [one["code"] for one in answer["rejected"]] == ["foreign", "foreign"]
    assert (records.session(session), records.usage()) == before
