"""What the server itself knows of people opens files at the gate, and closes them as soon as it is otherwise."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sundial.server.activity.actions import stop_session
from sundial.server.companies import actions as companies
from sundial.server.companies.types import Held, Lender
from sundial.server.devices.actions import revoke
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.vault import gate
from sundial.server.vault.gate import Closed, Denied
from sundial.server.vault.models import File
from sundial.server.vault.types import Door
from tests.cast import Cast
from tests.server.activity.plays import begin
from tests.server.devices.plays import enrol
from tests.server.vault.filed import put
from tests.server.vault.test_gate import BODY, ask, begun, denials, finance, reads_on

__all__ = ["finance"]

MORNING = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)  # 09:30 in Dhaka
OFFICE, ELSEWHERE = "203.0.113.9", "198.51.100.1"

Change = Callable[[Cast], object]


def opens(cast: Cast, file: File, *, now: datetime | None = None, ip: str | None = None) -> str:
    """Nothing if the file opens for the employee, else the reason."""
    acting = replace(cast.employee.acting, ip=ip)
    try:
        gate.opened(acting=acting, file_id=file.pk, now=now or clock.now(), door=Door.PAGE)
    except Denied as refusal:
        return refusal.message
    return ""


def by_admin(cast: Cast, action: Callable[..., Any], **more: Any) -> Any:
    with acting_for(cast.company.pk):
        return action(acting=cast.admin.acting, now=clock.now(), **more)


def role(cast: Cast, name: str) -> None:
    by_admin(cast, companies.edit_person, user_id=cast.employee.id, changes={"role": name})


def department(cast: Cast, department_id: int | None) -> None:
    by_admin(cast, companies.edit_person, user_id=cast.employee.id, changes={"department_id": department_id})


def into_a_department_of_money(cast: Cast) -> None:
    top = by_admin(cast, companies.add_department, name="Money", parent_id=None)
    below = by_admin(cast, companies.add_department, name="Books", parent_id=top.pk)
    department(cast, below.pk)


def into_a_team_of_nights(cast: Cast) -> int:
    team = by_admin(cast, companies.add_team, name="Night")
    by_admin(cast, companies.put_in_team, team_id=team.pk, user_id=cast.employee.id, manages=False)
    return int(team.pk)


def out_of(cast: Cast, team_id: int) -> None:
    by_admin(cast, companies.take_out_of_team, team_id=team_id, user_id=cast.employee.id)


def into_a_team_that_lends(cast: Cast) -> int:
    team = into_a_team_of_nights(cast)
    by_admin(cast, companies.lend_attributes, lender=Lender.TEAM, lender_id=team, held=[Held("audit")])
    return team


def at_work(cast: Cast) -> Any:
    return begin(cast, at=clock.now())


def away(cast: Cast, session: Any) -> None:
    stop_session(company_id=cast.company.pk, user_id=cast.employee.id, session_id=session.pk, now=clock.now())


def without(cast: Cast, device: Any) -> None:
    revoke(acting=cast.admin.acting, device_id=device.device_id, now=clock.now())


# What the rule asks, what makes it true, and what then makes it false again.
FACTS: dict[str, tuple[str, Callable[[Cast], Any], Callable[[Cast, Any], object], str]] = {
    "role": ("role = manager", lambda cast: role(cast, "MANAGER"), lambda cast, _: role(cast, "EMPLOYEE"), "role"),
    "a department above": (
        'department = "Money"',
        into_a_department_of_money,
        lambda cast, _: department(cast, None),
        "department",
    ),
    "team": ('team = "Night"', into_a_team_of_nights, out_of, "team"),
    "lent by a team": ("audit", into_a_team_that_lends, out_of, "audit"),
    "working": ("working", at_work, away, "working"),
    "enrolled": ("enrolled", enrol, without, "device"),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_opens_a_file_and_closes_it_and_a_reading_under_way(finance: Cast, fact: str) -> None:
    rule, become, cease, word = FACTS[fact]
    file = put(finance, BODY, rule)
    assert word in opens(finance, file)
    came = become(finance)
    reading = begun(ask(finance.employee, file))
    cease(finance, came)
    with pytest.raises(Closed):
        reads_on(reading)
    assert word in opens(finance, file)
    assert len(denials(finance, file)) == 3


def test_the_time_of_day_is_that_of_the_company(finance: Cast) -> None:
    by_admin(finance, companies.change_ways, changes={"time_zone": "Asia/Dhaka"})
    file = put(finance, BODY, "time >= 09:00 and time < 17:00")
    assert opens(finance, file, now=MORNING) == ""
    assert "it is 08:59" in opens(finance, file, now=MORNING - timedelta(minutes=31))
    assert "it is 17:00" in opens(finance, file, now=MORNING + timedelta(hours=7.5))


def test_a_network_opens_from_its_addresses_alone(finance: Cast) -> None:
    by_admin(finance, companies.change_ways, changes={"networks": {"office": ["203.0.113.0/24"]}})
    file = put(finance, BODY, "network = office")
    assert opens(finance, file, ip=OFFICE) == ""
    for address in (ELSEWHERE, None, f"{OFFICE}, {ELSEWHERE}"):
        assert "network" in opens(finance, file, ip=address)
    assert opens(finance, put(finance, BODY, "not network = office"), ip=ELSEWHERE), "what is not known opens nothing"


def test_an_attribute_that_ends_while_a_file_is_read_closes_the_reading(finance: Cast) -> None:
    file = put(finance, BODY)
    reading = begun(ask(finance.employee, file, Door.API))
    ends = [Held("finance", expires_at=clock.now() + timedelta(seconds=0.5))]
    by_admin(finance, companies.set_attributes, user_id=finance.employee.id, held=ends)
    with pytest.raises(Closed):
        reads_on(reading)
    (denial,) = denials(finance, file)
    assert (denial.door, "finance" in denial.reason) == ("api", True)
