"""`files` and `folders`: who sees what, what a form brings, what rules open, and that nothing is done twice."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from sundial.server.lib.acting import Role
from tests.cast import Cast, Player, make_person
from tests.server.devices.plays import audit
from tests.server.vault.plays import attribute, give, put, stored, told

FILES = "/api/v1/files"


def upload(
    by: Player, name: str = "plan.txt", content: bytes = b"Secret.", key: str = "", **fields: Any
) -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    form = {"file": SimpleUploadedFile(name, content), **fields}
    return by.client.post(FILES, form, headers=headers)


def send(by: Player, method: str, path: str, body: Any = None) -> HttpResponse:
    content = "" if body is None else json.dumps(body)
    return by.client.generic(method, f"{FILES}{path}", content, "application/json")


def names(by: Player, query: str = "") -> list[str]:
    return [one["name"] for one in by.client.get(f"{FILES}?{query}").json()["items"]]


def test_a_form_brings_a_file_with_its_rule(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    answer = upload(cast.employee, "Plan.txt", b"Secret.", policy="finance")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["name"], made["policy"], made["size"], made["opens"]) == ("Plan.txt", "finance", 7, True)
    assert made["media_type"] == "text/plain"
    assert send(cast.employee, "GET", f"/{made['id']}").json() == made


def test_a_manager_and_an_employee_see_what_opens_for_them_and_what_they_uploaded(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    colleague = make_person(cast.admin, Role.EMPLOYEE, "colleague")
    opens = put(cast.admin, "opens.txt", rule="finance")
    shut = put(cast.admin, "shut.txt", rule="finance and role = admin")
    own = put(cast.employee, "own.txt")
    assert names(cast.admin) == ["opens.txt", "own.txt", "shut.txt"]
    assert names(cast.employee) == ["opens.txt", "own.txt"]
    assert (names(cast.manager), names(colleague)) == ([], [])
    assert cast.stranger.client.get(FILES).json()["items"] == []
    assert cast.owner.client.get(FILES).status_code == 403
    for file, seen in ((opens, 200), (shut, 404), (own, 200)):
        assert send(cast.employee, "GET", f"/{file.pk}").status_code == seen
        assert send(cast.stranger, "GET", f"/{file.pk}").status_code == 404
        assert send(cast.owner, "GET", f"/{file.pk}").status_code == 404
    give(cast.admin, cast.employee)
    assert names(cast.employee) == ["own.txt"]


def test_the_same_key_twice_makes_one_file_and_another_file_under_it_is_refused(cast: Cast) -> None:
    first = upload(cast.employee, content=b"one", key="once")
    again = upload(cast.employee, content=b"one", key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert upload(cast.employee, content=b"two", key="once").status_code == 422
    assert names(cast.employee) == ["plan.txt"]


def test_a_form_without_a_file_and_a_rule_that_is_none_are_refused_by_field(cast: Cast) -> None:
    assert cast.employee.client.post(FILES, {"policy": ""}).json()["error"]["fields"].keys() == {"file"}
    refused = upload(cast.employee, policy="finance and")
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["policy"])
    taken = upload(cast.employee)
    assert taken.status_code == 201
    twice = upload(cast.employee).json()["error"]
    assert (twice["code"], list(twice["fields"])) == ("name_taken", ["name"])
    assert upload(cast.employee, same_name="both").json()["name"] == "plan (2).txt"
    assert send(cast.employee, "POST", "", {"policy": ""}).status_code == 422
    assert cast.employee.client.post(FILES, "x", content_type="text/plain").status_code == 415


def test_a_rule_is_written_by_an_administrator_alone_and_a_stale_one_is_told_the_difference(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    file = put(cast.employee)
    path = f"/{file.pk}/policy"
    assert send(cast.employee, "PUT", path, {"policy": "finance"}).status_code == 403
    assert send(cast.manager, "PUT", path, {"policy": "finance"}).status_code == 404
    made = send(cast.admin, "PUT", path, {"policy": "finance", "revision": 1})
    assert (made.status_code, made.json()["policy"], made.json()["revision"]) == (200, "finance", 2)
    stale = send(cast.admin, "PUT", path, {"policy": "not finance", "revision": 1})
    assert stale.status_code == 412
    assert stale.json()["error"]["difference"]["policy"] == "finance"
    assert send(cast.admin, "PUT", path, {"policy": "not finance", "revision": 2}).status_code == 200
    assert send(cast.admin, "DELETE", path).status_code == 204
    assert [kind for kind, _data in told(cast.admin)] == [
        "file_uploaded", "policy_added", "policy_updated", "policy_deleted",
    ]  # fmt: skip


def test_rules_of_many_go_at_once_with_one_event_and_an_outcome_for_each(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    ids = [put(cast.admin, f"{n}.txt", rule="finance").pk for n in range(3)]
    foreign = put(cast.stranger).pk
    answer = send(cast.admin, "POST", "/policies/bulk-delete", {"ids": [*ids, foreign]})
    assert answer.status_code == 200
    assert {one["id"]: one["done"] for one in answer.json()["items"]} == {**dict.fromkeys(ids, True), foreign: False}
    assert told(cast.admin, "policies_bulk_deleted") == [
        ("policies_bulk_deleted", {"files": ["0.txt", "1.txt", "2.txt"]})
    ]
    assert send(cast.employee, "POST", "/policies/bulk-delete", {"ids": ids}).status_code == 403


def test_a_file_is_deleted_brought_back_and_deleted_for_good(cast: Cast) -> None:
    file = put(cast.employee)
    path = f"/{file.pk}"
    assert send(cast.manager, "DELETE", path).status_code == 404
    assert send(cast.employee, "DELETE", path).status_code == 204
    assert send(cast.employee, "GET", path).status_code == 404
    assert names(cast.employee, "binned=true") == ["plan.txt"]
    assert send(cast.employee, "POST", f"{path}/restore").status_code == 200
    assert send(cast.employee, "DELETE", f"{path}?for_good=true").status_code == 204
    assert names(cast.employee, "binned=true") == []
    assert send(cast.employee, "POST", f"{path}/restore").status_code == 404
    assert (stored(cast.employee, file.pk).name, stored(cast.employee, file.pk).version) == ("", 0)


def test_a_file_is_renamed_and_moved(cast: Cast) -> None:
    file = put(cast.employee)
    made = cast.employee.client.post("/api/v1/folders", {"name": "Plans"}, content_type="application/json")
    folder = made.json()
    assert (made.status_code, folder["path"]) == (201, "Plans")
    moved = send(
        cast.employee, "PATCH", f"/{file.pk}", {"name": "New plan.txt", "folder_id": folder["id"], "revision": 1}
    )
    assert (moved.status_code, moved.json()["name"], moved.json()["folder"]) == (200, "New plan.txt", "Plans")
    assert names(cast.employee, f"folder_id={folder['id']}") == ["New plan.txt"]
    assert send(cast.employee, "PATCH", f"/{file.pk}", {"name": "x", "revision": 1}).status_code == 412
    assert send(cast.employee, "PATCH", f"/{file.pk}", {"folder_id": 999_999_999}).status_code == 422


def test_everybody_may_ask_why_a_file_opens_or_does_not_and_an_administrator_about_anybody(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    file = put(cast.manager, rule="finance")
    mine = send(cast.employee, "GET", f"/{file.pk}/access")
    assert (mine.status_code, mine.json()["allowed"]) == (200, True)
    other = send(cast.admin, "GET", f"/{file.pk}/access?user={cast.employee.id}").json()
    assert other["allowed"] is True
    shut = send(cast.admin, "GET", f"/{file.pk}/access").json()
    assert shut["allowed"] is False
    assert "finance" in shut["reason"]
    assert shut["parts"]["outcome"] == "false"
    assert send(cast.employee, "GET", f"/{file.pk}/access?user={cast.admin.id}").status_code == 403
    assert send(cast.admin, "GET", f"/{file.pk}/access?user={cast.stranger.id}").status_code == 404
    assert send(cast.stranger, "GET", f"/{file.pk}/access").status_code == 404


def test_a_new_version_comes_as_a_form_under_the_same_rule(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    file = put(cast.employee, rule="finance")
    form = {"file": SimpleUploadedFile("another name.txt", b"Second.")}
    made = cast.employee.client.post(f"{FILES}/{file.pk}/versions", form).json()
    assert (made["name"], made["version"], made["size"], made["policy"]) == ("plan.txt", 2, 7, "finance")


def test_a_folder_goes_into_the_bin_with_what_lies_in_it_if_all_of_it_is_ones_own(cast: Cast) -> None:
    def folder(by: Player, method: str, path: str = "", body: Any = None) -> HttpResponse:
        return by.client.generic(method, f"/api/v1/folders{path}", json.dumps(body or {}), "application/json")

    outer = folder(cast.employee, "POST", body={"name": "Outer"}).json()["id"]
    inner = folder(cast.employee, "POST", body={"name": "Inner", "parent_id": outer}).json()["id"]
    put(cast.manager, "theirs.txt", folder_id=inner)
    assert folder(cast.employee, "PATCH", f"/{outer}", {"parent_id": inner}).status_code == 422
    assert folder(cast.employee, "DELETE", f"/{outer}").status_code == 403
    assert folder(cast.manager, "PATCH", f"/{outer}", {"name": "Mine"}).status_code == 403
    assert folder(cast.stranger, "GET", f"/{outer}").status_code == 404
    assert [one["path"] for one in folder(cast.manager, "GET").json()["items"]] == ["Outer", "Outer / Inner"]
    assert folder(cast.admin, "DELETE", f"/{outer}").status_code == 204
    assert folder(cast.admin, "GET").json()["items"] == []
    assert names(cast.manager) == []
    assert names(cast.manager, "binned=true") == ["theirs.txt"]


def test_content_is_for_whom_the_rule_is_true_and_a_refusal_says_why_and_is_kept(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    file = put(cast.admin, content=b"0123456789", rule="finance")
    path = f"{FILES}/{file.pk}/content"
    whole = cast.employee.client.get(path)
    assert (whole.status_code, b"".join(whole)) == (200, b"0123456789")
    assert whole["Content-Disposition"] == 'attachment; filename="plan.txt"'
    part = cast.employee.client.get(path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, b"".join(part), part["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert cast.employee.client.get(path, headers={"Range": "bytes=10-"}).status_code == 416
    assert (cast.employee.client.head(path).status_code, cast.employee.client.head(path)["Content-Length"]) == (
        200,
        "10",
    )
    refused = cast.admin.client.get(path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "denied")
    assert "finance" in refused.json()["error"]["message"]
    assert len(audit(cast.company.pk, "FILE_DENIED")) == 1
    assert cast.stranger.client.get(path).status_code == 404
    assert cast.owner.client.get(path).status_code == 404
