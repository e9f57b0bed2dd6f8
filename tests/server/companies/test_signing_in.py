"""The sign-in page: where it leads, what it refuses, and what it tells whom."""

import pytest
from django.db import transaction
from django.test import Client

from sundial.server.audit.models import Entry
from sundial.server.companies.actions import add_person
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, Player, address


def sign_in(player: Player | None = None, path: str = "/login/", client: Client | None = None, **typed: str):
    """Type an address and a password into the page."""
    form = {"email": player.email, "password": player.password} if player else {}
    return (client or Client()).post(path, {**form, **typed})


def actions_in(company_id: int) -> list[str]:
    """What stands in a log, oldest first."""
    with acting_for(company_id), transaction.atomic():
        return list(Entry.objects.filter(company_id=company_id).order_by("seq").values_list("action", flat=True))


@pytest.mark.parametrize("path", ["/login/", "/owner/login/", "/admin/login/", "/user/login/"])
def test_every_sign_in_page_leads_to_the_role_s_own_dashboard(cast: Cast, path: str) -> None:
    assert Client().get(path).status_code == 200
    for player, home in ((cast.owner, "/owner/"), (cast.admin, "/dashboard/"), (cast.employee, "/dashboard/")):
        answer = sign_in(player, path)
        assert (answer.status_code, answer["Location"]) == (302, home)


def test_the_address_may_be_written_in_any_case(cast: Cast) -> None:
    assert sign_in(cast.admin, email=f"  {cast.admin.email.upper()} ").status_code == 302


def test_who_is_signed_in_is_sent_on(cast: Cast) -> None:
    assert cast.owner.client.get("/login/")["Location"] == "/owner/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(cast: Cast) -> None:
    wrong = sign_in(cast.admin, password="wrong")
    unknown = sign_in(email=address("nobody"), password="wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.context["errors"] == unknown.context["errors"]


def test_a_sign_in_and_a_failed_one_stand_in_the_company_s_log(cast: Cast) -> None:
    sign_in(cast.employee, password="secret typed by mistake")
    sign_in(cast.employee)
    with acting_for(cast.company.pk), transaction.atomic():
        failed, worked = Entry.objects.filter(company_id=cast.company.pk).order_by("seq")[4:]
    assert (failed.action, worked.action) == ("SIGN_IN_FAILED", "SIGNED_IN")
    assert failed.target_id == worked.actor_id == cast.employee.id
    assert failed.actor_id is None
    assert "secret" not in failed.details


def test_an_unknown_address_stands_in_the_platform_s_log_without_what_was_typed(cast: Cast) -> None:
    typed = address("my-password-by-mistake")
    sign_in(email=typed, password="wrong")
    with acting_for(PLATFORM), transaction.atomic():
        last = Entry.objects.filter(company_id=PLATFORM).order_by("seq").last()
    assert last is not None
    assert last.action == "SIGN_IN_FAILED"
    assert typed not in last.details


def test_after_eight_failures_the_account_waits_even_with_the_right_password(cast: Cast) -> None:
    answers = [sign_in(cast.admin, password=f"wrong {n}").status_code for n in range(8)]
    assert answers == [401] * 7 + [429]
    locked = sign_in(cast.admin)
    assert locked.status_code == 429
    assert "Wait 15 minutes" in locked.content.decode()
    assert int(locked["Retry-After"]) > 0
    assert sign_in(cast.employee).status_code == 302, "others at the same address are not locked out"


def test_a_success_forgets_the_failures_before_it(cast: Cast) -> None:
    for _round in range(2):
        for n in range(7):
            assert sign_in(cast.admin, password=f"wrong {n}").status_code == 401
        assert sign_in(cast.admin).status_code == 302


def test_a_suspended_company_is_told_of_only_after_the_right_password(cast: Cast) -> None:
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())
    right, wrong = sign_in(cast.admin), sign_in(cast.admin, password="wrong")
    assert right.status_code == 403
    assert "is suspended" in right.content.decode()
    assert wrong.status_code == 401
    assert "suspended" not in wrong.content.decode()
    assert "sessionid" not in right.cookies


def test_an_inactive_person_is_told_so_only_after_the_right_password(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.deactivate_person(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    assert "switched off" in sign_in(cast.employee).content.decode()
    assert "switched off" not in sign_in(cast.employee, password="wrong").content.decode()
    assert sign_in(cast.employee).status_code == 403


def test_someone_let_go_does_not_get_in(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        lifecycle.let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    answer = sign_in(cast.employee)
    assert answer.status_code == 403
    assert "do not belong" in answer.content.decode()


def test_a_session_ends_with_the_suspension_and_says_why(cast: Cast) -> None:
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())
    assert cast.admin.client.get("/account/")["Location"].startswith("/login/")
    assert "is suspended" in cast.admin.client.get("/login/").content.decode()
    lifecycle.reactivate_company(acting=cast.owner.acting, company_id=cast.company.pk, now=clock.now())
    assert cast.admin.client.get("/account/").status_code == 200


def test_the_page_that_was_asked_for_comes_next_if_it_is_ours(cast: Cast) -> None:
    assert sign_in(cast.admin, next="/account/?a=b")["Location"] == "/account/?a=b"
    for foreign in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", "\x00//x"):
        assert sign_in(cast.admin, next=foreign)["Location"] == "/dashboard/"


def test_what_is_no_address_is_refused_beside_its_field(cast: Cast) -> None:
    for typed in ({}, {"email": "x"}, {"email": "a\x00@b.test", "password": "x"}, {"email": cast.admin.email}):
        assert sign_in(**typed).status_code == 422


def test_signing_in_changes_the_session_key(cast: Cast) -> None:
    client = Client()
    client.post("/login/", {"email": cast.admin.email, "password": "wrong"})
    session = client.session
    session["mine"] = "fixed"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = str(before)
    sign_in(cast.admin, client=client)
    assert client.session.session_key != before


def test_forms_need_their_csrf_token(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(cast.admin, client=strict).status_code == 403


def test_signing_out_is_a_post_and_ends_the_session(cast: Cast) -> None:
    assert cast.admin.client.get("/logout/").status_code == 405
    assert cast.admin.client.post("/logout/")["Location"] == "/login/"
    assert cast.admin.client.get("/account/").status_code == 302
    assert actions_in(cast.company.pk)[-1] == "SIGNED_OUT"


def _joins_both(cast: Cast) -> Player:
    with acting_for(cast.other.pk), transaction.atomic():
        add_person(
            acting=cast.stranger.acting,
            company_id=cast.other.pk,
            email=cast.employee.email,
            first_name="",
            last_name="",
            role=Role.MANAGER,
            now=clock.now(),
        )
    return cast.employee


def test_someone_of_two_companies_chooses_and_may_switch(cast: Cast) -> None:
    client, player = Client(), _joins_both(cast)
    assert sign_in(player, client=client, next="/account/")["Location"] == "/login/company/?next=%2Faccount%2F"
    assert client.get("/account/")["Location"].startswith("/login/")
    assert client.get("/login/")["Location"] == "/login/company/"
    shown = client.get("/login/company/").content.decode()
    assert cast.company.name in shown
    assert cast.other.name in shown
    chosen = client.post("/login/company/", {"company": cast.other.pk, "next": "/account/"})
    assert chosen["Location"] == "/account/"
    assert client.session["company_id"] == cast.other.pk
    assert actions_in(cast.other.pk)[-1] == "SIGNED_IN"
    client.post("/login/company/", {"company": cast.company.pk})
    assert client.session["company_id"] == cast.company.pk


def test_nobody_chooses_a_company_that_is_not_theirs(cast: Cast) -> None:
    client = Client()
    sign_in(_joins_both(cast), client=client)
    for wrong in ("0", "x", "", "999999999"):
        assert client.post("/login/company/", {"company": wrong}).status_code == 422
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.other.pk, reason="", now=clock.now())
    assert client.post("/login/company/", {"company": cast.other.pk}).status_code == 422
    assert "company_id" not in client.session


def test_with_one_of_two_companies_open_there_is_nothing_to_choose(cast: Cast) -> None:
    player = _joins_both(cast)
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())
    client = Client()
    assert sign_in(player, client=client)["Location"] == "/dashboard/"
    assert client.session["company_id"] == cast.other.pk


@pytest.mark.parametrize(
    "key", ['"\\000aaaaaaaaaaaa"', "short", "x" * 32, "é" * 32, "a" * 5000, '"' + "\\377" * 32 + '"']
)
def test_a_session_cookie_that_is_none_is_nobody_s(committed_db: None, key: str) -> None:
    headers = {"Cookie": f"sessionid={key}"}
    assert Client().get("/login/", headers=headers).status_code == 200
    assert Client().get("/api/v1/users", headers=headers).status_code == 401
