"""Long lists are turned from either end and are the same; what is stored is what a recount finds."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F, Sum

from sundial.server.activity import actions, queries
from sundial.server.activity.actions.keeping import Line, _pictures
from sundial.server.activity.models import Screenshot, Stored, WorkSession
from sundial.server.activity.queries.screenshots import bytes_kept, kept_of
from sundial.server.activity.types import DataKind
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast
from tests.server.activity.plays import begin
from tests.server.activity.test_pictures import taken

NINE = datetime(2026, 11, 10, 9, tzinfo=UTC)
ORDERS = ("-started_at", "started_at", "-ended_at", "ended_at", "-id")


def sessions(cast: Cast, count: int) -> list[int]:
    """So many sessions of a quarter of an hour, two at each start; the last one goes on."""
    device = begin(cast, at=NINE).device_id
    made = []
    with acting_for(cast.company.pk), transaction.atomic():
        WorkSession.objects.all().delete()
        for n in range(count):
            start = NINE + timedelta(minutes=20 * (n // 2))
            over = n < count - 1
            row = WorkSession(
                company_id=cast.company.pk, uuid=uuid4(), user_id=cast.employee.id, device_id=device, last_at=start
            )
            row.started_at, row.received_at = start, start
            row.ended_at = start + timedelta(minutes=15) if over else None
            row.ended_by = "person" if over else ""
            row.save()
            made.append(row.pk)
    return made


@pytest.mark.parametrize("ordering", ORDERS)
def test_pages_from_the_back_go_on_where_those_from_the_front_end(cast: Cast, ordering: str) -> None:
    made = sessions(cast, 11)
    pages = [
        queries.sessions(cast.admin.acting, now=clock.now(), ordering=ordering, page=page, page_size=3)
        for page in range(1, 5)
    ]
    found = [one.id for page in pages for one in page.items]
    whole = queries.sessions(cast.admin.acting, now=clock.now(), ordering=ordering, page_size=100)
    assert found == [one.id for one in whole.items]
    assert sorted(found) == made
    assert {(page.count, page.pages) for page in pages} == {(11, 4)}


def test_past_the_end_is_the_last_page_or_nothing(cast: Cast) -> None:
    sessions(cast, 5)
    last = queries.sessions(cast.admin.acting, now=clock.now(), page=99, page_size=2)
    assert (last.page, len(last.items)) == (3, 1)
    nothing = queries.sessions(cast.admin.acting, now=clock.now(), page=99, page_size=2, past_end=False)
    assert (nothing.count, nothing.pages, list(nothing.items)) == (5, 3, [])
    capped = queries.sessions(cast.admin.acting, now=clock.now(), page=99, page_size=2, count_at_most=4)
    assert (capped.count, capped.page, capped.capped, len(capped.items)) == (4, 2, True, 2)


def stored(cast: Cast) -> tuple[int, int]:
    return kept(cast), bytes_kept(cast.company.pk)


def kept(cast: Cast) -> int:
    with acting_for(cast.company.pk), transaction.atomic():
        return kept_of([cast.employee.id, cast.manager.id])


def recounted(cast: Cast) -> tuple[int, int]:
    with acting_for(cast.company.pk), transaction.atomic():
        rows = Screenshot.objects.filter(state__in=("received", "ready"))
        return rows.count(), rows.aggregate(all=Sum(F("bytes") + F("thumb_bytes")))["all"] or 0


def test_what_is_stored_follows_every_picture(cast: Cast) -> None:
    first = taken(cast)
    taken(cast)
    taken(cast, cast.manager)
    assert stored(cast) == recounted(cast)
    assert stored(cast)[0] == 3
    actions.delete_screenshot(acting=cast.admin.acting, screenshot_id=first, take_time=False, now=clock.now())
    assert stored(cast) == recounted(cast)
    assert stored(cast)[0] == 2
    assert queries.screenshots(cast.admin.acting).count == 2
    tomorrow = clock.now() + timedelta(days=1)
    with acting_for(cast.company.pk), transaction.atomic():
        _pictures(Line(cast.company.pk, DataKind.SCREENSHOTS, tomorrow.date(), tomorrow))
    assert stored(cast) == recounted(cast) == (0, 0)
    with acting_for(cast.company.pk), transaction.atomic():
        assert all((one.pictures, one.bytes) == (0, 0) for one in Stored.objects.all())
