"""Who works, told to consoles: each listener hears of those whom they may see."""

from datetime import timedelta

from sundial.server.activity import sockets
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.realtime.types import Identity
from tests.cast import Cast, Player, make_person
from tests.server.activity.plays import begin


def heard(player: Player, company_id: int) -> set[str]:
    """Of whom this person's page is told."""
    acting = player.acting
    listener = Identity(player.id, player.email, acting.role, acting.company_id)
    fact = sockets.board(company_id, clock.now())
    return {one["user"] for one in sockets.narrowed(fact, listener)["users"]}


def test_an_admin_hears_of_all_a_manager_of_own_teams_an_employee_of_themselves(cast: Cast) -> None:
    outsider = make_person(cast.admin, Role.EMPLOYEE, "outsider")
    company_id = cast.company.pk
    everyone = {cast.admin.email, cast.manager.email, cast.employee.email, outsider.email}
    assert heard(cast.admin, company_id) == everyone
    assert heard(cast.manager, company_id) == {cast.manager.email, cast.employee.email}
    assert heard(cast.employee, company_id) == {cast.employee.email}


def test_what_is_told_is_what_somebody_does_at_this_moment(cast: Cast) -> None:
    began = clock.now() - timedelta(minutes=2)
    begin(cast, at=began)
    users = sockets.board(cast.company.pk, clock.now())["users"]
    told = next(one for one in users if one["id"] == cast.employee.id)
    assert (told["state"], told["online"]) == ("working", True)
    assert told["since"].startswith(began.isoformat()[:19])
    assert told["since"].endswith("Z")
