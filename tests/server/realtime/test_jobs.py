"""The hourly pruning reaches every room of every company, the platform's too."""

from datetime import timedelta

import pytest

from sundial.server.lib import clock
from sundial.server.lib.scope import PLATFORM
from sundial.server.realtime import actions, jobs, queries
from sundial.server.realtime.types import RoomKey, RoomName
from tests.server.realtime.house import fresh_id

pytestmark = pytest.mark.usefixtures("own_database")


def test_old_events_of_every_room_go_and_young_ones_stay(committed_db: None) -> None:
    now = clock.now()
    keys = [RoomKey(fresh_id(), RoomName.ADMIN), RoomKey(fresh_id(), RoomName.DASHBOARD)]
    for key in [*keys, RoomKey(PLATFORM, RoomName.PLATFORM)]:
        place = {"company_id": key.company_id, "room": key.name}
        for age, many in ((timedelta(days=2), 2), (timedelta(0), 600)):
            actions.publish_each(**place, kind="user_added", data=[{}] * many, actor="ada", now=now - age)
    assert jobs.prune(timestamp=int(now.timestamp())) >= 6
    for key in keys:
        left = [event.offset for event in queries.events_between(key, 0, 1_000)]
        assert left == list(range(3, 603))
