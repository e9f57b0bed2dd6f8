"""The whole way with real people: what they do to one another's accounts shows on their consoles within a second."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from sundial.run.postgres import Cluster
from sundial.server.companies.actions import edit_person
from sundial.server.companies.sockets import identity_of
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import deactivate_person, let_go, reactivate_company, suspend_company
from sundial.server.realtime.sockets.threads import DatabaseThreads
from tests.cast import Cast, Player
from tests.server.realtime.console import Console
from tests.server.realtime.house import House, open_house

WITHIN = 1.0  # seconds


class Stage:
    """The cast with a running process, and threads in which they act."""

    def __init__(self, cast: Cast, house: House) -> None:
        self.cast, self.house = cast, house
        self.threads = DatabaseThreads(2)

    async def opens(self, player: Player, door: str = "admin") -> Console:
        """This player opens a page."""
        return await self.house.in_room(session_of(player), door)

    async def acts(self, action: Callable[..., Any], *, scope: int | None = None, **arguments: Any) -> None:
        """Somebody does this, in one transaction of their company's scope."""
        await self.threads.run(in_scope, self.cast.company.pk if scope is None else scope, action, arguments)


def in_scope(company_id: int, action: Callable[..., Any], arguments: dict[str, Any]) -> None:
    with acting_for(company_id), transaction.atomic():
        action(now=clock.now(), **arguments)


def session_of(player: Player) -> str:
    return player.client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
async def stage(cast: Cast, cluster: Cluster) -> AsyncIterator[Stage]:
    """Everybody is there and the doors are open."""
    async with open_house(cluster.app_dsn(), identity_of) as house:
        made = Stage(cast, house)
        yield made
        made.threads.close()


async def is_shown_out_soon(console: Console) -> None:
    async with asyncio.timeout(WITHIN):
        await console.is_shown_out()
    assert console.of("error")[-1]["code"] == "signed_out"


async def test_each_role_sits_where_it_belongs(stage: Stage) -> None:
    cast = stage.cast
    owner = await stage.house.console(session_of(cast.owner))
    assert (await owner.ask("join_admin", "joined_admin"))["room"] == "platform"
    admin = await stage.house.console(session_of(cast.admin))
    assert (await admin.ask("join_admin", "joined_admin"))["room"] == f"company:{cast.company.pk}:admin"
    for player in (cast.manager, cast.employee):
        console = await stage.opens(player, "dashboard")
        assert (await console.ask("join_admin", "error"))["code"] == "forbidden"
    stranger = await stage.house.console(session_of(cast.stranger))
    assert (await stranger.ask("join_admin", "joined_admin"))["room"] == f"company:{cast.other.pk}:admin"


async def test_what_an_admin_does_is_heard_by_the_admins_of_that_company_alone(stage: Stage) -> None:
    cast = stage.cast
    admin, stranger = await stage.opens(cast.admin), await stage.opens(cast.stranger)
    employee, owner = await stage.opens(cast.employee, "dashboard"), await stage.opens(cast.owner)
    await stage.acts(edit_person, acting=cast.admin.acting, user_id=cast.employee.id, changes={"last_name": "New"})
    (event,) = await admin.hears("user_updated")
    assert event["user"] == cast.employee.email
    assert event["actor"] == cast.admin.email
    (entry,) = await admin.hears("audit_log_added")
    assert entry["action_type"] == "EMPLOYEE_EDITED"
    for other, door in ((stranger, "admin"), (owner, "admin"), (employee, "dashboard")):
        await other.ask(f"join_{door}", f"joined_{door}")
        assert other.of("user_updated") == other.of("audit_log_added") == []


async def test_signing_out_ends_the_pages_of_that_session(stage: Stage) -> None:
    console = await stage.opens(stage.cast.admin)
    await stage.threads.run(stage.cast.admin.client.post, "/logout/")
    await is_shown_out_soon(console)


@pytest.mark.parametrize("action", [deactivate_person, let_go])
async def test_a_person_sent_away_hears_nothing_more_within_a_second(stage: Stage, action: Callable[..., None]) -> None:
    console = await stage.opens(stage.cast.manager, "dashboard")
    await stage.acts(action, acting=stage.cast.admin.acting, user_id=stage.cast.manager.id)
    await is_shown_out_soon(console)
    await stage.house.refused(session_of(stage.cast.manager))


async def test_an_employee_made_admin_may_come_in_and_made_employee_again_is_out(stage: Stage) -> None:
    cast = stage.cast
    console = await stage.opens(cast.employee, "dashboard")
    for role, answer in ((Role.ADMIN, "joined_admin"), (Role.EMPLOYEE, "error")):
        await stage.acts(edit_person, acting=cast.admin.acting, user_id=cast.employee.id, changes={"role": role})
        if role is Role.EMPLOYEE:
            async with asyncio.timeout(WITHIN):
                await console.hears("error")
        await console.ask("join_admin", answer)


async def test_a_suspended_company_is_out_within_a_second_and_back_when_it_is_reactivated(stage: Stage) -> None:
    cast = stage.cast
    consoles = [await stage.opens(player, "dashboard") for player in (cast.admin, cast.manager, cast.employee)]
    stranger, owner = await stage.opens(cast.stranger), await stage.opens(cast.owner)
    facts = {"acting": cast.owner.acting, "company_id": cast.company.pk}
    await stage.acts(suspend_company, scope=0, reason="unpaid", **facts)
    for console in consoles:
        await is_shown_out_soon(console)
    await stage.house.refused(session_of(cast.admin))
    await stranger.ask("join_admin", "joined_admin")
    await owner.ask("join_admin", "joined_admin")
    await stage.acts(reactivate_company, scope=0, **facts)
    await stage.opens(cast.admin)


async def test_a_forged_session_is_nobody(stage: Stage) -> None:
    for forged in ("x" * 32, session_of(stage.cast.admin)[:-1], "'; DROP TABLE django_session; --", "\x00"):
        assert await stage.threads.run(identity_of, forged) is None
