"""What time alone changes in the console's table of people: no event tells of it, so the page asks each minute."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.companies import actions
from sundial.server.companies.models import Membership
from sundial.server.companies.types import Held
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_person
from tests.server.devices.plays import enrol, report

PEOPLE = "/console/people/"
MINUTE = timedelta(minutes=1)
NOTHING: dict[str, Any] = {"online": [], "seen": [], "named": []}


def passed(player: Player, since: datetime) -> dict[str, Any]:
    """What the door says to have changed since then, but for the moment from which it goes on."""
    told = player.client.get(PEOPLE + "passing/", {"since": since.isoformat()}).json()
    assert datetime.fromisoformat(told.pop("moment")) >= since
    return dict(told)


@pytest.fixture
def moment(cast: Cast) -> datetime:
    """Up to when a page knows everything."""
    return datetime.fromisoformat(cast.admin.client.get(PEOPLE).json()["moment"])


def test_where_nothing_passed_nothing_is_told(cast: Cast, moment: datetime) -> None:
    report(cast.company.pk, enrol(cast).device_id, last_agent_sync_at=moment - 60 * MINUTE)
    assert passed(cast.admin, moment) == NOTHING


def test_whoever_is_online_is_named_and_whoever_was_seen_with_the_time(cast: Cast, moment: datetime) -> None:
    report(cast.company.pk, enrol(cast).device_id, last_agent_sync_at=moment - MINUTE)
    assert passed(cast.admin, moment) == {**NOTHING, "online": [cast.employee.id]}
    then = moment - 2 * MINUTE
    seen = [cast.employee.id, (moment - MINUTE).isoformat()]
    assert passed(cast.admin, then) == {**NOTHING, "online": [cast.employee.id], "seen": [seen]}


def test_whoever_went_is_told_with_when_they_were_seen_last_and_not_as_online(cast: Cast, moment: datetime) -> None:
    gone = moment - 30 * MINUTE
    report(cast.company.pk, enrol(cast).device_id, last_agent_sync_at=gone)
    told = passed(cast.admin, gone - MINUTE)
    assert told == {**NOTHING, "seen": [[cast.employee.id, gone.isoformat()]]}


def test_whose_attribute_ended_and_who_came_in_first_is_to_be_asked_about(cast: Cast, moment: datetime) -> None:
    who: dict[str, Any] = {"acting": cast.admin.acting, "now": moment - 3 * MINUTE}
    with acting_for(cast.company.pk), transaction.atomic():
        actions.add_attribute(name="night", **who)
        for player, end in ((cast.employee, -MINUTE), (cast.manager, 60 * MINUTE)):
            actions.set_attributes(user_id=player.id, held=[Held("night", expires_at=moment + end)], **who)
        Membership.objects.filter(user_id=cast.admin.id).update(signed_in_at=moment - MINUTE)
    assert passed(cast.admin, moment) == NOTHING
    assert passed(cast.admin, moment - 2 * MINUTE) == {**NOTHING, "named": [cast.admin.email, cast.employee.email]}


def test_nothing_is_told_of_another_company(cast: Cast, moment: datetime) -> None:
    report(cast.company.pk, enrol(cast).device_id, last_agent_sync_at=moment)
    assert passed(cast.stranger, moment - 60 * MINUTE) == NOTHING


def test_however_many_were_seen_the_door_asks_as_often(cast: Cast, moment: datetime) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as some:
            passed(cast.admin, moment - 60 * MINUTE)
        return len(some)

    asked()
    before = asked()
    for player in [cast.employee, *(make_person(cast.admin, Role.EMPLOYEE, name) for name in ("one", "two"))]:
        report(cast.company.pk, enrol(cast, player).device_id, last_agent_sync_at=moment)
    assert len(passed(cast.admin, moment - 60 * MINUTE)["seen"]) == 3
    assert asked() == before


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-21T10:00:00", "9" * 40])
def test_what_is_no_moment_is_refused(cast: Cast, since: str) -> None:
    assert cast.admin.client.get(PEOPLE + "passing/", {"since": since}).status_code == 422
