"""The vault's pages: what each person is shown, how it is looked for, and the doors that uploads speak to."""

import base64
import json

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sundial.server.lib import clock
from sundial.server.vault import actions
from tests.cast import Cast, Player
from tests.server.portal.api.knock import token_headers
from tests.server.vault.plays import attribute, put, stored

PART = "application/offset+octet-stream"
TUS = {"Tus-Resumable": "1.0.0"}


def page(by: Player, query: str = "") -> str:
    return by.client.get(f"/vault/{query}").content.decode()


def metadata(**told: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


def begin(by: Player, length: int = 10, client: Client | None = None, **told: str) -> HttpResponse:
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(**{"filename": "a.txt", **told})}
    return (client or by.client).post("/vault/uploads/", headers=headers)


def send(by: Player, place: str, offset: int, content: bytes) -> HttpResponse:
    headers = {**TUS, "Upload-Offset": str(offset)}
    return by.client.generic("PATCH", place, content, PART, headers=headers)


def test_each_person_is_shown_what_opens_for_them_and_what_they_uploaded(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.manager)
    put(cast.admin, "Budget.csv", rule="finance")
    put(cast.employee, "Own notes.txt")
    assert "Budget.csv" in page(cast.manager)
    assert "Own notes.txt" not in page(cast.manager)
    assert "Budget.csv" not in page(cast.employee)
    assert "Own notes.txt" in page(cast.employee)
    both = page(cast.admin)
    assert "Budget.csv" in both
    assert "Own notes.txt" in both
    assert "Closed to you" in both


def test_an_empty_vault_says_what_to_do(cast: Cast) -> None:
    assert "No files yet" in page(cast.employee)
    assert "No file fits" in page(cast.employee, "?search=nothing")


def test_a_search_looks_in_all_folders_and_says_where_a_file_lies(cast: Cast) -> None:
    folder = actions.make_folder(acting=cast.employee.acting, name="Plans", now=clock.now())
    put(cast.employee, "Roof.txt", folder_id=folder.pk)
    assert "Roof.txt" not in page(cast.employee)
    assert "Roof.txt" in page(cast.employee, f"?folder={folder.pk}")
    found = page(cast.employee, "?search=ROOF")
    assert "Roof.txt" in found
    assert "Plans" in found
    assert "Roof.txt" in page(cast.employee, "?kind=text")
    assert "Roof.txt" not in page(cast.employee, "?kind=image")


def test_a_hostile_name_is_text_and_nothing_else(cast: Cast) -> None:
    put(cast.employee, "<script>alert(1)<script>.txt")
    shown = page(cast.employee)
    assert "<script>alert(1)" not in shown
    assert "&lt;script&gt;alert(1)" in shown


def test_the_list_as_csv_holds_all_pages_and_no_formulas(cast: Cast) -> None:
    for number in range(25):
        put(cast.employee, f"={number}.txt")
    answer = cast.employee.client.get("/vault/?search=txt&format=csv")
    lines = b"".join(answer).decode().splitlines()
    assert len(lines) == 26
    assert not any(cell.startswith("=") for line in lines for cell in line.split(","))


def test_however_many_files_and_rules_there_are_the_page_asks_the_database_as_often(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    put(cast.admin, "0.txt", rule="finance")
    counts = []
    for player in (cast.employee, cast.admin):
        page(player)
        with CaptureQueriesContext(
            connection,
        ) as few:
            page(player)
        counts.append(len(few))
    for number in range(1, 12):
        put(cast.manager, f"{number}.txt", rule=f"finance and not role = admin and time >= 00:{number:02}")
        actions.make_folder(acting=cast.manager.acting, name=f"Folder {number}", now=clock.now())
    for player, before in zip((cast.employee, cast.admin), counts, strict=True):
        with CaptureQueriesContext(connection) as many:
            page(player)
        assert len(many) <= before + 1, "one more: a page of many has the names of several people"


def test_chosen_files_are_moved_binned_brought_back_and_deleted_after_asking(cast: Cast) -> None:
    folder = actions.make_folder(acting=cast.employee.acting, name="Plans", now=clock.now())
    ids = [put(cast.employee, f"{n}.txt").pk for n in range(2)]
    client = cast.employee.client

    def several(do: str, **more: str) -> HttpResponse:
        return client.post("/vault/several/", {"ids": ids, "do": do, "next": "/vault/bin/", **more})

    assert several("move", folder=str(folder.pk))["Location"] == "/vault/bin/"
    assert {stored(cast.employee, key).folder_id for key in ids} == {folder.pk}
    several("bin")
    assert "0.txt" in client.get("/vault/bin/").content.decode()
    several("restore")
    assert stored(cast.employee, ids[0]).binned_at is None
    several("bin")
    asked = several("delete").content.decode()
    assert "Nobody can ever read them again" in asked
    assert stored(cast.employee, ids[0]).erased_at is None
    several("delete", sure="yes")
    assert stored(cast.employee, ids[0]).erased_at is not None


def test_a_file_is_renamed_from_the_list_and_an_old_page_is_told(cast: Cast) -> None:
    file = put(cast.employee)
    place = f"/vault/files/{file.pk}/change/"
    cast.employee.client.post(place, {"name": "New.txt", "folder": "", "revision": "1"})
    assert stored(cast.employee, file.pk).name == "New.txt"
    old = cast.admin.client.post(place, {"name": "Other.txt", "folder": "", "revision": "1"}, follow=True)
    assert "Somebody else changed this file meanwhile" in old.content.decode()
    assert stored(cast.employee, file.pk).name == "New.txt"


def test_an_upload_speaks_tus_begun_sent_in_parts_asked_about_and_ended(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    made = begin(cast.employee, rule="finance")
    assert (made.status_code, made["Tus-Resumable"]) == (201, "1.0.0")
    place = made["Location"]
    assert send(cast.employee, place, 0, b"012345")["Upload-Offset"] == "6"
    stands = cast.employee.client.head(place, headers=TUS)
    assert (stands["Upload-Offset"], stands["Upload-Length"], stands["Cache-Control"]) == ("6", "10", "no-store")
    assert send(cast.employee, place, 0, b"again").status_code == 409
    assert send(cast.employee, place, 6, b"67890").status_code == 422, "more than was announced"
    last = send(cast.employee, place, 6, b"6789")
    assert last.status_code == 204
    file = stored(cast.employee, int(last["Sundial-File"]))
    assert (file.name, file.size, file.rule_text) == ("a.txt", 10, "finance")
    assert cast.employee.client.head(place, headers=TUS).status_code == 404


def test_what_is_no_tus_is_refused_in_its_words(cast: Cast) -> None:
    client = cast.employee.client
    assert client.post("/vault/uploads/", headers={"Upload-Length": "1"}).status_code == 412
    assert client.post("/vault/uploads/", headers=TUS).status_code == 400
    place = begin(cast.employee)["Location"]
    assert client.generic("PATCH", place, b"x", "text/plain", headers={**TUS, "Upload-Offset": "0"}).status_code == 415
    assert client.generic("PATCH", place, b"x", PART, headers=TUS).status_code == 400
    assert client.put(place, headers=TUS).status_code == 405
    assert client.options("/vault/uploads/")["Tus-Max-Size"] == str(5 << 30)
    wrong = begin(cast.employee, rule="no-such-word")
    assert wrong.status_code == 422
    assert "no-such-word" in json.loads(wrong.content)["error"]["message"]
    assert begin(cast.employee, folder="x").status_code == 422


def test_an_upload_needs_the_page_s_token_or_a_program_s(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cast.employee.client.cookies
    assert begin(cast.employee, client=strict).status_code == 403
    headers = {**TUS, **token_headers(cast.employee), "Upload-Length": "0", "Upload-Metadata": metadata(filename="b")}
    made = Client(enforce_csrf_checks=True).post("/vault/uploads/", headers=headers)
    assert made.status_code == 201
    assert stored(cast.employee, int(made["Sundial-File"])).name == "b"


def test_a_folder_of_another_company_leads_nowhere(cast: Cast) -> None:
    folder = actions.make_folder(acting=cast.stranger.acting, name="Theirs", now=clock.now())
    assert cast.admin.client.get(f"/vault/?folder={folder.pk}").status_code == 404


def test_what_others_make_goes_straight_into_the_vault_behind_the_rule_that_is_said(cast: Cast) -> None:
    attribute(cast.admin, "finance", cast.employee)
    client = cast.employee.client
    asked = client.get("/vault/keep/me/").content.decode()
    assert "Everything about me" in asked
    assert "Whom does it open for?" in asked
    wrong = client.post("/vault/keep/me/", {"rule": "finanse"})
    assert (wrong.status_code, "Did you mean finance?" in wrong.content.decode()) == (422, True)
    made = client.post("/vault/keep/me/", {"rule": "finance"})
    about = stored(cast.employee, int(made["Location"].strip("/").split("/")[-1]))
    assert (about.name, about.media_type, about.rule_text) == ("everything-about-me.zip", "application/zip", "finance")
    report = client.post("/vault/keep/report/?report=daily&format=csv", {"rule": "finance"})
    daily = stored(cast.employee, int(report["Location"].strip("/").split("/")[-1]))
    assert daily.name.startswith("daily-")
    assert client.post("/vault/keep/report/?report=none&format=csv", {"rule": ""}).status_code == 404
    assert client.post("/vault/keep/prepared/?id=9", {"rule": ""}).status_code == 404
