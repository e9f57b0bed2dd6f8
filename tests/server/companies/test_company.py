"""A company itself: its key replaced, its trial set, closed and opened again, by the owner alone."""

from datetime import timedelta

import pytest

from sundial.server.companies import queries
from sundial.server.companies.actions.company import close, reactivate, suspend
from sundial.server.companies.actions.keys import LONGEST_GRACE, rotate_key
from sundial.server.companies.actions.limits import set_limits
from sundial.server.companies.actions.trials import set_trial
from sundial.server.companies.types import CompanyStatus, Limits
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed
from tests.cast import Cast
from tests.server.companies.test_signing_in import actions_in

DAY = timedelta(days=1)


def test_a_key_is_replaced_and_the_log_says_until_when_the_old_one_is_taken(cast: Cast) -> None:
    old = cast.company.company_key
    row = rotate_key(acting=cast.owner.acting, company_id=cast.company.pk, grace=DAY, now=cast.now)
    assert row.company_key != old
    assert (row.previous_key, row.previous_key_until) == (old, cast.now + DAY)
    assert actions_in(cast.company.pk)[-1] == "KEY_ROTATED"


@pytest.mark.parametrize("grace", [timedelta(seconds=-1), LONGEST_GRACE + timedelta(seconds=1)])
def test_a_grace_has_its_bounds(cast: Cast, grace: timedelta) -> None:
    with pytest.raises(Invalid):
        rotate_key(acting=cast.owner.acting, company_id=cast.company.pk, grace=grace, now=cast.now)
    assert queries.company(cast.company.pk).company_key == cast.company.company_key


def test_a_trial_gets_an_end_and_is_ended_well(cast: Cast) -> None:
    until = cast.now + 14 * DAY
    set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=until, now=cast.now)
    row = queries.company(cast.company.pk)
    assert (row.status, row.trial_ends_at) == (CompanyStatus.TRIAL, until)
    set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=None, now=cast.now)
    row = queries.company(cast.company.pk)
    assert (row.status, row.trial_ends_at) == (CompanyStatus.ACTIVE, None)
    assert actions_in(cast.company.pk).count("TRIAL_CHANGED") == 2
    set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=None, now=cast.now)
    assert actions_in(cast.company.pk).count("TRIAL_CHANGED") == 2, "nothing changed, nothing is written"


def test_a_trial_does_not_end_in_the_past_nor_while_suspended(cast: Cast) -> None:
    with pytest.raises(Invalid):
        set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=cast.now - DAY, now=cast.now)
    suspend(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=cast.now)
    with pytest.raises(Conflict):
        set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=cast.now + DAY, now=cast.now)


def test_who_comes_back_after_a_trial_s_end_is_active(cast: Cast) -> None:
    set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=cast.now + DAY, now=cast.now)
    suspend(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=cast.now)
    row = reactivate(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now + 2 * DAY)
    assert (row.status, row.trial_ends_at) == (CompanyStatus.ACTIVE, None)


def test_who_comes_back_before_a_trial_s_end_is_on_trial(cast: Cast) -> None:
    set_trial(acting=cast.owner.acting, company_id=cast.company.pk, ends_at=cast.now + 2 * DAY, now=cast.now)
    suspend(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=cast.now)
    row = reactivate(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now + DAY)
    assert (row.status, row.trial_ends_at) == (CompanyStatus.TRIAL, cast.now + 2 * DAY)


def test_a_closed_company_is_suspended_and_can_be_opened_again(cast: Cast) -> None:
    close(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now)
    assert [row.id for row in queries.companies_of(cast.owner.acting, status="CLOSED", search=cast.company.name)] == [
        cast.company.pk
    ]
    assert queries.companies_of(cast.owner.acting, status="SUSPENDED", search=cast.company.name) == []
    with pytest.raises(Conflict):
        close(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now)
    row = reactivate(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now)
    assert (row.status, row.closed_at) == (CompanyStatus.ACTIVE, None)


def test_only_the_owner_does_any_of_this(cast: Cast) -> None:
    company_id, now = cast.company.pk, cast.now
    for acting in (cast.admin.acting, cast.manager.acting, cast.employee.acting, cast.stranger.acting):
        with pytest.raises(NotAllowed):
            rotate_key(acting=acting, company_id=company_id, grace=DAY, now=now)
        with pytest.raises(NotAllowed):
            set_trial(acting=acting, company_id=company_id, ends_at=None, now=now)
        with pytest.raises(NotAllowed):
            close(acting=acting, company_id=company_id, now=now)
        with pytest.raises(NotAllowed):
            set_limits(acting=acting, company_id=company_id, limits=Limits())
