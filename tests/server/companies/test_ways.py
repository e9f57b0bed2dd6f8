"""How a company works: changed by its administrators, one whole or not at all, and written down."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from sundial.server.companies import actions, queries
from sundial.server.companies.models import Company
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.companies.test_signing_in import actions_in


@pytest.fixture
def inside(cast: Cast) -> Iterator[Cast]:
    """The cast, in their company, in one transaction that is taken back."""
    with acting_for(cast.company.pk), transaction.atomic():
        yield cast
        transaction.set_rollback(True)


def change(player: Player, **changes: Any) -> dict[str, Any]:
    return actions.change_ways(acting=player.acting, changes=changes, now=clock.now())


def test_only_what_differs_is_written(cast: Cast) -> None:
    hours = {"mon": ["09:00", "17:30"]}
    with acting_for(cast.company.pk), transaction.atomic():
        assert change(cast.admin, time_zone="UTC", day_minutes=450, working_hours=hours) == {
            "day_minutes": 450,
            "working_hours": hours,
        }
        assert change(cast.admin, day_minutes=450) == {}
    row = queries.company(cast.company.pk)
    assert (row.day_minutes, row.working_hours, row.people_delete_screenshots) == (450, hours, True)
    assert actions_in(cast.company.pk)[-1] == "SETTINGS_CHANGED"
    assert actions_in(cast.company.pk).count("SETTINGS_CHANGED") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Moon/Sea"},
        {"time_zone": 5},
        {"day_minutes": 0},
        {"working_hours": {"mon": ["17:00", "09:00"]}},
        {"people_delete_screenshots": "on"},
        {"retention": {"screenshots": 0}},
        {"seats_limit": 1000},
        {"name": "Other"},
    ],
)
def test_one_that_does_not_fit_keeps_all_from_being_changed(inside: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        change(inside.admin, **{"day_minutes": 300, **wrong})
    assert set(refusal.value.fields) == set(wrong)
    assert queries.company(inside.company.pk).day_minutes == 480


def test_retention_keeps_within_the_plan(inside: Cast) -> None:
    Company.objects.filter(id=inside.company.pk).update(retention_limit_days=90)
    change(inside.admin, retention={"screenshots": 90})
    with pytest.raises(Invalid):
        change(inside.admin, retention={"screenshots": 91})


def test_nobody_else_may(inside: Cast) -> None:
    for player in (inside.owner, inside.manager, inside.employee):
        with pytest.raises(NotAllowed):
            change(player, day_minutes=300)
