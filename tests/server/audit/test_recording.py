"""Adding entries: dense, in the transaction of the change, bound to what they say."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.audit import rules
from sundial.server.audit.actions import record
from sundial.server.audit.actions.recording import Line, record_each
from sundial.server.audit.models import Entry, Head, Personal
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.merkle import Frontier, leaf_hash, root_of
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.realtime.models import Event
from tests.server.audit.plays import ADMIN, NOW, OWNER, fill, fresh_log, note

pytestmark = pytest.mark.usefixtures("committed_db")


def entries(log: int) -> list[Entry]:
    with acting_for(log), transaction.atomic():
        return list(Entry.objects.filter(company_id=log).order_by("seq"))


def head(log: int) -> Head:
    with acting_for(log), transaction.atomic():
        return Head.objects.get(company_id=log)


def test_entries_are_numbered_from_one_without_gaps() -> None:
    log = fresh_log()
    for number in range(5):
        note(log, number)
    assert [entry.seq for entry in entries(log)] == [1, 2, 3, 4, 5]


def test_an_entry_and_what_consoles_are_told_of_it_take_four_statements() -> None:
    log = fresh_log()
    note(log, 0)
    with acting_for(log), transaction.atomic(), CaptureQueriesContext(connection) as asked:
        record(acting=ADMIN, company_id=log, action="SETTINGS_CHANGED", details={}, now=NOW)
    assert [one["sql"].split()[0] for one in asked] == ["SELECT", "WITH", "WITH", "SELECT"]


def test_the_head_holds_the_tree_over_all_entries() -> None:
    log = fresh_log()
    fill(log, 11)
    end = head(log)
    kept = Frontier.from_bytes(end.size, bytes(end.frontier))
    assert end.size == 11
    assert kept.root() == root_of(bytes(entry.leaf_hash) for entry in entries(log))


def test_a_leaf_is_the_canonical_json_of_its_row() -> None:
    log = fresh_log()
    entry = note(log, 3)
    with acting_for(log), transaction.atomic():
        personal = Personal.objects.get(company_id=log, seq=1)
    about = rules.commit_about(
        bytes(personal.about_salt or b""),
        rules.About(personal.description or "", personal.target or "", personal.more or ""),
    )
    actor = rules.commit_by(bytes(personal.actor_salt or b""), rules.By(personal.actor or "", personal.ip or ""))
    said = {
        "action": "POLICY_CHANGED",
        "actor": {"id": 7, "kind": "person", "role": "ADMIN"},
        "at": "2026-11-21T08:30:03.123456Z",
        "details": {"config_version": 3, "new_values": {"idle": 4}, "old_values": {"idle": 3}},
        "log": log,
        "personal": {"about": about.hex(), "actor": actor.hex()},
        "seq": 1,
        "target": {"id": log, "kind": "company"},
        "v": 1,
    }
    text = json.dumps(said, separators=(",", ":"), sort_keys=True)
    assert bytes(entry.leaf_hash) == leaf_hash(text.encode())


def test_nothing_personal_stands_in_the_entry_itself() -> None:
    log = fresh_log()
    note(
        log,
        description="Ravi joined",
        personal={"target": "ravi@acme.test", "first_name": "Ravi"},
        target_kind="user",
        target_id=12,
    )
    with acting_for(log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM audit_entry e WHERE company_id = %s", [log])
        text = cursor.fetchone()[0]
    assert not [word for word in ("Ravi", "ravi", "asha", "198.51") if word in text]


def test_a_user_account_is_a_person_to_the_log() -> None:
    log = fresh_log()
    assert note(log, target_kind="user", target_id=12).target_kind == "person"


def test_a_rolled_back_change_leaves_no_entry_and_no_gap() -> None:
    log = fresh_log()
    note(log)
    with acting_for(log), transaction.atomic():
        record(acting=ADMIN, company_id=log, action="SETTINGS_CHANGED", details={}, now=NOW)
        transaction.set_rollback(True)
    note(log)
    assert [entry.seq for entry in entries(log)] == [1, 2]


def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction of the change"):
        record(acting=ADMIN, company_id=fresh_log(), action="SETTINGS_CHANGED", details={}, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "no such form"},
        {"details": {"rate": float("nan")}},
        {"details": {"big": 2**60}},
        {"target_kind": 'x","id":1'},
        {"now": NOW.replace(tzinfo=None)},
    ],
)
def test_what_cannot_be_said_exactly_stops_the_change(wrong: dict[str, Any]) -> None:
    log = fresh_log()
    with pytest.raises(ValueError):
        note(log, **wrong)
    assert entries(log) == []


def change_with_a_bad_entry(log: int, other: int) -> None:
    with acting_for(other), transaction.atomic():
        Head.objects.create(company_id=other, size=0)  # stands for any change
        record(acting=ADMIN, company_id=log, action="x", details={}, now=NOW)


def test_a_failing_entry_rolls_the_change_back() -> None:
    log, other = fresh_log(), fresh_log()
    with pytest.raises(ValueError):
        change_with_a_bad_entry(log, other)
    with acting_for(other), transaction.atomic():
        assert not Head.objects.filter(company_id=other).exists()


def test_hostile_text_is_kept_without_what_cannot_be_stored() -> None:
    log = fresh_log()
    note(log, description="a\x00b\ud800c", details={"title": "x\udfff\x00"}, personal={"target": "\x00"})
    with acting_for(log), transaction.atomic():
        assert Personal.objects.get(company_id=log, seq=1).description == "a�b�c"
    assert json.loads(entries(log)[0].details) == {"title": "x��"}


def test_what_is_written_together_is_kept_word_for_word_whatever_it_looks_like() -> None:
    log = fresh_log()
    words = ["NULL", "{a,b}", 'say "x"', "back\\slash", "it's", "%s %(log)s", "", " ", "\\x00", "ক 🙂"]
    lines = [
        Line(word or "nothing", {"word": word}, {"target": word, "more": word}, "person", number or None)
        for number, word in enumerate(words)
    ]
    with acting_for(log), transaction.atomic():
        record_each(acting=ADMIN, company_id=log, action="SETTINGS_CHANGED", lines=lines, now=NOW)
        kept = list(Personal.objects.filter(company_id=log).order_by("seq"))
        end = Head.objects.get(company_id=log)
    assert [(one.description, one.target) for one in kept] == [(word or "nothing", word) for word in words]
    assert [json.loads(one.more or "")["more"] for one in kept] == words
    made = entries(log)
    assert [json.loads(one.details)["word"] for one in made] == words
    assert [one.target_id for one in made] == [None, *range(1, len(words))]
    root = root_of(bytes(one.leaf_hash) for one in made)
    assert Frontier.from_bytes(end.size, bytes(end.frontier)).root() == root


def test_writing_none_together_changes_nothing() -> None:
    log = fresh_log()
    with acting_for(log), transaction.atomic():
        record_each(acting=ADMIN, company_id=log, action="SETTINGS_CHANGED", lines=[], now=NOW)
    assert entries(log) == []


def test_two_writers_at_once_stay_dense() -> None:
    log = fresh_log()
    start = threading.Barrier(4)

    def write() -> None:
        start.wait()
        for number in range(25):
            note(log, number)
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    rows = entries(log)
    assert [entry.seq for entry in rows] == list(range(1, 101))
    end = head(log)
    kept = Frontier.from_bytes(end.size, bytes(end.frontier))
    assert kept.root() == root_of(bytes(entry.leaf_hash) for entry in rows)


def test_the_companys_admins_hear_of_an_entry() -> None:
    log = fresh_log()
    note(log, description="Policy changed")
    with acting_for(log), transaction.atomic():
        event = Event.objects.get(company_id=log, room="admin")
    assert event.kind == "audit_log_added"
    assert event.data == {
        "id": 1,
        "action_type": "POLICY_CHANGED",
        "description": "Policy changed",
        "user": "asha@acme.test",
    }


def test_the_platforms_own_log_is_log_zero() -> None:
    with acting_for(PLATFORM), transaction.atomic():
        before = Event.objects.filter(company_id=PLATFORM, room="platform").count()
        entry = record(acting=OWNER, company_id=PLATFORM, action="OWNER_CREATED", details={}, now=NOW + timedelta(1))
        after = Event.objects.filter(company_id=PLATFORM, room="platform").count()
        head_size = Head.objects.get(company_id=PLATFORM).size
    assert (entry.company_id, entry.seq, after - before) == (0, head_size, 1)


def test_the_platforms_room_hears_of_no_person() -> None:
    nobody = Acting("person", None, "someone", Role.SYSTEM, None, "203.0.113.5")
    words = "A sign-in as ravi@acme.test failed"
    note(PLATFORM, acting=nobody, action="SIGN_IN_FAILED", description=words, target_kind="user", target_id=12)
    with acting_for(PLATFORM), transaction.atomic():
        told = Event.objects.filter(company_id=PLATFORM, room="platform").order_by("-offset")[0]
    assert (told.data["description"], told.data["user"], told.actor) == ("Sign in failed", "", "")
