"""The outbox: numbers are dense, belong to the transaction, and old ones go only when no replay needs them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from sundial.server.lib import clock
from sundial.server.lib.scope import PLATFORM, acting_for, current_company
from sundial.server.realtime import actions, queries, rules
from sundial.server.realtime.models import Event, Room, Watcher
from sundial.server.realtime.types import Position, RoomKey, RoomName
from tests.server.realtime.house import fresh_id
from tests.server.realtime.replay import replayed, told

NOW = clock.now()


def publish(company_id: int, room: str = "admin", **data: object) -> int:
    return actions.publish(company_id=company_id, room=room, kind="user_added", data=data, actor="ada", now=NOW)


def test_offsets_count_from_one_in_each_room(committed_db: None, company_id: int) -> None:
    assert [publish(company_id), publish(company_id), publish(company_id, "dashboard"), publish(company_id)] == [
        1,
        2,
        1,
        3,
    ]


def test_the_event_reads_back_as_it_was_told(committed_db: None, company_id: int) -> None:
    publish(company_id, user="é@example.test", nested={"a": [1, None]})
    (event,) = queries.events_between(RoomKey(company_id, RoomName.ADMIN), 0, 1)
    assert event.data == {"user": "é@example.test", "nested": {"a": [1, None]}}
    assert (event.kind, event.actor, event.at, event.offset) == ("user_added", "ada", NOW, 1)


def test_publishing_leaves_the_callers_scope_as_it_was(committed_db: None, company_id: int) -> None:
    with acting_for(company_id), transaction.atomic():
        publish(PLATFORM, "platform")
        assert current_company() == company_id
        assert Event.objects.filter(room="platform").count() == 0
        publish(company_id)
        assert Event.objects.count() == 1


@pytest.mark.parametrize(("company", "room"), [(PLATFORM, "admin"), (5, "platform"), (5, "kitchen"), (5, "")])
def test_a_room_that_the_company_cannot_have_is_refused(company: int, room: str) -> None:
    with pytest.raises(ValueError):
        publish(company, room)


def test_what_is_rolled_back_was_never_numbered(committed_db: None, company_id: int) -> None:
    publish(company_id)
    with transaction.atomic():
        publish(company_id)
        transaction.set_rollback(True)
    assert publish(company_id) == 2


def test_without_a_company_in_scope_the_tables_answer_nothing(committed_db: None, company_id: int) -> None:
    publish(company_id)
    for table in ("realtime_room", "realtime_event", "realtime_watcher"):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")


def test_one_companys_scope_shows_no_row_of_another(committed_db: None, company_id: int) -> None:
    publish(company_id)
    with acting_for(fresh_id()), transaction.atomic():
        assert not Room.objects.exists()
        assert not Event.objects.exists()
        assert not Watcher.objects.exists()


def test_heads_of_many_rooms_are_one_question(committed_db: None, company_id: int) -> None:
    other = fresh_id()
    publish(company_id)
    publish(company_id)
    publish(company_id, "dashboard")
    publish(other)
    keys = [RoomKey(company_id, RoomName.ADMIN), RoomKey(other, RoomName.ADMIN), RoomKey(fresh_id(), RoomName.ADMIN)]
    epoch = rules.epoch_at(NOW)
    assert queries.heads(keys) == {keys[0]: Position(epoch, 2), keys[1]: Position(epoch, 1)}
    assert set(keys[:2]) <= set(queries.every_room())


def test_pruning_keeps_the_last_600_and_the_last_day(committed_db: None, company_id: int) -> None:
    key = RoomKey(company_id, RoomName.ADMIN)
    with transaction.atomic():
        for _ in range(610):
            publish(company_id)
    assert actions.prune(key, now=NOW + timedelta(hours=23)) == 0
    assert actions.prune(key, now=NOW + timedelta(hours=25)) == 10
    left = [event.offset for event in queries.events_between(key, 0, 1000)]
    assert left == list(range(11, 611))
    assert actions.prune(key, now=NOW + timedelta(days=400)) == 0
    assert actions.prune(RoomKey(fresh_id(), RoomName.ADMIN), now=NOW) == 0


def test_opening_a_room_begins_its_counting_and_opening_it_again_changes_nothing(
    committed_db: None, company_id: int
) -> None:
    key = RoomKey(company_id, RoomName.DASHBOARD)
    first = actions.open_room(key, now=NOW)
    assert first == Position(rules.epoch_at(NOW), 0)
    assert actions.open_room(key, now=NOW + timedelta(days=1)) == first
    assert publish(company_id, "dashboard") == 1


def test_a_new_beginning_of_a_room_that_never_began_is_nothing(committed_db: None, company_id: int) -> None:
    actions.begin_again(company_id=company_id, room="admin", now=NOW)
    assert queries.position(RoomKey(company_id, RoomName.ADMIN)) == Position(0, 0)


def test_the_replay_helper_holds_a_page_against_the_truth(committed_db: None, company_id: int) -> None:
    names: list[str] = []

    def add(name: str) -> None:
        names.append(name)
        publish(company_id, user=name)

    with replayed(company_id, "admin", read=lambda: list(names), apply=lambda state, e: [*state, e.data["user"]]):
        add("ada")
        add("bob")
    with (
        pytest.raises(AssertionError),
        replayed(company_id, "admin", read=lambda: list(names), apply=lambda state, _event: state),
    ):
        add("eve")
    with pytest.raises(AssertionError), replayed(company_id, "admin", read=list, apply=lambda s, _e: s):
        names.append("told nobody")
    with told(company_id, "dashboard") as events:
        publish(company_id, "admin")
        publish(company_id, "dashboard")
    assert [event.offset for event in events] == [1]
