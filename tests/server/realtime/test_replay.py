"""A page that was away hears what it missed, in order and once; or is told to ask again."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.db import transaction

from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.realtime import actions
from sundial.server.realtime.models import Event
from tests.server.realtime.console import Console
from tests.server.realtime.house import House, People, Writer

Comeback = Callable[[dict[str, Any]], Awaitable[tuple[Console, dict[str, Any]]]]


@pytest.fixture
def comeback(house: House, people: People, company_id: int) -> Comeback:
    """A page that comes back saying where it last was; answers the page and how it was received."""

    async def come(since: dict[str, Any]) -> tuple[Console, dict[str, Any]]:
        console = await house.console(people.sign_in(Role.ADMIN, company_id))
        return console, await console.ask("join_admin", "joined_admin", since)

    return come


@pytest.fixture
async def place(house: House, people: People, company_id: int) -> dict[str, Any]:
    """Where a page was that joined the empty room and left."""
    console = await house.console(people.sign_in(Role.ADMIN, company_id))
    joined = await console.ask("join_admin", "joined_admin")
    await console.leave()
    return {"epoch": joined["epoch"], "offset": joined["offset"]}


def offsets(console: Console) -> list[int]:
    return [event["offset"] for event in console.of("user_added")]


async def test_what_was_missed_is_told_in_order_and_then_goes_on_live(
    comeback: Comeback, place: dict[str, Any], writer: Writer
) -> None:
    await writer.tell(5)
    console, joined = await comeback(place | {"offset": 2})
    assert joined["recovered"] is True
    assert joined["offset"] == 5
    await console.hears("user_added", 3)
    await writer.tell(1)
    await console.hears("user_added", 4)
    assert offsets(console) == [3, 4, 5, 6]


async def test_nothing_missed_is_recovered_with_nothing(
    comeback: Comeback, place: dict[str, Any], writer: Writer
) -> None:
    await writer.tell(2)
    console, joined = await comeback(place | {"offset": 2})
    assert joined["recovered"] is True
    await console.ask("join_admin", "joined_admin")
    assert offsets(console) == []


async def test_300_missed_are_replayed(comeback: Comeback, place: dict[str, Any], writer: Writer) -> None:
    await writer.tell(301)
    console, joined = await comeback(place | {"offset": 1})
    assert joined["recovered"] is True
    await console.hears("user_added", 300)
    assert offsets(console) == list(range(2, 302))


async def test_300_changes_are_replayed_with_their_entries_in_the_log(
    comeback: Comeback, place: dict[str, Any], writer: Writer
) -> None:
    await writer.tell(300)
    await writer.tell(300, kind="audit_log_added")
    console, joined = await comeback(place)
    assert joined["recovered"] is True
    await console.hears("audit_log_added", 300)
    assert offsets(console) == list(range(1, 301))


async def test_301_missed_are_not(comeback: Comeback, place: dict[str, Any], writer: Writer) -> None:
    await writer.tell(301)
    console, joined = await comeback(place)
    assert joined["recovered"] is False
    assert joined["offset"] == 301
    await writer.tell(1)
    await console.hears("user_added")
    assert offsets(console) == [302]


@pytest.mark.parametrize(
    "since",
    [
        {"epoch": 1, "offset": 0},
        {"offset": 99},
        {"offset": -1},
        {"offset": True},
        {"offset": "0"},
        {"offset": 0.0},
        {"offset": 2**70},
        {"offset": None},
        {"epoch": None},
    ],
)
async def test_a_place_that_is_not_in_this_room_is_not_recovered(
    comeback: Comeback, place: dict[str, Any], writer: Writer, since: dict[str, Any]
) -> None:
    await writer.tell(2)
    console, joined = await comeback(place | since)
    assert joined["recovered"] is False
    await console.ask("join_admin", "joined_admin")
    assert offsets(console) == []


async def test_a_page_made_before_the_rooms_first_event_misses_nothing(comeback: Comeback, writer: Writer) -> None:
    await writer.tell(2)
    console, joined = await comeback({"epoch": 0, "offset": 0})
    assert joined["recovered"] is True
    await console.hears("user_added", 2)
    assert offsets(console) == [1, 2]


async def test_after_a_new_beginning_nobody_is_recovered_and_open_pages_are_told(
    house: House, people: People, comeback: Comeback, place: dict[str, Any], writer: Writer, company_id: int
) -> None:
    witness = await house.in_room(people.sign_in(Role.ADMIN, company_id))
    await writer.tell(2)
    await witness.hears("user_added", 2)
    await writer.do(actions.begin_again, company_id=company_id, room="admin", now=clock.now())
    first, second = await witness.hears("joined_admin", 2)
    assert second["recovered"] is False
    assert second["epoch"] > first["epoch"]
    _, joined = await comeback(place | {"offset": 2})
    assert joined["recovered"] is False
    await writer.tell(1)
    assert (await witness.hears("user_added", 3))[-1]["offset"] == 3


async def test_what_was_pruned_is_not_recovered(comeback: Comeback, place: dict[str, Any], writer: Writer) -> None:
    await writer.tell(2)
    await writer.do(forget_events, writer.company_id)
    _, joined = await comeback(place)
    assert joined["recovered"] is False


def forget_events(company_id: int) -> None:
    with acting_for(company_id), transaction.atomic():
        Event.objects.filter(company_id=company_id).delete()
