"""The owner of the platform sees numbers, not people: every page, export, event and entry is read as OWNER.

Whatever of a company's people stands in the database is first replaced by words that occur nowhere else. The one
thing about a person that an owner ever sees is what they typed themselves, in the answer to the very request: the
address of the administrator with whom they found a company. No later page, export, event or entry repeats it.
"""

import re
import secrets
from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from sundial.server.audit.models import Entry
from sundial.server.companies import actions as companies
from sundial.server.devices.queries import agents_status
from sundial.server.lib import clock
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.realtime.models import Event
from tests.architecture.routes import ROUTES, Row
from tests.architecture.test_routes import HANDLER, Stage, _undone, make_stage

# Columns that tell of people, wherever a table of a company has one of this name.
PERSONAL = {
    "first_name", "last_name", "hostname", "note", "title", "body", "text", "detail", "answer", "reason", "comment",
    "description", "ended_by_name", "decided_by_name", "told_at", "name", "words", "by_name", "browser",
}  # fmt: skip
NOT_OF_PEOPLE = {"companies_company", "billing_invoice", "billing_subscription", "realtime_room", "devices_gateway"}
ASKED_MORE = ("", "?format=csv", "?format=json", "?page=2")
_COLUMNS = """
SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN pg_policies p
  ON p.tablename = c.table_name AND p.policyname = 'tenant' AND p.schemaname = 'public'
WHERE c.table_schema = 'public' AND c.data_type IN ('text', 'character varying') ORDER BY 1, 2
"""


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Stage]:
    """The stage of the table of routes, a person who left and tried to come back included."""
    with django_db_blocker.unblock():
        made = make_stage()
        admin = made.cast.admin.acting
        with acting_for(made.cast.company.pk), transaction.atomic():
            lifecycle.let_go(acting=admin, user_id=made.own["inactive"], now=clock.now())
        for email in (made.cast.employee.email, made.cast.admin.email):
            companies.note_failed_sign_in(email=email, reason="wrong", door="page", ip="192.0.2.77", now=clock.now())
        yield made
        connection.close()


@pytest.fixture(scope="module")
def canaries(stage: Stage) -> set[str]:
    """Words that stand for people, planted in every table of the company, and the addresses of its people."""
    cast, planted = stage.cast, set()
    with acting_for(cast.company.pk):
        for table, column in _personal_columns():
            word = f"kanari{secrets.token_hex(4)}"
            if _plant(table, column, word):
                planted.add(word)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT u.email FROM accounts_user u JOIN companies_membership m ON m.user_id = u.id")
            planted |= {row[0] for row in cursor.fetchall()}
    assert len(planted) >= 12, "people were there to be found"
    return planted


def _personal_columns() -> list[tuple[str, str]]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        found: list[tuple[str, str]] = cursor.fetchall()
    return [(table, column) for table, column in found if column in PERSONAL and table not in NOT_OF_PEOPLE]


def _plant(table: str, column: str, word: str) -> bool:
    """Put the word into one row of this column; False where there is none, or none may be changed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            where = f"SELECT ctid FROM {table} WHERE {column} <> '' LIMIT 1"
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE ctid = ({where})", [word])
            return bool(cursor.rowcount)
    except DatabaseError:
        return False


def found_in(answer: HttpResponse, canaries: set[str]) -> set[str]:
    """The people that an answer tells of, in its body or its headers."""
    body = b"".join(answer) if answer.streaming else answer.content
    text = body.decode("utf-8", "replace") + str(answer.headers)
    return {word for word in canaries if word in text and re.search(rf"\b{re.escape(word)}", text)}


def _read(stage: Stage, row: Row, more: str) -> HttpResponse:
    client = Client(raise_request_exception=False)
    client.handler = HANDLER
    client.cookies["sessionid"] = stage.sessions["owner"]
    return client.get("/" + row.path.format(**stage.own) + more)


READ = [row for row in ROUTES if row.method == "GET"]
# What is refused to an owner before anything is looked up is the same page for everything.
WRITTEN = [row for row in ROUTES if row.method != "GET" and row.expected["owner"] not in {401, 403, 404}]


@pytest.mark.parametrize("row", READ, ids=str)
def test_nothing_that_an_owner_reads_tells_of_a_person(stage: Stage, canaries: set[str], row: Row) -> None:
    for more in ASKED_MORE if row.expected["owner"] == 200 and "?" not in row.path else ("",):
        answer = _read(stage, row, more)
        assert answer.status_code < 500
        assert found_in(answer, canaries) == set(), (str(row), more)
        assert not answer.get("Content-Type", "").startswith("image/"), row


@pytest.mark.parametrize("row", WRITTEN, ids=str)
def test_nothing_that_an_owner_does_is_answered_with_a_person(stage: Stage, canaries: set[str], row: Row) -> None:
    sent = {str(value) for value in row.body.values()}
    if "{employee_email}" in sent or "{link}" in row.path:
        return  # they typed the address, or hold the person's own link
    answer = _answer(stage, row)
    assert found_in(answer, canaries) == set(), row


def _answer(stage: Stage, row: Row) -> HttpResponse:
    answer = _undone(stage, row, "owner")
    assert answer.status_code < 500
    return answer


def test_no_event_that_an_owner_hears_tells_of_a_person(stage: Stage, canaries: set[str]) -> None:
    with acting_for(PLATFORM), transaction.atomic():
        heard = [f"{event.kind} {event.data} {event.actor}" for event in Event.objects.filter(company_id=PLATFORM)]
    heard.append(str(agents_status(stage.cast.company.pk, clock.now())))
    assert len(heard) > 1
    assert [text for text in heard if any(word in text for word in canaries)] == []


def test_what_stands_for_ever_in_any_log_tells_of_no_person(stage: Stage, canaries: set[str]) -> None:
    """An owner's own acts, and what the platform's log says openly, are read from these details."""
    for log in (PLATFORM, stage.cast.company.pk):
        with acting_for(log), transaction.atomic():
            details = " ".join(str(entry.details) for entry in Entry.objects.filter(company_id=log, actor_role="OWNER"))
        assert details
        assert [word for word in canaries if word in details] == []


def test_the_words_would_be_found_where_people_are_shown(stage: Stage, canaries: set[str]) -> None:
    """The test is no test if nobody sees them: the company's administrator does."""
    client = Client()
    client.cookies["sessionid"] = stage.sessions["admin"]
    seen = set()
    for path in ("/employees/", "/devices/", "/tasks/", "/audit-logs/", "/sessions/"):
        seen |= found_in(client.get(path), canaries)
    assert len(seen) >= 6
