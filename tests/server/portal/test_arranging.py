"""The pages on which people are arranged: lists and filters, teams, departments, photos."""

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.companies import actions, queries
from sundial.server.companies.jobs import mail_invitation
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player, make_person, unique
from tests.server.companies.pictures import png


def page(player: Player, path: str) -> str:
    answer = player.client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def department(cast: Cast, name: str, parent_id: int | None = None) -> int:
    with acting_for(cast.company.pk), transaction.atomic():
        return actions.add_department(acting=cast.admin.acting, name=name, parent_id=parent_id, now=clock.now()).pk


def team(cast: Cast, name: str, *members: int) -> int:
    with acting_for(cast.company.pk), transaction.atomic():
        made = actions.add_team(acting=cast.admin.acting, name=name, now=clock.now()).pk
        for user_id in members:
            told = {"acting": cast.admin.acting, "team_id": made, "user_id": user_id, "now": clock.now()}
            actions.put_in_team(**told, manages=False)
        return made


def move(cast: Cast, player: Player, department_id: int) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        changes = {"department_id": department_id}
        actions.edit_person(acting=cast.admin.acting, user_id=player.id, changes=changes, now=clock.now())


def test_people_are_found_by_department_team_and_whether_they_came(cast: Cast) -> None:
    top = department(cast, "Top")
    move(cast, cast.employee, department(cast, "Below", top))
    crew = team(cast, "Crew", cast.employee.id)
    fresh = make_person(cast.admin, Role.EMPLOYEE, "fresh")
    mail_invitation(cast.company.pk, fresh.id)
    for query in (f"department={top}", f"team={crew}"):
        html = page(cast.admin, f"/employees/?{query}")
        assert cast.employee.email in html
        assert fresh.email not in html
    html = page(cast.admin, "/employees/?arrival=invited")
    assert fresh.email in html
    assert "Invited</" in html
    assert cast.employee.email not in html
    for query in ("department=x", "department=99999999999999999999", "team=0", "arrival=maybe"):
        assert "Nobody fits" in page(cast.admin, f"/employees/?{query}")


def test_an_export_says_where_people_belong(cast: Cast) -> None:
    move(cast, cast.employee, department(cast, "=cmd()"))
    body = cast.admin.client.get("/employees/?search=employee&format=csv").getvalue().decode()
    assert "'=cmd()" in body
    assert "Team" in body
    assert cast.manager.email not in body


def test_somebody_invited_is_shown_so_and_can_be_invited_again(cast: Cast) -> None:
    fresh = make_person(cast.admin, Role.EMPLOYEE, "fresh")
    assert "Never signed in." in page(cast.admin, f"/employees/{fresh.id}/")
    mail_invitation(cast.company.pk, fresh.id)
    html = page(cast.admin, f"/employees/{fresh.id}/")
    assert "Invited, and not signed in yet." in html
    assert "Invite again" in html


def test_a_person_s_page_leads_to_all_that_is_known_of_them(cast: Cast) -> None:
    html = page(cast.manager, f"/employees/{cast.employee.id}/")
    for path in ("sessions", "screenshots", "tasks"):
        assert f'href="/{path}/?person={cast.employee.id}"' in html
    assert f'href="/employees/{cast.employee.id}/day/"' in html


def test_a_team_s_page_says_who_sees_whom(cast: Cast) -> None:
    crew = team(cast, "Crew", cast.employee.id)
    path = f"/teams/{crew}/"
    assert "no manager sees these people through it" in page(cast.admin, path)
    put = {"user": cast.manager.id, "what": "manages"}
    assert cast.admin.client.post(f"{path}member/", put).status_code == 302
    html = page(cast.manager, path)
    assert "may see the days, sessions, applications, websites and screenshots of the 2 people here" in html
    assert "Put somebody into it" not in html
    cast.admin.client.post(f"{path}member/", {"user": cast.employee.id, "what": "manages"})
    assert "sees only their own record" in page(cast.admin, path)
    cast.admin.client.post(f"{path}member/", {"user": cast.manager.id, "what": "out"})
    assert cast.manager.client.get(path).status_code == 404
    assert cast.admin.client.post(f"{path}member/", {"user": "x", "what": "in"}).status_code == 404
    assert cast.admin.client.post(f"{path}member/", {"user": cast.manager.id, "what": "no-such"}).status_code == 404


def test_a_team_is_made_renamed_and_dissolved(cast: Cast) -> None:
    answer = cast.admin.client.post("/teams/", {"name": "Night"})
    path = answer["Location"]
    assert cast.admin.client.post("/teams/", {"name": "Night"}).status_code == 422
    assert cast.admin.client.post(path, {"name": "Team"}).status_code == 422
    assert cast.admin.client.post(path, {"name": "Day"}).status_code == 302
    assert "Day" in page(cast.admin, "/teams/?search=da")
    assert "No team fits" in page(cast.admin, "/teams/?search=night")
    assert "Team,2,Manager Player" in cast.admin.client.get("/teams/?format=csv").getvalue().decode()
    cast.admin.client.post(f"{path}delete/")
    assert cast.admin.client.get(path).status_code == 404


def test_departments_are_made_moved_and_dissolved(cast: Cast) -> None:
    assert cast.admin.client.post("/departments/", {"name": "Top"}).status_code == 302
    assert cast.admin.client.post("/departments/", {"name": "Top"}).status_code == 422
    with acting_for(cast.company.pk), transaction.atomic():
        (top,) = (row.id for row in queries.tree())
    assert cast.admin.client.post("/departments/", {"name": "Low", "parent_id": top}).status_code == 302
    assert 'data-depth="1"' in page(cast.manager, "/departments/")
    assert "A new department" not in page(cast.manager, "/departments/")
    assert cast.admin.client.post(f"/departments/{top}/", {"name": "High", "parent_id": top}).status_code == 422
    cast.admin.client.post(f"/departments/{top}/", {"name": "High"})
    body = cast.admin.client.get("/departments/?format=csv").getvalue().decode()
    assert "Low,High,0,0" in body
    cast.admin.client.post(f"/departments/{top}/delete/")
    html = page(cast.admin, "/departments/")
    assert "Low" in html
    assert "High" not in html


def test_a_photo_is_one_s_own_or_an_administrator_s(cast: Cast) -> None:
    def send(player: Player, path: str) -> int:
        sent = {"photo": ContentFile(png(300, 200), "me.png")}
        return int(player.client.post(path, sent).status_code)

    where = f"/employees/{cast.employee.id}/photo.webp"
    assert cast.employee.client.get(where).status_code == 404
    assert send(cast.employee, "/account/photo/") == 302
    shown = cast.manager.client.get(where)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert f"{where}?" in page(cast.admin, "/employees/")
    assert cast.stranger.client.get(where).status_code == 404
    assert send(cast.manager, f"/employees/{cast.employee.id}/photo/") == 403
    cast.admin.client.post(f"/employees/{cast.employee.id}/photo/", {"remove": "yes"})
    assert cast.employee.client.get(where).status_code == 404
    html = cast.employee.client.post("/account/photo/", {}, follow=True).content.decode()
    assert "Choose a picture first." in html
    sent = {"photo": ContentFile(b"no picture", "me.png")}
    html = cast.employee.client.post("/account/photo/", sent, follow=True).content.decode()
    assert "no picture that can be read" in html


def _more_people(cast: Cast, n: int) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        crew = queries.teams(cast.admin.acting)[0].pk
    player = make_person(cast.admin, Role.EMPLOYEE, f"more{n}")
    move(cast, player, department(cast, unique("place")))
    with acting_for(cast.company.pk), transaction.atomic():
        told = {"acting": cast.admin.acting, "team_id": crew, "user_id": player.id, "now": clock.now()}
        actions.put_in_team(**told, manages=False)


def _more_teams(cast: Cast, n: int) -> None:
    team(cast, f"More {n}", cast.employee.id)


def _more_departments(cast: Cast, n: int) -> None:
    department(cast, f"More {n}")


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/employees/", _more_people),
        ("/employees/?format=csv", _more_people),
        ("/teams/", _more_teams),
        ("/teams/?format=csv", _more_teams),
        ("/departments/", _more_departments),
        ("/teams/{team}/", _more_people),
    ],
)
def test_a_list_costs_the_same_however_long_it_is(cast: Cast, path: str, more: Callable[[Cast, int], None]) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        path = path.format(team=queries.teams(cast.admin.acting)[0].pk)
    more(cast, 0)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert cast.admin.client.get(path).status_code == 200
        return len(seen)

    asked()
    few = asked()
    for n in range(1, 5):
        more(cast, n)
    assert asked() == few
