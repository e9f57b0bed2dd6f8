"""Words are found in notes, names of people and of computers; however many sessions there are, each is named once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.activity import queries
from sundial.server.activity.models import WorkSession
from sundial.server.activity.queries.session_words import NOTES_LOOKED_THROUGH
from sundial.server.devices.models import Device
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, Player, make_person
from tests.server.devices.plays import enrol

NINE = datetime(2026, 11, 10, 9, tzinfo=UTC)
NOW = NINE + timedelta(days=10)
FIFTEEN = timedelta(minutes=15)
_FILL = """
INSERT INTO activity_worksession (company_id, uuid, user_id, device_id, note, started_at, ended_at, ended_by, last_at)
SELECT company_id, gen_random_uuid(), user_id, device_id, 'Spindle', at, at + interval '1 minute', 'person', at
FROM activity_worksession, LATERAL (SELECT %s::timestamptz - n * interval '10 minutes' AS at
  FROM generate_series(1, %s) n) times
WHERE id = %s
"""


def computer(cast: Cast, player: Player, name: str) -> int:
    """Somebody's computer of that name."""
    device_id = enrol(cast, player).device_id
    with acting_for(cast.company.pk), transaction.atomic():
        Device.objects.filter(id=device_id).update(hostname=name)
    return device_id


def worked(cast: Cast, player: Player, device_id: int, *notes: str, day: int = 0) -> list[int]:
    """A session of a quarter of an hour with each of these notes, each after the one before."""
    starts = [NINE + timedelta(days=day, minutes=20 * n) for n in range(len(notes))]
    own = {"company_id": cast.company.pk, "user_id": player.id, "device_id": device_id, "ended_by": "person"}
    rows = [
        WorkSession(**own, uuid=uuid4(), note=note, started_at=at, ended_at=at + FIFTEEN, last_at=at, received_at=at)
        for note, at in zip(notes, starts, strict=True)
    ]
    with acting_for(cast.company.pk), transaction.atomic():
        return [row.pk for row in WorkSession.objects.bulk_create(rows)]


def found(player: Player, search: str, at_most: int | None = None) -> list[int]:
    """What the list shows, eldest first."""
    page = queries.sessions(
        player.acting, now=NOW, search=search, ordering="started_at", page_size=100, count_at_most=at_most
    )
    assert page.count == len(page.items)
    return [one.id for one in page.items]


@pytest.mark.parametrize("at_most", [None, 1_000, 2])
def test_a_session_is_found_once_wherever_the_word_is(cast: Cast, at_most: int | None) -> None:
    mine = worked(cast, cast.employee, computer(cast, cast.employee, "Employee-PC"), "Loom", "employee of the month")
    theirs = worked(cast, cast.manager, computer(cast, cast.manager, "Tower"), "the EMPLOYEE canteen", "", day=1)
    expected = {"employee": [*mine, theirs[0]], "tower": theirs, "loom": mine[:1], "canteen": theirs[:1], "zzz": []}
    for word, ids in expected.items():
        assert found(cast.admin, word, at_most) == ids[:at_most], word


def test_every_word_must_be_there_each_anywhere(cast: Cast) -> None:
    mine = worked(cast, cast.employee, computer(cast, cast.employee, "Tower"), "Loom", "")
    theirs = worked(cast, cast.manager, computer(cast, cast.manager, "Tower"), "Loom", "", day=1)
    assert found(cast.admin, "tower employee loom") == mine[:1]
    assert found(cast.admin, "LOOM tower") == [mine[0], theirs[0]]
    for nothing in ("tower nowhere", "%", "lo_m", "\\"):
        assert found(cast.admin, nothing) == [], nothing
    assert found(cast.stranger, "tower") == []


def test_nobody_finds_more_than_they_see(cast: Cast) -> None:
    other = make_person(cast.admin, Role.EMPLOYEE, "other")
    mine = worked(cast, cast.employee, computer(cast, cast.employee, "Tower"), "Loom")
    others = worked(cast, other, computer(cast, other, "Tower"), "Loom", day=1)
    for word in ("tower", "loom"):
        assert found(cast.admin, word) == [*mine, *others]
        assert found(cast.manager, word) == found(cast.employee, word) == mine
    assert found(cast.employee, "player") == [], "one's own name tells nothing apart"
    with acting_for(cast.company.pk):
        lifecycle.let_go(acting=cast.admin.acting, user_id=other.id, now=NOW)
    assert found(cast.admin, "tower") == found(cast.admin, "") == mine


def test_of_very_many_notes_a_page_looks_through_the_newest_and_says_so(cast: Cast) -> None:
    device = computer(cast, cast.employee, "Tower")
    (eldest,) = worked(cast, cast.employee, device, "Loom", day=-400)
    with acting_for(cast.company.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FILL, [NINE, NOTES_LOOKED_THROUGH, eldest])
    asked = {"now": NOW, "search": "loom"}
    page = queries.sessions(cast.admin.acting, **asked, count_at_most=1_000)
    assert (page.count, page.capped) == (0, True)
    assert [one.id for one in queries.sessions(cast.admin.acting, **asked).items] == [eldest]
    then = {"until": NINE - timedelta(days=300), "count_at_most": 1_000}
    assert [one.id for one in queries.sessions(cast.admin.acting, **asked, **then).items] == [eldest]


def test_many_sessions_are_found_by_as_many_statements_as_few(cast: Cast) -> None:
    device = computer(cast, cast.employee, "Tower")

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert queries.sessions(cast.admin.acting, now=NOW, search="loom tower", count_at_most=100).count
        return len(seen)

    worked(cast, cast.employee, device, "Loom")
    few = asked()
    worked(cast, cast.employee, device, *["Loom"] * 150, day=1)
    assert asked() == few
