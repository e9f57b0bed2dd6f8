"""Lists of people taken on from a file: looked at first, then taken as a whole or as far as they fit."""

from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from sundial.server.audit.models import Entry
from sundial.server.companies import actions, queries
from sundial.server.companies.models import Company
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.realtime.models import Event
from tests.cast import Cast, address, unique
from tests.server.companies.test_signing_in import actions_in

CONFIRM = "/employees/import/confirm/"


def here(cast: Cast) -> set[str]:
    with acting_for(cast.company.pk), transaction.atomic():
        return {row.user.email for row in queries.people(cast.admin.acting)}


def list_of(cast: Cast, good: int, bad: int) -> str:
    """A list in which each kind of fault comes up among people who fit."""
    with acting_for(cast.company.pk), transaction.atomic():
        actions.add_department(acting=cast.admin.acting, name="Design", parent_id=None, now=clock.now())
    word = unique("listed")
    rows = [f"{word}-{n}@example.test,Ada{n},Lind,employee,Design,Team" for n in range(good)]
    faults = (
        "nobody,Ada,Lind,,,",
        f"{cast.employee.email},Ada,Lind,,,",
        f"{word}-x@example.test,Ada,Lind,boss,,",
        f"{word}-y@example.test,Ada,Lind,,Nowhere,",
        f"{word}-z@example.test,Ada,Lind,,,Nobody",
    )
    for n in range(bad):
        rows.insert((n * 23) % len(rows), faults[n % len(faults)].replace("-x@", f"-x{n}@").replace("-y@", f"-y{n}@"))
    return "\n".join(["email,first name,last name,role,department,teams", *rows])


def looked_at(cast: Cast, text: str) -> str:
    sent = cast.admin.client.post("/employees/import/", {"list": ContentFile(text.encode(), "people.csv")})
    assert sent.status_code == 200
    return sent.content.decode()


def test_of_500_rows_the_20_bad_ones_are_named_with_why_and_nobody_is_added(cast: Cast) -> None:
    before, text = here(cast), list_of(cast, 480, 20)
    html = looked_at(cast, text)
    assert "20 of 500 lines do not fit" in html
    bad = html.split("data-bad")[1].split("</table>")[0]
    assert bad.count("<tr><td") == 20
    whys = ("This is not an e-mail address.", "This person is already in the company.", "There is no role boss")
    for why in (*whys, "There is no department Nowhere.", "There is no team Nobody."):
        assert why in bad
    assert here(cast) == before
    refused = cast.admin.client.post(CONFIRM, {"text": text})
    assert refused.status_code == 422
    assert "Nobody was added." in refused.content.decode()
    assert here(cast) == before


def test_those_who_fit_are_added_if_that_is_chosen(cast: Cast) -> None:
    before, text = here(cast), list_of(cast, 12, 5)
    answer = cast.admin.client.post(CONFIRM, {"text": text, "only_good": "yes", "invite": "on"}, follow=True)
    assert "12 people were added." in answer.content.decode()
    new = here(cast) - before
    assert len(new) == 12
    assert actions_in(cast.company.pk)[-1] == "EMPLOYEES_IMPORTED"
    with acting_for(cast.company.pk), transaction.atomic():
        people = [queries.as_person(row) for row in queries.people(cast.admin.acting) if row.user.email in new]
        teams = queries.teams_of([one.id for one in people])
    assert {(one.department, one.role) for one in people} == {("Design", Role.EMPLOYEE)}
    assert all([seat.team for seat in teams[one.id]] == ["Team"] for one in people)
    waiting = ProcrastinateJob.objects.filter(task_name="companies.mail_invitation")
    assert {job.args["user_id"] for job in waiting} >= {one.id for one in people}


def test_five_hundred_are_taken_on_with_a_few_statements(cast: Cast) -> None:
    def asked(count: int) -> int:
        text = "email,first name\n" + "\n".join(f"{address('many')},Ada{n}" for n in range(count))
        sent = {"text": text, "only_good": "yes", "invite": "on"}
        with CaptureQueriesContext(connection) as seen:
            assert cast.admin.client.post(CONFIRM, sent).status_code == 302
        return len(seen)

    asked(1)  # the first one begins what is there later
    few = asked(2)
    assert asked(498) <= few + 5
    with acting_for(cast.company.pk), transaction.atomic():
        assert Entry.objects.filter(action="EMPLOYEE_ADDED", target_id__isnull=False).count() >= 501
        events = Event.objects.filter(company_id=cast.company.pk, room="admin", kind="user_added")
        assert events.count() == events.values("offset").distinct().count() >= 501
    waiting = ProcrastinateJob.objects.filter(task_name="companies.mail_invitation", args__company_id=cast.company.pk)
    assert waiting.count() == 501


def test_who_was_let_go_comes_back_with_the_list(cast: Cast) -> None:
    with acting_for(cast.company.pk):
        lifecycle.let_go(acting=cast.admin.acting, user_id=cast.employee.id, now=clock.now())
    text = f"email,teams\n{cast.employee.email},Team\n{address('fresh')},Team\n"
    answer = cast.admin.client.post(CONFIRM, {"text": text}, follow=True)
    assert "2 people were added." in answer.content.decode()
    assert cast.employee.email in here(cast)


def test_seats_past_the_last_do_not_fit(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        Company.objects.filter(id=cast.company.pk).update(seats_limit=5)
    text = "email\n" + "\n".join(address("seat") for _ in range(4))
    html = looked_at(cast, text)
    assert "2 of 4 lines do not fit" in html
    assert html.count("No seat is left: the plan has 5.") == 2


def test_hostile_cells_are_text(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        team = actions.add_team(acting=cast.admin.acting, name="<b>Crew</b>", now=clock.now())
        assert team.pk
    email = address("hostile")
    text = f"email,first name,teams\n{email},<img src=x>,<b>Crew</b>\n</textarea><script>,x,\n"
    html = looked_at(cast, text)
    for mark in ("<img", "<b>Crew", "</textarea><script>"):
        assert mark not in html
    cast.admin.client.post(CONFIRM, {"text": text, "only_good": "yes"})
    assert email in here(cast)
    assert "<img src=x>" not in cast.admin.client.get("/employees/").content.decode()


def test_what_is_sent_without_a_look_is_looked_at_all_the_same(cast: Cast) -> None:
    for text in ("", "no list at all", "email\n"):
        answer = cast.admin.client.post(CONFIRM, {"text": text, "only_good": "yes"})
        assert answer.status_code == 422
    assert cast.admin.client.post("/employees/import/", {}).status_code == 422
    assert cast.manager.client.post(CONFIRM, {"text": "email\n"}).status_code == 403
    assert Client().post(CONFIRM, {"text": "email\n"}).status_code == 302


def test_the_template_is_a_list_that_can_be_imported(cast: Cast) -> None:
    text = cast.admin.client.get("/employees/import/template.csv").getvalue().decode()
    assert "All 2 people can be added" in looked_at(cast, text)
