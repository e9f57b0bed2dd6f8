"""API tokens live while they are used, and end everywhere at once."""

from datetime import timedelta

from sundial.server.accounts import actions, jobs, queries
from sundial.server.accounts.models import PersonToken
from sundial.server.accounts.storage import SessionStore
from sundial.server.lib import clock
from tests.cast import Cast


def _token(cast: Cast) -> str:
    return actions.issue_token(user_id=cast.employee.id, company_id=cast.company.pk, now=clock.now())


def test_a_token_is_kept_only_as_its_digest(cast: Cast) -> None:
    token = _token(cast)
    row = PersonToken.objects.get(user_id=cast.employee.id)
    assert token.startswith("sdu_")
    assert token.encode() not in bytes(row.digest)


def test_a_token_knows_its_holder_and_company(cast: Cast) -> None:
    holder = queries.token_holder(_token(cast), now=clock.now())
    assert holder is not None
    assert (holder.account.id, holder.company_id) == (cast.employee.id, cast.company.pk)


def test_a_token_ends_after_thirty_days_unused(cast: Cast) -> None:
    token, now = _token(cast), clock.now()
    assert queries.token_holder(token, now=now + timedelta(days=29, hours=23)) is not None
    assert queries.token_holder(token, now=now + timedelta(days=30, seconds=1)) is None


def test_use_keeps_a_token_alive_and_is_written_once_an_hour(cast: Cast) -> None:
    token = _token(cast)
    row = PersonToken.objects.get(user_id=cast.employee.id)
    long_ago = clock.now() - timedelta(days=20)
    PersonToken.objects.filter(id=row.pk).update(last_used_at=long_ago)
    headers = {"Authorization": f"Token {token}"}
    assert cast.employee.client.get("/api/policy", headers=headers).status_code == 200
    touched = PersonToken.objects.get(id=row.pk).last_used_at
    assert touched > long_ago
    cast.employee.client.get("/api/policy", headers=headers)
    assert PersonToken.objects.get(id=row.pk).last_used_at == touched


def test_what_is_no_token_is_not_looked_up(cast: Cast) -> None:
    token = _token(cast)
    for wrong in ("", "sdu_", token[:-1], token + "x", token.replace("sdu_", "sdd_"), "\x00" * 46, "é" * 46):
        assert queries.token_holder(wrong, now=clock.now()) is None


def test_an_ended_token_opens_nothing_and_the_others_go_on(cast: Cast) -> None:
    first, second = _token(cast), _token(cast)
    assert actions.end_token(token=first)
    assert not actions.end_token(token=first)
    assert queries.token_holder(first, now=clock.now()) is None
    assert queries.token_holder(second, now=clock.now()) is not None


def test_all_tokens_of_one_company_end_together(cast: Cast) -> None:
    here = _token(cast)
    elsewhere = actions.issue_token(user_id=cast.employee.id, company_id=cast.other.pk, now=clock.now())
    assert actions.end_all_tokens(user_id=cast.employee.id, company_id=cast.company.pk) == 1
    assert queries.token_holder(here, now=clock.now()) is None
    assert queries.token_holder(elsewhere, now=clock.now()) is not None


def test_at_night_what_has_ended_is_dropped_and_what_lives_stays(cast: Cast) -> None:
    old, alive = _token(cast), _token(cast)
    rows = PersonToken.objects.filter(user_id=cast.employee.id).order_by("id")
    PersonToken.objects.filter(id=rows[0].pk).update(last_used_at=clock.now() - timedelta(days=31))
    session = SessionStore()
    session.set_expiry(-1)
    session.save()
    jobs.forget_what_ended(0)
    assert rows.count() == 1
    assert queries.token_holder(old, now=clock.now()) is None
    assert queries.token_holder(alive, now=clock.now()) is not None
    assert not SessionStore().exists(session.session_key)
    assert cast.employee.client.get("/account/").status_code == 200
