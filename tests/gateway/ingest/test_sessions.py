"""Sessions as facts make them: of one person the one that was started latest owns a moment, whatever came first."""

import itertools
import random
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sundial.run.postgres import Cluster
from tests.gateway.conftest import MakeAgent
from tests.gateway.firm import Firm
from tests.gateway.ingest.conftest import Tell, send
from tests.gateway.ingest.diary import Event, Records, at, event, mark, uuid7
from tests.gateway.stage import Agent, Serving, eventually

MINUTE = 60_000


@pytest.fixture
def other(serving: Serving, make_agent: MakeAgent) -> Agent:
    """Another device of the same person."""
    return make_agent(serving)


def test_work_begins_pauses_goes_on_and_ends(tell: Tell, records: Records) -> None:
    session = uuid7()
    told = [mark(session, 0, "started"), mark(session, 5, "paused"), mark(session, 9, "resumed")]
    paused = "SELECT paused_at FROM activity_worksession WHERE uuid = %s"
    tell(*told[:2])
    assert records.rows(paused, session) == [(at(5),)]
    tell(told[2])
    assert records.rows(paused, session) == [(None,)]
    tell(mark(session, 20, "stopped", reason="Lunch"))
    assert records.session(session) == (at(0), at(20), "person", None)
    assert records.rows("SELECT reason FROM activity_worksession WHERE uuid = %s", session) == [("Lunch",)]


def test_the_line_that_one_works_on_is_the_newest_that_was_told_whatever_came_first(
    tell: Tell, records: Records
) -> None:
    session = uuid7()
    note = "SELECT note, reason FROM activity_worksession WHERE uuid = %s"
    tell(mark(session, 0, "started", reason="Writing"))
    assert records.rows(note, session) == [("Writing", "")]
    tell(mark(session, 9, "resumed", reason="Reviewing"))
    tell(mark(session, 5, "resumed", reason="Reading"), mark(session, 10, "paused"), mark(session, 12, "resumed"))
    assert records.rows(note, session) == [("Reviewing", "")]
    assert records.session(session) == (at(0), None, "", None)
    tell(mark(session, 13, "paused"), mark(session, 14, "paused", reason="Planning"))
    tell(mark(session, 20, "stopped", reason="Lunch"))
    assert records.rows(note, session) == [("Planning", "Lunch")]


def test_a_line_that_was_emptied_is_empty_and_one_that_was_not_told_of_stays(tell: Tell, records: Records) -> None:
    session, note = uuid7(), "SELECT note FROM activity_worksession WHERE uuid = %s"
    tell(mark(session, 0, "started", reason="Writing"), mark(session, 3, "paused"), mark(session, 4, "resumed"))
    assert records.rows(note, session) == [("Writing",)]
    tell(mark(session, 5, "resumed", reason=""), mark(session, 6, "paused"), mark(session, 7, "resumed"))
    assert records.rows(note, session) == [("",)]
    tell(mark(session, 2, "resumed", reason="Reading"))
    assert records.rows(note, session) == [("",)]
    tell(mark(session, 8, "resumed", reason="Reviewing"), mark(session, 20, "stopped", reason=""))
    assert records.rows(note, session) == [("Reviewing",)]


def test_a_session_that_its_agent_closed_after_a_crash_says_so(tell: Tell, records: Records) -> None:
    session = uuid7()
    tell(mark(session, 0, "started"), event(session, 0, 3), mark(session, 3, "stopped", reason="crash"))
    assert records.session(session) == (at(0), at(3), "crash", None)


def test_facts_of_a_session_that_nobody_began_make_one(tell: Tell, records: Records) -> None:
    session = uuid7()
    tell(event(session, 5, 10))
    assert records.session(session) == (at(5), at(10), "implied", None)
    tell(event(session, 1, 5), event(session, 10, 12))
    assert records.session(session) == (at(1), at(12), "implied", None)
    tell(mark(session, 0, "started"))
    assert records.session(session) == (at(0), None, "", None)
    assert records.ms() == 11 * MINUTE


def test_what_an_administrator_ended_stays_ended_and_counts_no_further(
    tell: Tell, records: Records, cluster: Cluster
) -> None:
    session = uuid7()
    tell(mark(session, 0, "started"), event(session, 0, 10))
    with psycopg.connect(cluster.owner_dsn()) as owner:
        owner.execute(
            "UPDATE activity_worksession SET ended_at = %s, ended_by = 'admin' WHERE uuid = %s", [at(8), session]
        )
        owner.execute(
            "SELECT sundial_settle_sessions(company_id, user_id, %s) FROM activity_worksession WHERE uuid = %s",
            [at(0), session],
        )
    assert (records.session(session), records.ms()) == ((at(0), at(8), "admin", at(8)), 8 * MINUTE)
    tell(event(session, 10, 20), mark(session, 12, "resumed"), mark(session, 20, "stopped"))
    assert (records.session(session), records.ms()) == ((at(0), at(8), "admin", at(8)), 8 * MINUTE)
    assert records.usage() == records.recount()


def test_the_device_that_was_taken_over_hears_of_it_at_once(tell: Tell, agent: Agent, other: Agent) -> None:
    first = uuid7()
    tell(mark(first, 0, "started"))
    stream = agent.watch()
    stream.next()
    send(other, mark(uuid7(), 5, "started"))
    heard = stream.next(within=5)
    assert heard.event == "notice"
    assert '"session_ended"' in heard.data


def test_one_device_that_begins_anew_has_crashed_before(tell: Tell, records: Records) -> None:
    first, second = uuid7(), uuid7()
    tell(mark(first, 0, "started"), event(first, 0, 7))
    tell(mark(second, 10, "started"))
    assert records.session(first) == (at(0), at(7), "crash", at(10))
    assert records.session(second) == (at(10), None, "", None)


def test_a_clock_a_year_ahead_ends_nobodys_session(tell: Tell, other: Agent, records: Records) -> None:
    ahead, now, year = uuid7(), uuid7(), 366 * 24 * 60
    send(other, mark(ahead, year, "started"), event(ahead, year, year + 5))
    tell(mark(now, 0, "started"), event(now, 0, 5))
    assert records.session(now)[:3] == (at(0), None, "")
    assert records.ms() == 10 * MINUTE


def _two_devices() -> list[tuple[int, Event]]:
    a, b = uuid7(), uuid7()
    return [
        (0, mark(a, 0, "started")),
        (0, event(a, 0, 14)),
        (0, event(a, 14, 40)),
        (0, mark(a, 40, "stopped")),
        (1, mark(b, 20, "started")),
        (1, event(b, 20, 33)),
        (1, event(b, 33, 50)),
    ]


def test_two_devices_at_once_count_no_time_twice_in_whatever_order_it_comes(
    tell: Tell, agent: Agent, other: Agent, firm: Firm, records: Records
) -> None:
    orders = list(itertools.permutations(range(7)))
    random.Random(3).shuffle(orders)
    for order in orders[:40]:
        told = _two_devices()
        for number in order:
            device, one = told[number]
            answer = send((agent, other)[device], one).json()
            assert answer["accepted"] == [one["eid"]]
        assert records.usage() == records.recount()
        a, b = told[0][1]["session"], told[4][1]["session"]
        assert records.session(a) == (at(0), at(20), "other_device", at(20)), order
        assert records.session(b)[:2] == (at(20), None), order
        assert records.ms() == 50 * MINUTE, order
        _forget(records)


def _forget(records: Records) -> None:
    for table in ("usage", "span", "mark", "worksession"):
        records.delete(f"DELETE FROM activity_{table}")


session_numbers = st.integers(0, 3)
moments = st.integers(0, 120)
steps = st.one_of(
    st.tuples(st.just("span"), session_numbers, moments, st.integers(0, 40)),
    st.tuples(st.sampled_from(["started", "stopped", "paused", "resumed"]), session_numbers, moments, st.just(0)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=14), st.integers(1, 5))
def test_after_any_sequence_the_sums_are_what_a_recount_gives_and_no_minute_counts_twice(
    agent: Agent, other: Agent, records: Records, told: list[tuple[str, int, int, int]], size: int
) -> None:
    _forget(records)
    names = [uuid7() for _ in range(4)]
    for start in range(0, len(told), size):
        for device in (0, 1):
            events = [_event(names, *one) for one in told[start : start + size] if one[1] % 2 == device]
            if events:
                assert send((agent, other)[device], *events).json()["rejected"] == []
    assert records.usage() == records.recount()
    _one_owner_a_moment(records)


def _event(names: list[str], what: str, number: int, start: int, length: int) -> Event:
    if what == "span":
        return event(names[number], start, start + length, kind="input", keys=100, clicks=7, scrolls=1, moved_s=3)
    return mark(names[number], start, what)


def _one_owner_a_moment(records: Records) -> None:
    sessions: list[Any] = records.rows(
        "SELECT started_at, counts_until, ended_at, ended_by FROM activity_worksession ORDER BY started_at, uuid"
    )
    for (_, until, *_), (following, *_) in itertools.pairwise(sessions):
        assert until == following
    begun = [one for one in sessions if one[3] != "implied"]
    for (_, _, ended, _), (following, *_) in itertools.pairwise(begun):
        assert ended is not None
        assert ended <= following


def test_two_gateways_at_once_count_no_time_twice(
    firm: Firm, serving: Serving, start_gateway: Any, make_agent: MakeAgent, records: Records
) -> None:
    agents = [make_agent(serving), make_agent(start_gateway())]
    names = [uuid7(), uuid7()]
    for turn in range(10):
        for number, one in enumerate(agents):
            if turn == number:
                send(one, mark(names[number], number * 20, "started"))
            send(one, event(names[number], turn * 5, turn * 5 + 5))
    eventually(lambda: records.spans() == 20)
    assert records.usage() == records.recount()
    assert records.ms() == 50 * MINUTE
