"""`tasks` and `projects` of the public API."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sundial.server.lib import clock
from tests.cast import Cast, Player, make_person
from tests.server.devices.plays import audit
from tests.server.portal.api.knock import NOT_FOUND, ask, fields, problem
from tests.server.tasks.plays import give, project


def titles(player: Player, query: str = "") -> list[str]:
    return [one["title"] for one in ask(player, "GET", f"/tasks{query}").json()["items"]]


def test_a_task_is_made_read_changed_and_deleted(cast: Cast) -> None:
    group = project(cast.admin, "Autumn")
    body = {
        "title": " Proof\nthe catalogue ", "description": "All 40 pages", "project_id": group,
        "due_date": "2027-02-03", "estimate_minutes": 90, "assigned_to_id": cast.employee.id,
    }  # fmt: skip
    made = ask(cast.manager, "POST", "/tasks", body)
    assert made.status_code == 201
    task = made.json()
    assert (task["title"], task["project"], task["status"], task["progress"]) == (
        "Proof the catalogue", "Autumn", "OPEN", 0,
    )  # fmt: skip
    assert (task["assigned_to"], task["assigned_by"], task["due_date"]) == (
        "Employee Player", "Manager Player", "2027-02-03",
    )  # fmt: skip
    path = f"/tasks/{task['id']}"
    assert ask(cast.employee, "GET", path).json() == task
    changed = ask(cast.admin, "PATCH", path, {"due_date": None, "project_id": None, "estimate_minutes": None}).json()
    assert (changed["due_date"], changed["project_id"], changed["estimate_minutes"]) == (None, None, None)
    assert ask(cast.manager, "DELETE", path).status_code == 204
    assert ask(cast.admin, "GET", path).content == NOT_FOUND
    assert ask(cast.manager, "POST", f"{path}/restore").json() == changed
    assert ask(cast.manager, "POST", f"{path}/restore").json() == changed


def test_whoever_has_a_task_says_how_far_it_is_and_nothing_else(cast: Cast) -> None:
    path = f"/tasks/{give(cast.admin, cast.employee)}"
    half = ask(cast.employee, "PATCH", path, {"progress": 50}).json()
    assert (half["status"], half["progress"], half["completed_at"]) == ("IN_PROGRESS", 50, None)
    done = ask(cast.employee, "PATCH", path, {"progress": 100}).json()
    assert (done["status"], done["progress"]) == ("DONE", 100)
    assert done["completed_at"] is not None
    again = ask(cast.employee, "PATCH", path, {"status": "OPEN"}).json()
    assert (again["status"], again["progress"], again["completed_at"]) == ("OPEN", 0, None)
    for refused in ({"title": "Mine"}, {"assigned_to_id": None}, {"due_date": "2027-01-01", "status": "DONE"}):
        assert problem(ask(cast.employee, "PATCH", path, refused)) == (403, "forbidden")
    assert ask(cast.employee, "GET", path).json() == again
    assert problem(ask(cast.employee, "DELETE", path)) == (403, "forbidden")
    assert problem(ask(cast.employee, "POST", "/tasks", {"title": "Mine"})) == (403, "forbidden")


def test_a_colleague_s_foreign_and_unknown_task_are_the_same_bytes(cast: Cast) -> None:
    colleague = make_person(cast.admin, "EMPLOYEE", "colleague")
    hidden = [give(cast.admin, colleague), give(cast.admin), give(cast.stranger, cast.stranger), 2**62]
    for task_id in hidden:
        for method, path, body in (
            ("GET", "", None), ("PATCH", "", {"status": "DONE"}), ("DELETE", "", None), ("GET", "/comments", None),
            ("POST", "/comments", {"text": "x"}), ("POST", "/restore", None),
        ):  # fmt: skip
            for player in (cast.employee, cast.manager):
                assert ask(player, method, f"/tasks/{task_id}{path}", body).content == NOT_FOUND
    assert problem(ask(cast.owner, "GET", "/tasks")) == (403, "forbidden")


def test_everyone_lists_what_they_may_see_and_no_more(cast: Cast) -> None:
    colleague = make_person(cast.admin, "EMPLOYEE", "colleague")
    give(cast.admin, cast.employee, "employee's")
    give(cast.admin, colleague, "colleague's")
    give(cast.admin, cast.manager, "manager's")
    give(cast.manager, None, "nobody's, by the manager")
    give(cast.stranger, cast.stranger, "foreign")
    assert sorted(titles(cast.employee)) == ["employee's"]
    assert sorted(titles(cast.manager)) == ["employee's", "manager's", "nobody's, by the manager"]
    assert sorted(titles(cast.admin)) == ["colleague's", "employee's", "manager's", "nobody's, by the manager"]
    assert titles(cast.manager, "?whose=mine") == ["manager's"]
    assert titles(cast.manager, "?whose=team") == ["employee's"]
    assert titles(cast.admin, "?whose=nobody") == ["nobody's, by the manager"]
    assert titles(cast.admin, f"?user_id={colleague.id}") == ["colleague's"]
    assert titles(cast.manager, f"?user_id={colleague.id}") == []


def test_tasks_are_found_by_day_status_words_and_project(cast: Cast) -> None:
    today = timezone.localtime(clock.now()).date()
    group = project(cast.admin, "Autumn")
    late = give(cast.admin, cast.employee, "Late", due_date=today - timedelta(days=1))
    give(cast.admin, cast.employee, "Today", due_date=today, description="Find 50 % of it")
    give(cast.admin, cast.employee, "Far", due_date=today + timedelta(days=40), project_id=group)
    give(cast.admin, cast.employee, "Whenever")
    over = give(cast.admin, cast.employee, "Over", due_date=today - timedelta(days=3))
    ask(cast.employee, "PATCH", f"/tasks/{over}", {"status": "DONE"})
    ask(cast.employee, "PATCH", f"/tasks/{late}", {"progress": 10})
    assert titles(cast.admin) == ["Over", "Late", "Today", "Far", "Whenever"]
    assert titles(cast.admin, "?due=overdue") == ["Late"]
    assert titles(cast.admin, "?due=today") == ["Today"]
    assert "Today" in titles(cast.admin, "?due=week")
    assert "Far" not in titles(cast.admin, "?due=week")
    assert titles(cast.admin, "?due=none") == ["Whenever"]
    assert titles(cast.admin, "?status=IN_PROGRESS") == ["Late"]
    assert titles(cast.admin, "?status=unfinished&ordering=-title") == ["Whenever", "Today", "Late", "Far"]
    assert titles(cast.admin, "?ordering=status")[-1] == "Over"
    assert titles(cast.admin, f"?project_id={group}") == ["Far"]
    assert titles(cast.admin, "?search=autumn") == ["Far"]
    assert titles(cast.admin, "?search=50+%25") == ["Today"]
    assert titles(cast.admin, "?page_size=2&page=3") == ["Whenever"]
    assert titles(cast.admin, "?page_size=2&page=4") == []


def test_what_does_not_fit_is_named(cast: Cast) -> None:
    colleague = make_person(cast.admin, "EMPLOYEE", "colleague")
    archived = project(cast.admin, "Old")
    ask(cast.admin, "DELETE", f"/projects/{archived}")
    for field, value in (
        ("title", "  "), ("title", "x" * 201), ("title", "\x00"), ("description", "x" * 5001),
        ("due_date", "1999-12-31"), ("due_date", "soon"), ("estimate_minutes", 0), ("project_id", archived),
        ("project_id", 2**62), ("assigned_to_id", colleague.id), ("assigned_to_id", cast.stranger.id),
        ("assigned_to_id", "1"), ("assigned_to_id", -1),
    ):  # fmt: skip
        assert fields(ask(cast.manager, "POST", "/tasks", {"title": "A", field: value})) == {field}, (field, value)
    assert titles(cast.admin) == []


def test_a_task_may_stay_in_a_project_that_was_archived(cast: Cast) -> None:
    group = project(cast.admin)
    path = f"/tasks/{give(cast.admin, cast.employee, project_id=group)}"
    ask(cast.admin, "PATCH", f"/projects/{group}", {"archived": True})
    assert ask(cast.admin, "PATCH", path, {"title": "Other", "project_id": group}).status_code == 200


def test_what_is_said_stays_in_its_order_and_out_of_the_log(cast: Cast) -> None:
    path = f"/tasks/{give(cast.admin, cast.employee)}/comments"
    first = ask(cast.employee, "POST", path, {"text": "It is <b>late</b>"})
    assert (first.status_code, first.json()["author"]) == (201, "Employee Player")
    ask(cast.manager, "POST", path, {"text": "Take your time"})
    assert [one["text"] for one in ask(cast.admin, "GET", path).json()["items"]] == [
        "It is <b>late</b>", "Take your time",
    ]  # fmt: skip
    second = ask(cast.admin, "GET", f"{path}?page=2&page_size=1").json()
    assert ([one["text"] for one in second["items"]], second["count"], second["pages"]) == (["Take your time"], 2, 2)
    assert fields(ask(cast.admin, "POST", path, {"text": " "})) == {"text"}
    for entry, personal, details in audit(cast.company.pk, "TASK_COMMENTED"):
        assert "late" not in f"{entry.details} {personal.description} {personal.more} {details}"


def test_a_project_is_made_changed_and_archived_by_whoever_may(cast: Cast) -> None:
    made = ask(cast.manager, "POST", "/projects", {"name": " Winter  line ", "colour": 3})
    assert made.status_code == 201
    one = made.json()
    assert (one["name"], one["colour"], one["archived"], one["made_by"]) == ("Winter line", 3, False, "Manager Player")
    path = f"/projects/{one['id']}"
    give(cast.admin, cast.employee, project_id=one["id"])
    give(cast.admin, None, project_id=one["id"])
    assert ask(cast.admin, "GET", path).json()["open_tasks"] == 2
    assert ask(cast.manager, "GET", path).json()["open_tasks"] == 1, "counted are the tasks that one may see"
    assert fields(ask(cast.admin, "POST", "/projects", {"name": "Winter line"})) == {"name"}
    assert ask(cast.admin, "PATCH", path, {"name": "Winter"}).json()["name"] == "Winter"
    assert ask(cast.manager, "DELETE", path).status_code == 204
    assert [one["name"] for one in ask(cast.admin, "GET", "/projects?state=archived").json()["items"]] == ["Winter"]
    assert ask(cast.admin, "GET", "/projects?state=active&search=winter").json()["items"] == []
    project(cast.admin, "Winter")
    assert fields(ask(cast.admin, "PATCH", path, {"archived": False})) == {"name"}


def test_a_manager_changes_no_project_of_somebody_else(cast: Cast) -> None:
    path = f"/projects/{project(cast.admin)}"
    assert problem(ask(cast.manager, "PATCH", path, {"name": "Mine"})) == (403, "forbidden")
    assert problem(ask(cast.manager, "DELETE", path)) == (403, "forbidden")
    assert problem(ask(cast.employee, "GET", "/projects")) == (403, "forbidden")
    for player in (cast.employee, cast.stranger, cast.owner):
        assert ask(player, "GET", path).content == NOT_FOUND


def test_a_list_asks_as_often_for_many_as_for_one(cast: Cast) -> None:
    counts = []
    for _round in range(2):
        for _one in range(4):
            give(cast.admin, cast.employee, project_id=project(cast.admin, f"P{clock.now().timestamp()}"))
        for path in ("/tasks", "/projects"):
            with CaptureQueriesContext(connection) as asked:
                ask(cast.manager, "GET", path)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
