"""The owner helps a company back in: by mail to its administrators, or to one more of them."""

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from sundial.server.billing import actions as billing
from sundial.server.companies.actions.appointing import appoint_admin, send_links_to_admins
from sundial.server.companies.models import Membership
from sundial.server.companies.types import MemberStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, Player, address, unique
from tests.server.companies.test_signing_in import actions_in


def place_of(cast: Cast, email: str) -> Membership:
    with acting_for(cast.company.pk), transaction.atomic():
        return Membership.objects.get(user__email=email)


def mails_to(player: Player) -> int:
    """How many links to set a new password are to be mailed to this person."""
    return ProcrastinateJob.objects.filter(task_name="accounts.mail_reset_link", args__email=player.email).count()


def appoint(cast: Cast, email: str) -> None:
    appoint_admin(acting=cast.owner.acting, company_id=cast.company.pk, email=email, now=clock.now())


def test_a_stranger_becomes_an_administrator_and_is_invited(cast: Cast) -> None:
    email = address("rescuer")
    appoint(cast, f"  {email.upper()} ")
    row = place_of(cast, email)
    assert (row.role, row.status) == (Role.ADMIN, MemberStatus.ACTIVE)
    invited = ProcrastinateJob.objects.filter(task_name__endswith="mail_invitation", args__user_id=row.user_id)
    assert invited.count() == 1


def test_somebody_of_the_company_is_raised_and_gets_a_link(cast: Cast) -> None:
    appoint(cast, cast.employee.email)
    assert place_of(cast, cast.employee.email).role == Role.ADMIN
    assert mails_to(cast.employee) == 1
    assert actions_in(cast.company.pk)[-2:] == ["ADMIN_APPOINTED", "PASSWORD_LINK_SENT"]


def test_somebody_who_was_switched_off_may_act_again(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=cast.manager.id, now=clock.now())
    appoint(cast, cast.manager.email)
    row = place_of(cast, cast.manager.email)
    assert (row.role, row.status, row.ended_at) == (Role.ADMIN, MemberStatus.ACTIVE, None)


def test_an_administrator_gets_a_link_and_stays_what_they_are(cast: Cast) -> None:
    appoint(cast, cast.admin.email)
    assert mails_to(cast.admin) == 1
    assert "ADMIN_APPOINTED" not in actions_in(cast.company.pk)


def test_all_administrators_get_a_link(cast: Cast) -> None:
    assert send_links_to_admins(acting=cast.owner.acting, company_id=cast.company.pk, now=clock.now()) == 1
    assert mails_to(cast.admin) == 1
    assert mails_to(cast.employee) == 0


def test_a_full_company_takes_no_further_administrator(cast: Cast) -> None:
    plan = billing.make_plan(acting=cast.owner.acting, values={"name": unique("full"), "seats": 3}, now=clock.now())
    billing.change_plan(acting=cast.owner.acting, company_id=cast.company.pk, plan_id=plan.id, now=clock.now())
    with pytest.raises(Invalid):
        appoint(cast, address("late"))
    appoint(cast, cast.employee.email)


def test_what_is_no_address_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        appoint(cast, "nobody")


def test_the_owner_alone_may(cast: Cast) -> None:
    for player in (cast.admin, cast.manager, cast.employee, cast.stranger):
        with pytest.raises(NotAllowed):
            appoint_admin(acting=player.acting, company_id=cast.company.pk, email="a@example.test", now=clock.now())
        with pytest.raises(NotAllowed):
            send_links_to_admins(acting=player.acting, company_id=cast.company.pk, now=clock.now())
    with pytest.raises(NotFound):
        send_links_to_admins(acting=cast.owner.acting, company_id=2**60, now=clock.now())
