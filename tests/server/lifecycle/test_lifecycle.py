"""What happens to several apps at once happens wholly or not at all."""

import pytest
from django.db import transaction

from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as users
from sundial.server.companies import queries
from sundial.server.companies.models import Membership
from sundial.server.companies.types import CompanyStatus, MemberStatus
from sundial.server.devices import actions as devices
from sundial.server.devices import queries as device_queries
from sundial.server.devices.types import Installation
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.realtime.models import Event
from sundial.server.tracking import queries as tracking
from tests.cast import Cast, Player, address, make_person, unique
from tests.server.companies.test_signing_in import actions_in


def _found(cast: Cast, **more: str) -> lifecycle.Founded:
    asked = {"name": unique("Hypatia"), "admin_email": address("first"), **more}
    return lifecycle.found_company(acting=cast.owner.acting, now=clock.now(), **asked)


def _device(player: Player) -> str:
    """The token of a new device."""
    now = clock.now()
    with acting_for(player.acting.company_id or 0), transaction.atomic():
        code = devices.make_enrolment_code(acting=player.acting, user_id=player.id, now=now).code
    return devices.enrol(code=code, installation=Installation("desk", "linux", "1", "b"), ip=None, now=now).token


def test_a_company_is_founded_with_key_policy_and_admin(cast: Cast) -> None:
    founded = _found(cast)
    company = queries.company(founded.company_id)
    assert company.company_key.startswith("sdk_")
    assert company.status == CompanyStatus.TRIAL
    assert tracking.head(founded.company_id).version == 1
    with acting_for(founded.company_id), transaction.atomic():
        (admin,) = queries.active_admins()
    assert admin.user_id == founded.admin_id
    assert actions_in(founded.company_id) == ["COMPANY_CREATED", "EMPLOYEE_ADDED"]


def test_a_company_whose_admin_will_not_do_is_not_founded_at_all(cast: Cast) -> None:
    name = unique("Nowhere")
    with pytest.raises(Invalid):
        _found(cast, name=name, admin_email="nobody")
    assert not [row for row in queries.companies_of(cast.owner.acting) if row.name == name]


def test_only_an_owner_founds_suspends_and_reactivates(cast: Cast) -> None:
    now = clock.now()
    for player in (cast.admin, cast.manager, cast.employee):
        with pytest.raises(NotAllowed):
            lifecycle.found_company(acting=player.acting, name="x", admin_email=address("x"), now=now)
        with pytest.raises(NotAllowed):
            lifecycle.suspend_company(acting=player.acting, company_id=cast.company.pk, reason="", now=now)
        with pytest.raises(NotAllowed):
            lifecycle.reactivate_company(acting=player.acting, company_id=cast.company.pk, now=now)
    assert queries.company(cast.company.pk).status == CompanyStatus.ACTIVE


def test_a_suspension_tells_the_agents_and_ends_nothing(cast: Cast) -> None:
    token, api = _device(cast.employee), _token(cast.employee)
    now = clock.now()
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="unpaid", now=now)
    holder = device_queries.holder_of(token)
    assert holder is not None
    assert not holder.ended
    kinds = [notice.kind for notice in device_queries.notices_after(cast.company.pk, holder.device_id, 0)[0]]
    assert kinds == ["company_status"]
    assert users.token_holder(api, now=now) is not None, "it works again afterwards"
    assert cast.admin.client.get("/api/v1/users").status_code == 403
    lifecycle.reactivate_company(acting=cast.owner.acting, company_id=cast.company.pk, now=clock.now())
    assert queries.company(cast.company.pk).status == CompanyStatus.ACTIVE
    assert cast.admin.client.get("/api/v1/users").status_code == 200


def test_twice_is_a_conflict(cast: Cast) -> None:
    now = clock.now()
    with pytest.raises(Conflict):
        lifecycle.reactivate_company(acting=cast.owner.acting, company_id=cast.company.pk, now=now)
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=now)
    with pytest.raises(Conflict):
        lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=now)


def test_a_trial_is_a_trial_again_after_a_suspension(cast: Cast) -> None:
    founded = _found(cast)
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=founded.company_id, reason="", now=clock.now())
    lifecycle.reactivate_company(acting=cast.owner.acting, company_id=founded.company_id, now=clock.now())
    assert queries.company(founded.company_id).status == CompanyStatus.TRIAL


def test_an_unknown_company_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        lifecycle.suspend_company(acting=cast.owner.acting, company_id=2**62, reason="", now=clock.now())


def _token(player: Player) -> str:
    return accounts.issue_token(user_id=player.id, company_id=player.acting.company_id, now=clock.now())


@pytest.mark.parametrize("end", [lifecycle.let_go, lifecycle.deactivate_person])
def test_who_leaves_or_is_switched_off_loses_tokens_devices_and_sessions(cast: Cast, end) -> None:
    device, token = _device(cast.employee), _token(cast.employee)
    with acting_for(cast.company.pk), transaction.atomic():
        end(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    holder = device_queries.holder_of(device)
    assert holder is not None
    assert holder.ended
    assert users.token_holder(token, now=clock.now()) is None
    assert cast.employee.client.get("/account/").status_code == 302


def test_what_they_have_in_another_company_stays(cast: Cast) -> None:
    elsewhere = accounts.issue_token(user_id=cast.employee.id, company_id=cast.other.pk, now=clock.now())
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    assert users.token_holder(elsewhere, now=clock.now()) is not None


def test_the_last_admin_stays_even_if_two_try_at_once(cast: Cast) -> None:
    second = make_person(cast.admin, Role.ADMIN, "second")
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.let_go(acting=cast.admin.acting, user_id=second.id, now=clock.now())
        with pytest.raises(Invalid):
            lifecycle.let_go(acting=cast.admin.acting, user_id=cast.admin.id, now=clock.now())


def test_the_consoles_are_told_of_several_at_once(cast: Cast) -> None:
    more = [make_person(cast.admin, Role.EMPLOYEE, f"one{n}") for n in range(2)]
    ids = [more[0].id, cast.stranger.id, more[1].id]
    with acting_for(cast.company.pk), transaction.atomic():
        outcomes = lifecycle.let_go_many(acting=cast.admin.acting, user_ids=ids, now=clock.now())
        assert [one.done for one in outcomes] == [True, False, True]
        told = Event.objects.filter(company_id=cast.company.pk, kind="users_bulk_deleted").get()
        assert told.data == {"users": [more[0].email, more[1].email]}
        assert not Event.objects.filter(company_id=cast.company.pk, kind="user_deleted").exists()
        left = Membership.objects.filter(user_id__in=ids, status=MemberStatus.LEFT)
        assert left.count() == 2


def test_reactivating_a_person_lets_them_in_again(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
        lifecycle.reactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    assert actions_in(cast.company.pk)[-2:] == ["EMPLOYEE_DEACTIVATED", "EMPLOYEE_REACTIVATED"]
