"""Erasing what the log holds about someone: gone for good, and the log still whole."""

import json

import psycopg
from django.db import connection, transaction

from sundial.server.audit import actions
from sundial.server.audit.models import Personal
from sundial.server.audit.types import Subject
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.realtime.models import Event
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import ADMIN, NOW, fresh_log, note
from tests.server.audit.tampering import Log, Row

RAVI = Subject("person", 12)
BY_RAVI = Acting(kind="person", id=12, label="ravi@acme.test", role=Role.EMPLOYEE, ip="203.0.113.77")


def log_about_ravi() -> int:
    log = fresh_log()
    note(log, description="Nothing about anybody")
    note(log, description="Ravi joined", personal={"target": "ravi@acme.test"}, target_kind="user", target_id=12)
    note(log, acting=BY_RAVI, description="A device was enrolled", target_kind="device", target_id=12)
    note(log, description="Meera joined", personal={"target": "meera@acme.test"}, target_kind="user", target_id=13)
    return log


def personal(log: int) -> list[Personal]:
    with acting_for(log), transaction.atomic():
        return list(Personal.objects.filter(company_id=log).order_by("seq"))


def test_erasing_leaves_the_tree_whole(notary: Notary) -> None:
    log = log_about_ravi()
    notary.attest(log)
    assert actions.erase(acting=ADMIN, company_id=log, subjects=[RAVI], now=NOW) == 2
    verdict = notary.verdict(log)
    assert (verdict.state, verdict.erased) == ("intact", 2)
    assert notary.attest(log)
    assert notary.verdict(log).attested == 5


def test_what_was_said_of_someone_is_gone_from_the_database(notary: Notary) -> None:
    log = log_about_ravi()
    actions.erase(acting=ADMIN, company_id=log, subjects=[RAVI], now=NOW)
    with acting_for(log), transaction.atomic(), connection.cursor() as cursor:
        for table in ("audit_entry", "audit_personal", "realtime_event"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t WHERE company_id = %s", [log])
            text = " ".join(row[0] for row in cursor.fetchall())
            assert not [word for word in ("ravi", "Ravi", "203.0.113.77") if word in text]
        assert Event.objects.filter(company_id=log).count() == 0


def test_only_what_is_theirs_is_erased() -> None:
    log = log_about_ravi()
    actions.erase(acting=ADMIN, company_id=log, subjects=[RAVI], now=NOW)
    rows = personal(log)
    assert [row.description for row in rows[:4]] == [
        "Nothing about anybody", None, "A device was enrolled", "Meera joined",
    ]  # fmt: skip
    assert [row.actor for row in rows[:4]] == ["asha@acme.test", "asha@acme.test", None, "asha@acme.test"]
    assert rows[1].about_salt is None
    assert rows[2].actor_salt is None


def test_erasing_stands_in_the_log_without_a_name() -> None:
    log = log_about_ravi()
    actions.erase(acting=ADMIN, company_id=log, subjects=[RAVI, Subject("device", 12)], now=NOW)
    with acting_for(log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT action, details FROM audit_entry WHERE company_id = %s AND seq = 5", [log])
        action, details = cursor.fetchone()
    assert action == "PERSONAL_DATA_ERASED"
    assert json.loads(details) == {
        "subjects": [{"id": 12, "kind": "person"}, {"id": 12, "kind": "device"}],
        "values": 3,
    }


def test_erasing_twice_erases_nothing_more() -> None:
    log = log_about_ravi()
    actions.erase(acting=ADMIN, company_id=log, subjects=[RAVI], now=NOW)
    assert actions.erase(acting=ADMIN, company_id=log, subjects=[RAVI], now=NOW) == 0


def test_an_erasure_before_an_entry_does_not_explain_it(notary: Notary, owner: psycopg.Connection[Row]) -> None:
    log = log_about_ravi()
    actions.erase(acting=ADMIN, company_id=log, subjects=[RAVI], now=NOW)
    note(log, description="Ravi came back", target_kind="user", target_id=12)
    notary.attest(log)
    true = Log.read(owner, log)
    false = true.copy()
    false.personal[6].update(dict.fromkeys(("description", "target", "more", "about_salt")))
    false.write(owner)
    verdict = notary.verdict(log)
    true.write(owner)
    assert (verdict.state, verdict.first_bad) == ("tampered", 6)
    assert "no entry says" in verdict.reason


def test_values_without_their_salt_are_noticed(notary: Notary, owner: psycopg.Connection[Row]) -> None:
    log = log_about_ravi()
    notary.attest(log)
    true = Log.read(owner, log)
    for half in ("actor_salt", "about_salt"):
        false = true.copy()
        false.personal[2][half] = None
        false.write(owner)
        assert notary.verdict(log).first_bad == 2
    true.write(owner)
