"""What the console's table of people says of teams, and of what teams and departments lend."""

from datetime import timedelta
from typing import Any

from sundial.server.companies import actions
from sundial.server.companies.types import Held, Lender
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player
from tests.server.portal.test_console import PEOPLE, pool, rows

__all__ = ["pool"]


def lending(cast: Cast, *held: Held, managed_by: Player | None = None) -> int:
    """A team of the employee's that lends these."""
    by: dict[str, Any] = {"acting": cast.admin.acting, "now": clock.now()}
    with acting_for(cast.company.pk):
        team = actions.add_team(name="Night", **by).pk
        actions.put_in_team(team_id=team, user_id=cast.employee.id, manages=False, **by)
        if managed_by:
            actions.put_in_team(team_id=team, user_id=managed_by.id, manages=True, **by)
        actions.lend_attributes(lender=Lender.TEAM, lender_id=team, held=held, **by)
    return int(team)


def test_a_row_says_in_which_teams_somebody_is_and_what_is_lent_to_them(pool: Cast) -> None:
    before = rows(pool.admin)[pool.employee.email]
    team = lending(pool, Held("night"))
    row = rows(pool.admin)[pool.employee.email]
    assert row["teams"] == sorted([*before["teams"], {"id": team, "name": "Night"}], key=lambda one: one["name"])
    assert (row["attributes"], row["lent"]) == ([], ["night"])
    assert rows(pool.admin)[pool.manager.email]["lent"] == []


def test_a_manager_reads_the_names_of_their_own_teams_alone(pool: Cast) -> None:
    team = lending(pool)
    hidden = rows(pool.manager)[pool.employee.email]["teams"]
    assert team not in [one["id"] for one in hidden]
    assert hidden, "the one that they manage"


def test_who_is_lent_something_no_more_since_its_last_day_is_named_by_what_passes(pool: Cast) -> None:
    now = clock.now()
    lending(pool, Held("night", expires_at=now - timedelta(seconds=30)))

    def named(since: timedelta) -> list[str]:
        asked = {"since": (now - since).isoformat()}
        return list(pool.admin.client.get(PEOPLE + "passing/", asked).json()["named"])

    assert pool.employee.email in named(timedelta(minutes=1))
    assert pool.employee.email not in named(timedelta(seconds=10))
