"""However much there is: every page, list, report and file asks the database as often, and reads sums.

The table of routes says which addresses there are; what the company has one or two of, it then has several of.
"""

import re
from collections.abc import Iterator

import pytest
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from tests.architecture.growth import grow
from tests.architecture.routes import ROUTES, Row
from tests.architecture.test_routes import Stage, ask, make_stage

SEES_MOST = ("admin", "owner", "manager", "employee")
# Those that are asked outside any transaction write what is to last, and cannot be asked twice here.
READ = [
    row
    for row in ROUTES
    if row.method == "GET" and not row.outside and any(row.expected[one] == 200 for one in SEES_MOST)
]
_ONE_DAY = "it draws the minutes of one day of one person"
_ONE_SESSION = "a sum is of a quarter-hour and not of a session: what was away comes off one session"
_A_PAGE_OF_SESSIONS = "the same for each session of one page of a list"
_OVERLAP = "it tells of one page of a list how much of what was entered by hand was recorded as well, to the second"
# Every other address reads sums. What these look at is bounded: by a day, by a session, by a page of a list.
WHY_SPANS = {
    "employees/{employee}/day/": _ONE_DAY,
    "me/": _ONE_DAY,
    "me/day/": _ONE_DAY,
    "me/export/": "it hands over everything about oneself, as it was recorded",
    "dashboard/": "it shows what each person who works now does, the freshest span of each",
    "sessions/": _A_PAGE_OF_SESSIONS,
    "api/v1/sessions": _A_PAGE_OF_SESSIONS,
    "sessions/{session}/": _ONE_SESSION,
    "api/v1/sessions/{session}": _ONE_SESSION,
    "manual-time/": _OVERLAP,
    "api/v1/manual-time": _OVERLAP,
    "api/v1/manual-time/{manual}": _OVERLAP,
}
# Each picture is a file of its own, opened with its person's key.
ONE_BY_ONE = ("me/export/",)
_READS_SPANS = re.compile(r'\b(from|join)\s+"?activity_span\b', re.IGNORECASE)
GROWN_BY = 4
# One question more may be one that only some rows need; a question a row would be four more.
OF_SOME_ROWS = 1
Asked = dict[tuple[str, str], list[str]]  # by address and caller


def _asked(stage: Stage) -> Asked:
    """What every address says to the database when it answers whoever sees most of it."""
    found = {}
    for row in READ:
        caller = next(one for one in SEES_MOST if row.expected[one] == 200)
        found[row.path, caller] = _statements(stage, row, caller)
    return found


def _statements(stage: Stage, row: Row, caller: str) -> list[str]:
    reset_queries()  # else the log of them is full soon
    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
        answer = ask(stage, row, caller)
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    assert answer.status_code == 200, (row, caller)
    return [one["sql"] for one in seen.captured_queries]


@pytest.fixture(scope="module")
def few_and_many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[Asked, Asked]]:
    """The statements of every request before the company grew, and after."""
    with django_db_blocker.unblock():
        stage = make_stage()
        grow(stage.cast, 1)
        few = _asked(stage)
        grow(stage.cast, GROWN_BY)
        yield few, _asked(stage)
        connection.close()


def test_no_address_asks_more_often_when_there_is_more(few_and_many: tuple[Asked, Asked]) -> None:
    few, many = few_and_many
    more = {
        f"{path} as {caller}": (len(few[path, caller]), len(statements))
        for (path, caller), statements in many.items()
        if path not in ONE_BY_ONE and len(statements) > len(few[path, caller]) + OF_SOME_ROWS
    }
    assert not more, more


def test_only_where_it_is_said_why_are_spans_read(few_and_many: tuple[Asked, Asked]) -> None:
    _few, many = few_and_many
    reading = {path for (path, _caller), statements in many.items() if any(map(_READS_SPANS.search, statements))}
    assert reading == set(WHY_SPANS), reading ^ set(WHY_SPANS)
