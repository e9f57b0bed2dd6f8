"""Forgotten, first and changed passwords."""

import pytest
from django.db import transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as users
from sundial.server.accounts.models import User
from sundial.server.companies import actions
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import PLATFORM, acting_for
from tests.cast import Cast, Player, address
from tests.server.companies.test_signing_in import actions_in, sign_in

NEW = "seven purple window frames"


def link_for(player: Player) -> str:
    """The path of a fresh one-time link."""
    user = User.objects.get(id=player.id)
    return accounts.one_time_link(user=user, base_url="http://testserver").removeprefix("http://testserver")


def set_password(client: Client, link: str, password: str = NEW):
    """Open a link and type a password twice."""
    opened = client.get(link)
    form = {"password": password, "again": password}
    return client.post(opened["Location"], form) if opened.status_code == 302 else opened


def test_a_known_and_an_unknown_address_get_the_same_answer(cast: Cast) -> None:
    nobody = cast.employee.email.replace("employee", "nobodyys")
    known, unknown = (Client().post("/password/reset/", {"email": email}) for email in (cast.employee.email, nobody))
    assert known.status_code == unknown.status_code == 200
    assert known.content.replace(cast.employee.email.encode(), b"") == unknown.content.replace(nobody.encode(), b"")
    for email in (cast.employee.email, nobody):
        assert ProcrastinateJob.objects.filter(args__email=email).count() == 1


def test_the_token_leaves_the_address_before_the_page_is_shown(cast: Cast) -> None:
    client, link = Client(), link_for(cast.employee)
    opened = client.get(link)
    assert opened.status_code == 302
    token = link.rstrip("/").rsplit("/", 1)[-1]
    assert token not in opened["Location"]
    page = client.get(opened["Location"])
    assert page.status_code == 200
    assert token not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"


def test_a_link_sets_the_password_once(cast: Cast) -> None:
    link = link_for(cast.employee)
    assert set_password(Client(), link).status_code == 200
    assert sign_in(cast.employee, password=NEW).status_code == 302
    assert sign_in(cast.employee).status_code == 401
    assert Client().get(link).status_code == 404
    assert "PASSWORD_RESET" in actions_in(cast.company.pk)


def test_an_owner_s_new_password_stands_in_the_platform_s_log(cast: Cast) -> None:
    before = actions_in(PLATFORM).count("PASSWORD_RESET")
    set_password(Client(), link_for(cast.owner))
    assert actions_in(PLATFORM).count("PASSWORD_RESET") == before + 1


def test_a_new_password_ends_every_session_and_token(cast: Cast) -> None:
    token = accounts.issue_token(user_id=cast.employee.id, company_id=cast.company.pk, now=clock.now())
    set_password(Client(), link_for(cast.employee))
    assert cast.employee.client.get("/account/").status_code == 302
    assert users.token_holder(token, now=clock.now()) is None


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password1234", ""])
def test_a_weak_password_is_refused_beside_its_field(cast: Cast, weak: str) -> None:
    answer = set_password(Client(), link_for(cast.employee), weak)
    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert sign_in(cast.employee).status_code == 302


def test_all_that_speaks_against_a_password_is_said_at_once(cast: Cast) -> None:
    client = Client()
    opened = client.get(link_for(cast.employee))
    form = client.post(opened["Location"], {"password": "12345", "again": "123456"}).context["form"]
    assert len(form.errors["password"]) == 3  # too short, too common, only digits
    assert form.errors["again"]
    typed = {"current": "wrong", "password": "12345", "again": "123456"}
    answer = cast.employee.client.post("/account/password/", typed)
    assert answer.status_code == 422
    assert set(answer.context["password_form"].errors) == {"current", "password", "again"}


def test_the_two_must_be_the_same(cast: Cast) -> None:
    client = Client()
    opened = client.get(link_for(cast.employee))
    assert client.post(opened["Location"], {"password": NEW, "again": NEW + "!"}).status_code == 422


@pytest.mark.parametrize("path", ["/password/set/x/y/", "/password/set/MQ/now/", "/password/set/%00/y/"])
def test_a_dead_link_says_so(cast: Cast, path: str) -> None:
    assert Client().get(path).status_code == 404


def _invited(cast: Cast, email: str) -> str:
    with acting_for(cast.company.pk), transaction.atomic():
        row = actions.add_person(
            acting=cast.admin.acting,
            company_id=cast.company.pk,
            email=email,
            first_name="",
            last_name="",
            role=Role.EMPLOYEE,
            now=clock.now(),
        )
    return actions.invite(user_id=row.user_id, company_id=cast.company.pk)


def test_an_invitation_link_is_shown_for_a_new_account(cast: Cast) -> None:
    assert "/password/set/" in _invited(cast, address("fresh"))


def test_no_link_is_shown_into_an_account_that_opens_other_places(cast: Cast) -> None:
    assert _invited(cast, cast.stranger.email) == "", "has a password"
    elsewhere = address("invited-elsewhere")
    with acting_for(cast.other.pk), transaction.atomic():
        actions.add_person(
            acting=cast.stranger.acting,
            company_id=cast.other.pk,
            email=elsewhere,
            first_name="",
            last_name="",
            role=Role.EMPLOYEE,
            now=clock.now(),
        )
    assert _invited(cast, elsewhere) == "", "was invited by another company first"


def test_one_s_own_password_is_changed_knowing_the_old_one(cast: Cast) -> None:
    other = Client()
    sign_in(cast.employee, client=other)
    form = {"current": cast.employee.password, "password": NEW, "again": NEW}
    wrong = cast.employee.client.post("/account/password/", {**form, "current": "wrong"})
    assert wrong.status_code == 422
    right = cast.employee.client.post("/account/password/", form)
    assert right["Location"] == "/account/"
    assert cast.employee.client.get("/account/").status_code == 200, "this session goes on"
    assert other.get("/account/").status_code == 302, "the others have ended"
    assert actions_in(cast.company.pk)[-1] == "PASSWORD_CHANGED"


def test_guessing_the_current_password_is_counted(cast: Cast) -> None:
    form = {"current": "wrong", "password": NEW, "again": NEW}
    answers = [cast.employee.client.post("/account/password/", form).status_code for _ in range(9)]
    assert answers[:7] == [422] * 7
    assert answers[8] == 429


def test_one_changes_one_s_own_name(cast: Cast) -> None:
    answer = cast.employee.client.post("/account/names/", {"first_name": "Nova", "last_name": "Lind"})
    assert answer["Location"] == "/account/"
    assert "Nova" in cast.employee.client.get("/account/").content.decode()
    assert cast.owner.client.post("/account/names/", {}).status_code == 403
