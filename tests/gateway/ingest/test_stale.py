"""What facts leave for the sums of days: stale time, and the task that was meant; and answers that count nothing."""

import psycopg
import pytest

from sundial.gateway.ingest.facts import ROLE
from sundial.run.postgres import Cluster
from tests.gateway.conftest import MakeAgent
from tests.gateway.ingest.conftest import Tell, send
from tests.gateway.ingest.diary import Records, Row, at, event, mark, uuid7
from tests.gateway.stage import Agent, Serving

MINUTE = 60_000


def stale(records: Records) -> list[Row]:
    """The stretches that wait to be counted, which are then forgotten."""
    found = records.rows("SELECT since, until FROM activity_stale ORDER BY id")
    records.delete("DELETE FROM activity_stale")
    return found


def test_new_spans_make_their_stretch_stale_and_known_ones_do_not(tell: Tell, records: Records) -> None:
    session = uuid7()
    tell(mark(session, 0, "started"))
    stale(records)
    told = [event(session, 5, 9), event(session, 9, 20)]
    tell(*told)
    assert stale(records) == [(at(5), at(20))]
    tell(*told)
    assert stale(records) == []
    tell(*told, event(session, 20, 21))
    assert stale(records) == [(at(20), at(21))]


def test_each_person_of_a_batchs_group_has_a_row(
    serving: Serving, make_agent: MakeAgent, agent: Agent, records: Records
) -> None:
    send(agent, event(uuid7(), 0, 1))
    send(make_agent(serving), event(uuid7(), 2, 3))
    people = records.rows("SELECT DISTINCT user_id FROM activity_stale")
    assert people == records.rows("SELECT DISTINCT user_id FROM activity_span")


def test_a_mark_makes_stale_what_follows_it_in_its_session(tell: Tell, records: Records) -> None:
    session = uuid7()
    tell(mark(session, 0, "started"), event(session, 0, 30))
    stale(records)
    pause = mark(session, 10, "paused")
    tell(pause, mark(session, 12, "resumed"))
    assert (at(10), at(30)) in stale(records)
    tell(pause)
    assert stale(records) == []


def test_an_acknowledgement_makes_no_day_stale(tell: Tell, records: Records) -> None:
    session = uuid7()
    tell(mark(session, 0, "started"))
    stale(records)
    tell(event(session, 0, kind="ack", etag="v1"))
    assert stale(records) == []


def test_what_is_undone_leaves_nothing_stale(tell: Tell, records: Records, cluster: Cluster) -> None:
    session = uuid7()
    tell(mark(session, 0, "started"))
    stale(records)
    with psycopg.connect(cluster.owner_dsn(), autocommit=True) as owner:
        owner.execute("ALTER TABLE activity_usage ADD CONSTRAINT no_poison CHECK (name <> 'Poison') NOT VALID")
        try:
            answer = tell(event(session, 0, 1, app="Poison"))
        finally:
            owner.execute("ALTER TABLE activity_usage DROP CONSTRAINT no_poison")
    assert answer["rejected"][0]["code"] == "refused"
    assert (stale(records), records.spans()) == ([], 0)


def test_the_role_for_facts_reads_nothing_of_what_is_stale(cluster: Cluster, committed_db: None) -> None:
    with psycopg.connect(cluster.app_dsn(), autocommit=True) as connection:
        connection.execute(f"SET ROLE {ROLE}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM activity_stale")


def test_an_answer_is_kept_and_counts_nothing_neither_at_once_nor_counted_anew(tell: Tell, records: Records) -> None:
    session = uuid7()
    tell(mark(session, 0, "started"), event(session, 0, 10), event(session, 10, 40, kind="away", cause="idle"))
    before = records.usage()
    stale(records)
    answered = event(session, 10, 40, kind="away", cause="idle", answer="meeting")
    assert tell(answered)["accepted"] == [answered["eid"]]
    assert (records.usage(), records.spans()) == (before, 3)
    assert stale(records) == [(at(10), at(40))]
    assert records.recount() == before
    records.rows("SELECT sundial_rebuild_usage(%s, user_id, %s, %s)::text FROM activity_worksession", *_hour(records))
    assert (records.usage(), records.ms()) == (before, 40 * MINUTE)


def _hour(records: Records) -> Row:
    return records.company_id, at(0), at(60)


def test_the_task_that_one_works_on_is_kept_with_its_mark_and_its_session(tell: Tell, records: Records) -> None:
    session, other = uuid7(), uuid7()
    tell(mark(session, 0, "started", task=7), mark(session, 5, "paused"), mark(session, 9, "resumed", task=8))
    tell(mark(other, 20, "started"))
    marks = "SELECT task_id FROM activity_mark WHERE session = %s ORDER BY at"
    assert records.rows(marks, session) == [(7,), (None,), (8,)]
    assert records.rows(marks, other) == [(None,)]
    task = "SELECT task_id FROM activity_worksession WHERE uuid = %s"
    assert (records.rows(task, session), records.rows(task, other)) == ([(8,)], [(None,)])


def test_a_task_that_no_number_holds_costs_only_its_own_event(tell: Tell, records: Records) -> None:
    session = uuid7()
    wrong, right = mark(session, 0, "started", task=2**63), event(session, 0, 1)
    answer = tell(wrong, right)
    assert [(one["eid"], one["code"]) for one in answer["rejected"]] == [(wrong["eid"], "malformed")]
    assert answer["accepted"] == [right["eid"]]


def test_a_mark_told_again_with_another_task_is_another_event(tell: Tell) -> None:
    started = mark(uuid7(), 0, "started", task=7)
    tell(started)
    assert tell(started)["duplicate"] == [started["eid"]]
    assert tell({**started, "task": 8})["rejected"][0]["code"] == "conflict"
