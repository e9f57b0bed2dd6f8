"""Who may sit where, and how things read on the wire: no database needed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundial.server.lib.acting import Role
from sundial.server.realtime import rules
from sundial.server.realtime.types import Identity, NumberedEvent, Position, RoomKey, RoomName

ADMIN_ROOM, DASHBOARD = RoomKey(5, RoomName.ADMIN), RoomKey(5, RoomName.DASHBOARD)
PLATFORM = RoomKey(0, RoomName.PLATFORM)

SEATS = [
    (Role.OWNER, None, {PLATFORM}),
    (Role.ADMIN, 5, {ADMIN_ROOM, DASHBOARD}),
    (Role.MANAGER, 5, {DASHBOARD}),
    (Role.EMPLOYEE, 5, {DASHBOARD}),
    (Role.DEVICE, 5, set()),
    (Role.SYSTEM, None, set()),
    (Role.ADMIN, None, set()),
    (Role.ADMIN, 0, set()),
    (Role.EMPLOYEE, None, set()),
]


@pytest.mark.parametrize(("role", "company_id", "rooms"), SEATS)
def test_everyone_has_the_rooms_of_their_role(role: Role, company_id: int | None, rooms: set[RoomKey]) -> None:
    assert rules.rooms_open_to(Identity(1, "a@x.test", role, company_id)) == rooms


def test_an_unknown_door_leads_nowhere() -> None:
    assert rules.room_behind("platform", Identity(1, "a@x.test", Role.OWNER, None)) is None


@pytest.mark.parametrize("key", [ADMIN_ROOM, DASHBOARD, PLATFORM])
def test_a_rooms_full_name_leads_back_to_it(key: RoomKey) -> None:
    assert rules.key_from_wire(key.wire) == key


WRONG = ["", "platform:1", "company:5", "company:5:platform", "company:0:admin", "company:x:admin", "company:5:admin:1"]


@pytest.mark.parametrize("wire", WRONG)
def test_a_wrong_name_is_no_room(wire: str) -> None:
    assert rules.key_from_wire(wire) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_whatever_a_page_says_is_a_place_or_none(said: object) -> None:
    for data in (said, {"epoch": said, "offset": said}, {"companies": said}):
        place = rules.position_asked(data)
        assert place is None or (type(place.epoch) is int and place.offset >= 0)
        assert all(company > 0 for company in rules.companies_asked(data))


def test_an_owners_page_may_name_a_page_full_of_companies() -> None:
    assert len(rules.companies_asked({"companies": list(range(1, 500))})) == rules.MOST_COMPANIES_ASKED


REPLAYS = [
    (Position(7, 0), Position(7, 600), True),
    (Position(7, 0), Position(7, 601), False),
    (Position(7, 5), Position(7, 5), True),
    (Position(7, 6), Position(7, 5), False),
    (Position(8, 5), Position(7, 5), False),
    (Position(0, 0), Position(7, 3), True),
    (Position(0, 1), Position(7, 3), False),
]


@pytest.mark.parametrize(("since", "now", "may"), REPLAYS)
def test_replay_is_for_the_same_counting_and_not_for_too_much(since: Position, now: Position, may: bool) -> None:
    assert rules.may_replay(since, now) is may


@pytest.mark.parametrize(("changes", "entries", "few"), [(300, 300, True), (0, 600, True), (301, 0, False)])
def test_300_changes_are_few_whatever_the_log_says_of_them(changes: int, entries: int, few: bool) -> None:
    kinds = ["user_updated"] * changes + ["audit_log_added"] * entries
    at = datetime(2026, 5, 1, tzinfo=UTC)
    assert rules.are_few(NumberedEvent(n, kind, {}, "ada", at) for n, kind in enumerate(kinds)) is few


def test_an_events_own_words_cannot_forge_its_place() -> None:
    at = datetime(2026, 5, 1, 12, 30, tzinfo=timezone(timedelta(hours=6)))
    forged = {"user": "a", "offset": 99, "room": "platform", "actor": "root", "timestamp": "never"}
    event = rules.wire_event(ADMIN_ROOM, NumberedEvent(4, "user_added", forged, "ada", at))
    assert event == {
        "user": "a",
        "offset": 4,
        "room": "company:5:admin",
        "actor": "ada",
        "timestamp": "2026-05-01T06:30:00.000Z",
    }


def test_a_passing_fact_carries_no_offset() -> None:
    fact = rules.wire_fact(PLATFORM, {"company_id": 5}, datetime(2026, 5, 1, tzinfo=UTC))
    assert fact == {"company_id": 5, "timestamp": "2026-05-01T00:00:00.000Z", "room": "platform", "actor": "system"}
