"""The pages of tasks: who sees what, what they may do there, and that what people write stays words."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sundial.server.activity.models import DayTask
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from sundial.server.tasks import actions
from tests.cast import Cast, Player, make_person
from tests.server.devices.plays import audit
from tests.server.tasks.plays import give, project, stored

HOSTILE = "<script>alert(1)</script>\u202egnp"


def today() -> Any:
    return timezone.localtime(clock.now()).date()


def page(player: Player, path: str, status: int = 200) -> str:
    answer = player.client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def send(player: Player, path: str, body: dict[str, Any] | None = None, status: int = 302) -> HttpResponse:
    answer = player.client.post(path, body or {})
    assert answer.status_code == status, (path, answer.status_code, answer.content[-2000:])
    return answer


def shown(html: str) -> list[str]:
    """The titles in a table of tasks, from its top."""
    return re.findall(r'<th scope="row"><a href="/tasks/\d+/"><bdi[^>]*>([^<]*)</bdi>', html)


def rows_of(player: Player, path: str) -> list[dict[str, str]]:
    answer = player.client.get(path)
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def worked(cast: Cast, player: Player, task_id: int, minutes: int, days_ago: int = 0) -> None:
    """What the sum of a day says."""
    with acting_for(cast.company.pk), transaction.atomic():
        day = today() - timedelta(days=days_ago)
        DayTask.objects.create(
            company_id=cast.company.pk, user_id=player.id, day=day, task_id=task_id, ms=minutes * 60_000
        )


# -- the list -----------------------------------------------------------------------------------------


def test_the_list_says_what_is_still_to_do_and_done_ones_on_request(cast: Cast) -> None:
    late = give(cast.admin, cast.employee, "Late", due_date=today() - timedelta(days=1))
    give(cast.admin, cast.employee, "Soon", due_date=today())
    done = give(cast.admin, cast.employee, "Done already")
    actions.set_status(acting=cast.employee.acting, task_id=done, status="DONE", now=clock.now())
    html = page(cast.manager, "/tasks/")
    assert shown(html) == ["Late", "Soon"]
    assert "overdue" in html
    assert shown(page(cast.manager, "/tasks/?status=DONE")) == ["Done already"]
    assert set(shown(page(cast.manager, "/tasks/?status=all"))) == {"Late", "Soon", "Done already"}
    assert shown(page(cast.manager, "/tasks/?due=overdue")) == ["Late"]
    assert shown(page(cast.manager, "/tasks/?ordering=-title")) == ["Soon", "Late"]
    assert shown(page(cast.manager, f"/tasks/?person={cast.manager.id}")) == []
    assert "Show all tasks" in page(cast.manager, "/tasks/?search=nowhere")
    assert f'href="/tasks/{late}/"' in html


def test_everyone_sees_their_own_part(cast: Cast) -> None:
    colleague = make_person(cast.admin, Role.EMPLOYEE, "colleague")
    give(cast.admin, cast.employee, "employee's")
    give(cast.admin, colleague, "colleague's")
    give(cast.stranger, cast.stranger, "foreign")
    assert shown(page(cast.employee, "/tasks/")) == ["employee&#x27;s"]
    assert shown(page(cast.manager, "/tasks/")) == ["employee&#x27;s"]
    assert len(shown(page(cast.admin, "/tasks/"))) == 2
    own = page(cast.employee, "/tasks/")
    for what in ("New task", "/projects/", "assigned_to_id", "Whose tasks"):
        assert what not in own
    page(cast.owner, "/tasks/", 403)


def test_a_list_is_cut_into_pages_and_asks_as_often_for_many_as_for_one(cast: Cast) -> None:
    counts = []
    for many in (1, 22):
        for number in range(many):
            group = project(cast.admin, f"Project {many} {number}")
            worked(cast, cast.employee, give(cast.admin, cast.employee, f"Task {number}", project_id=group), 5)
        for path in ("/tasks/", "/tasks/?view=board", "/projects/"):
            with CaptureQueriesContext(connection) as asked:
                page(cast.manager, path)
            counts.append((path, len(asked)))
    assert counts[:3] == counts[3:]
    assert len(shown(page(cast.manager, "/tasks/"))) == 20
    assert len(shown(page(cast.manager, "/tasks/?page=2"))) == 3
    assert len(rows_of(cast.manager, "/tasks/?format=csv")) == 23


def test_a_task_asks_as_often_for_many_comments_as_for_one(cast: Cast) -> None:
    task_id, counts = give(cast.admin, cast.employee), []
    for _round in range(2):
        for player in (cast.admin, cast.manager, cast.employee):
            actions.comment(acting=player.acting, task_id=task_id, text="More", now=clock.now())
        with CaptureQueriesContext(connection) as asked:
            page(cast.manager, f"/tasks/{task_id}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_export_has_every_column_and_no_formula(cast: Cast) -> None:
    group = project(cast.admin, "Autumn")
    task_id = give(
        cast.admin, cast.employee, "=cmd|' /C calc'!A0", project_id=group, estimate_minutes=90, due_date=today()
    )
    worked(cast, cast.employee, task_id, 10)
    worked(cast, cast.employee, task_id, 5, days_ago=1)
    (row,) = rows_of(cast.manager, "/tasks/?format=csv")
    assert row["task"] == "'=cmd|' /C calc'!A0"
    assert (row["project"], row["person"], row["status"], row["due"]) == (
        "Autumn", "Employee Player", "OPEN", today().isoformat(),
    )  # fmt: skip
    assert (row["estimate minutes"], row["worked seconds"], row["assigned by"]) == ("90", "900", "Ada Admin")


def test_the_board_has_a_column_for_each_status(cast: Cast) -> None:
    give(cast.admin, cast.employee, "New one")
    begun = give(cast.admin, cast.employee, "Begun one")
    actions.set_progress(acting=cast.employee.acting, task_id=begun, progress=30, now=clock.now())
    html = page(cast.employee, "/tasks/?view=board")
    columns = re.split(r'id="board-', html)[1:]
    assert ["New one" in one for one in columns] == [True, False, False]
    assert ["Begun one" in one for one in columns] == [False, True, False]
    assert "30 %" in columns[1]
    send(cast.employee, f"/tasks/{begun}/move/", {"status": "DONE", "back": "/tasks/?view=board"})
    assert "Begun one" in re.split(r'id="board-', page(cast.employee, "/tasks/?view=board"))[3]


def test_what_people_write_stays_words_everywhere(cast: Cast) -> None:
    group = project(cast.admin, HOSTILE)
    task_id = give(cast.admin, cast.employee, HOSTILE, description=HOSTILE, project_id=group)
    actions.comment(acting=cast.employee.acting, task_id=task_id, text=HOSTILE, now=clock.now())
    for path in (
        "/tasks/", "/tasks/?view=board", f"/tasks/{task_id}/", f"/tasks/{task_id}/edit/", "/projects/",
        f"/projects/{group}/", f"/projects/{group}/edit/",
    ):  # fmt: skip
        assert "<script>alert(1)" not in page(cast.admin, path)
    assert "<script>alert(1)" not in page(cast.employee, "/dashboard/")


# -- several at once ----------------------------------------------------------------------------------


def test_several_tasks_are_moved_and_given_at_once(cast: Cast) -> None:
    ids = [give(cast.admin, cast.employee) for _one in range(3)]
    body = {"ids": ids[:2], "status": "IN_PROGRESS", "assigned_to_id": cast.manager.id, "back": "/tasks/?page=1"}
    answer = send(cast.manager, "/tasks/several/", body)
    assert answer["Location"] == "/tasks/?page=1"
    assert [(stored(cast.admin, one).status, stored(cast.admin, one).assigned_to_id) for one in ids] == [
        ("IN_PROGRESS", cast.manager.id), ("IN_PROGRESS", cast.manager.id), ("OPEN", cast.employee.id),
    ]  # fmt: skip
    send(cast.admin, "/tasks/several/", {"ids": ids, "assigned_to_id": "0"})
    assert {stored(cast.admin, one).assigned_to_id for one in ids} == {None}


def test_several_tasks_that_one_may_not_see_are_passed_over(cast: Cast) -> None:
    colleague = make_person(cast.admin, Role.EMPLOYEE, "colleague")
    mine, hidden = give(cast.admin, cast.employee), give(cast.admin, colleague)
    foreign = give(cast.stranger, cast.stranger)
    send(cast.employee, "/tasks/several/", {"ids": [mine, hidden, foreign, "x", 2**70], "status": "DONE"})
    assert [stored(cast.admin, one).status for one in (mine, hidden)] == ["DONE", "OPEN"]
    assert stored(cast.stranger, foreign).status == "OPEN"


def test_nobody_gives_several_tasks_to_somebody_who_is_not_theirs(cast: Cast) -> None:
    colleague = make_person(cast.admin, Role.EMPLOYEE, "colleague")
    ids = [give(cast.admin, cast.employee) for _one in range(2)]
    for person in (colleague.id, cast.stranger.id, "x"):
        answer = cast.manager.client.post("/tasks/several/", {"ids": ids, "assigned_to_id": person}, follow=True)
        assert "Choose one of your people." in answer.content.decode()
    send(cast.employee, "/tasks/several/", {"ids": ids, "assigned_to_id": cast.employee.id}, 403)
    assert {stored(cast.admin, one).assigned_to_id for one in ids} == {cast.employee.id}


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/tasks/\\evil", "", "/owner/"])
def test_a_form_leads_back_to_the_tasks_and_nowhere_else(cast: Cast, back: str) -> None:
    assert send(cast.employee, "/tasks/several/", {"back": back})["Location"] == "/tasks/"


# -- one task -----------------------------------------------------------------------------------------


def test_a_manager_gives_a_task_and_its_person_reads_moves_and_answers_it(cast: Cast) -> None:
    group = project(cast.admin, "Autumn", hue=3)
    body = {
        "title": "Proof the catalogue", "description": "First\n\nSecond", "assigned_to_id": cast.employee.id,
        "project_id": group, "due_date": (today() + timedelta(days=1)).isoformat(), "hours": "1.5",
    }  # fmt: skip
    address = send(cast.manager, "/tasks/new/", body)["Location"]
    html = page(cast.employee, address)
    for word in ("Proof the catalogue", "<p>Second</p>", "Autumn", "tomorrow", "1.5 hours", "Manager Player"):
        assert word in html, word
    assert "Delete" not in html
    send(cast.employee, f"{address}move/", {"progress": "40"})
    said = send(cast.employee, f"{address}comment/", {"text": "Half of it by Friday"})
    assert f'<li id="{said["Location"].rpartition("#")[2]}">' in page(cast.employee, address)
    html = page(cast.manager, address)
    told = ("Half of it by Friday", "moved it to In progress", "made it for Employee Player", "commented")
    assert [word for word in told if word not in html] == []
    assert 'value="40"' in html


def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_made(cast: Cast) -> None:
    colleague = make_person(cast.admin, Role.EMPLOYEE, "colleague")
    for body in (
        {"title": ""}, {"title": "x" * 201}, {"title": "A", "due_date": "soon"}, {"title": "A", "hours": "-1"},
        {"title": "A", "assigned_to_id": colleague.id}, {"title": "A", "due_date": "1066-10-14"},
        {"title": "A", "project_id": "77777777"},
    ):  # fmt: skip
        assert "field-error" in send(cast.manager, "/tasks/new/", body, 422).content.decode(), body
    assert shown(page(cast.admin, "/tasks/")) == []
    task_id = give(cast.admin, cast.employee)
    assert "field-error" in send(cast.admin, f"/tasks/{task_id}/edit/", {"title": ""}, 422).content.decode()
    assert "field-error" in send(cast.employee, f"/tasks/{task_id}/comment/", {"text": " "}, 422).content.decode()
    for progress in ("101", "x", "-1", "9" * 30, ""):
        send(cast.employee, f"/tasks/{task_id}/move/", {"progress": progress})
    send(cast.employee, f"/tasks/{task_id}/move/", {"status": "LATER"})
    assert (stored(cast.admin, task_id).progress, stored(cast.admin, task_id).status) == (0, "OPEN")


def test_a_task_is_edited_and_keeps_what_its_form_did_not_change(cast: Cast) -> None:
    group = project(cast.admin)
    task_id = give(cast.admin, cast.employee, project_id=group, estimate_minutes=45, due_date=today())
    actions.archive_project(acting=cast.admin.acting, project_id=group, archived=True, now=clock.now())
    html = page(cast.manager, f"/tasks/{task_id}/edit/")
    assert re.search(rf'<option value="{cast.employee.id}" selected', html)
    assert re.search(rf'<option value="{group}" selected', html)
    assert 'value="0.75"' in html
    body = {
        "title": "Other", "assigned_to_id": cast.employee.id, "project_id": group, "hours": "0.75",
        "due_date": today().isoformat(),
    }  # fmt: skip
    send(cast.manager, f"/tasks/{task_id}/edit/", body)
    row = stored(cast.admin, task_id)
    assert (row.title, row.project_id, row.estimate_minutes, row.due_date) == ("Other", group, 45, today())
    ((_entry, _personal, details),) = audit(cast.company.pk, "TASK_CHANGED")
    assert details == {"task": task_id, "fields": ["title"]}


def test_a_deleted_task_is_offered_back_once(cast: Cast) -> None:
    task_id = give(cast.admin, cast.employee, "Gone by mistake")
    send(cast.manager, f"/tasks/{task_id}/delete/")
    html = page(cast.manager, "/tasks/")
    assert "“Gone by mistake” was deleted." in html
    assert f"/tasks/{task_id}/restore/" in html
    assert "Gone by mistake" not in page(cast.manager, "/tasks/")
    page(cast.employee, f"/tasks/{task_id}/", 404)
    send(cast.manager, f"/tasks/{task_id}/restore/")
    assert shown(page(cast.employee, "/tasks/")) == ["Gone by mistake"]


def test_time_is_shown_by_person_for_those_who_may_see_them(cast: Cast) -> None:
    colleague = make_person(cast.admin, Role.EMPLOYEE, "colleague")
    group = project(cast.admin, "Autumn")
    task_id = give(cast.admin, cast.employee, project_id=group)
    worked(cast, cast.employee, task_id, 61)
    worked(cast, cast.employee, task_id, 1, days_ago=1)
    worked(cast, colleague, task_id, 30)
    everything, part = page(cast.admin, f"/tasks/{task_id}/"), page(cast.manager, f"/tasks/{task_id}/")
    assert "1:02:00" in everything
    assert "0:30:00" in everything
    assert "1:32:00" in everything
    assert "1:02:00" in part
    assert "0:30:00" not in part
    assert "Colleague" not in part
    assert "1:32:00" in page(cast.admin, f"/projects/{group}/")
    assert "1:32:00" in page(cast.admin, "/projects/")
    assert [row["worked seconds"] for row in rows_of(cast.admin, f"/projects/{group}/?format=csv")] == ["3720", "1800"]
    assert [row["worked seconds"] for row in rows_of(cast.manager, "/projects/?format=csv")] == ["3720"]


# -- projects, and one's own ----------------------------------------------------------------------------


def test_a_project_is_made_changed_archived_and_taken_out_again(cast: Cast) -> None:
    address = send(cast.manager, "/projects/new/", {"name": "Winter", "hue": "2"})["Location"]
    assert 'data-hue="2"' in page(cast.manager, address)
    assert "in use" in send(cast.admin, "/projects/new/", {"name": "Winter", "hue": "0"}, 422).content.decode()
    send(cast.manager, f"{address}edit/", {"name": "Winter line", "hue": "0"})
    send(cast.manager, f"{address}archive/", {"archived": "on"})
    assert "Winter line" not in page(cast.admin, "/projects/")
    assert "Winter line" in page(cast.admin, "/projects/?state=archived")
    assert "Winter line" not in page(cast.admin, "/tasks/new/")
    project(cast.admin, "Winter line")
    answer = cast.manager.client.post(f"{address}archive/", {"archived": "off"}, follow=True).content.decode()
    assert "A project of this name is in use." in answer


def test_a_manager_may_not_change_a_project_of_somebody_else(cast: Cast) -> None:
    address = f"/projects/{project(cast.admin)}/"
    assert f"{address}edit/" not in page(cast.manager, address)
    send(cast.manager, f"{address}edit/", {"name": "Mine", "hue": "0"}, 403)
    send(cast.manager, f"{address}archive/", {"archived": "on"}, 403)


def test_one_s_own_dashboard_shows_what_is_next(cast: Cast) -> None:
    assert "Nothing to do." in page(cast.employee, "/dashboard/")
    give(cast.admin, cast.employee, "Proof the catalogue", due_date=today())
    _before, found, rest = page(cast.employee, "/dashboard/").partition("Proof the catalogue")
    assert found
    assert "today" in rest[: rest.index("</section>")]


def test_everything_about_me_has_my_tasks_and_what_i_said_and_nobody_else_s(cast: Cast) -> None:
    task_id = give(cast.admin, cast.employee, "=Mine")
    give(cast.admin, cast.manager, "Another's")
    for player, words in ((cast.employee, "I begin"), (cast.admin, "Good")):
        actions.comment(acting=player.acting, task_id=task_id, text=words, now=clock.now())
    with zipfile.ZipFile(io.BytesIO(b"".join(cast.employee.client.get("/me/export/")))) as whole:
        mine = list(csv.DictReader(io.StringIO(whole.read("tasks.csv").decode())))
        said = list(csv.DictReader(io.StringIO(whole.read("comments.csv").decode())))
    assert [(row["id"], row["title"], row["status"]) for row in mine] == [(str(task_id), "'=Mine", "OPEN")]
    assert [(row["task_id"], row["text"]) for row in said] == [(str(task_id), "I begin")]


def test_mails_are_switched_off_and_on(cast: Cast) -> None:
    assert "You get a mail" in page(cast.employee, "/tasks/")
    send(cast.employee, "/tasks/mail/", {"wanted": "off"})
    page(cast.employee, "/tasks/")
    assert "No mails" not in page(cast.employee, "/tasks/")
    send(cast.employee, "/tasks/mail/", {"wanted": "on"})
    assert "No mails" in page(cast.employee, "/tasks/")
