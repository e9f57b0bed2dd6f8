"""The doors to what is in a file: what they answer of a file that is closed, gone, broken, moved or put back."""

from io import BytesIO

import pytest
from django.db import transaction
from django.http import HttpResponse
from PIL import Image

from sundial.server.companies.models import Company
from sundial.server.lib import clock
from sundial.server.lib.scope import acting_for
from sundial.server.vault import actions
from sundial.server.vault.gate import GUARDED
from sundial.server.vault.models import File, Version
from sundial.server.vault.storage import Place
from tests.cast import Cast, Player
from tests.server.vault import filed
from tests.server.vault.plays import attribute, put, told, uploads_of

PART = "application/offset+octet-stream"


@pytest.fixture
def finance(cast: Cast) -> Cast:
    """A company that says `finance` of its employee."""
    attribute(cast.admin, "finance", cast.employee)
    return cast


def fetch(by: Player, file: File, **headers: str) -> HttpResponse:
    return by.client.get(f"/vault/files/{file.pk}/content/", headers=headers)


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content)


def break_bytes(cast: Cast, file: File) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        path = Place(file.company_id, Version.objects.get(file_id=file.pk).storage).path
    sealed = bytearray(path.read_bytes())
    sealed[20] ^= 1
    path.write_bytes(sealed)


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize("asked", ["bytes=2-4", "bytes=-3", "bytes=99-"])
def test_no_part_of_a_file_that_is_closed_or_gone_is_told_not_even_its_length(finance: Cast, asked: str) -> None:
    closed, binned, erased = (filed.put(finance, b"Secret plan.") for _ in range(3))
    actions.bin_file(acting=finance.admin.acting, file_id=binned.pk, now=clock.now())
    actions.delete_for_good(acting=finance.admin.acting, file_id=erased.pk, now=clock.now())
    answers = [(403, fetch(finance.manager, closed, Range=asked))]
    answers += [(404, fetch(finance.employee, file, Range=asked)) for file in (binned, erased)]
    for status, answer in answers:
        assert answer.status_code == status
        assert not {"Content-Range", "ETag", "Accept-Ranges"} & set(answer.headers)


def test_a_version_that_was_put_back_is_read_again_under_the_rule_of_now(finance: Cast) -> None:
    file = filed.put(finance, b"first", rule="")
    with acting_for(finance.company.pk), transaction.atomic():
        filed.add_version(finance, file, b"second")
    actions.set_rule(acting=finance.admin.acting, file_id=file.pk, rule_text="finance", now=clock.now())
    assert body(fetch(finance.employee, file)) == b"second"
    actions.make_current(acting=finance.admin.acting, file_id=file.pk, number=1, now=clock.now())
    assert body(fetch(finance.employee, file)) == b"first"
    assert fetch(finance.admin, file).status_code == 403


def test_a_file_keeps_its_rule_wherever_it_and_its_folder_are_moved(finance: Cast) -> None:
    acting, now = finance.admin.acting, clock.now()
    plans, old = (actions.make_folder(acting=acting, name=name, now=now).pk for name in ("Plans", "Old"))
    file = put(finance.admin, rule="finance")
    actions.move(acting=acting, file_id=file.pk, folder_id=plans, now=now)
    actions.move_folder(acting=acting, folder_id=plans, parent_id=old, now=now)
    assert body(fetch(finance.employee, file)) == b"Secret plan.\n"
    assert fetch(finance.manager, file).status_code == 403


def test_a_picture_is_shown_as_another_picture_in_which_nothing_runs(finance: Cast) -> None:
    file = put(finance.admin, "plan.png", picture(), "finance")
    shown = finance.employee.client.get(f"/vault/files/{file.pk}/preview/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert {name: shown[name] for name in GUARDED} == GUARDED
    assert Image.open(BytesIO(shown.content)).size == (40, 30)
    assert finance.manager.client.get(f"/vault/files/{file.pk}/preview/").status_code == 404


def test_of_a_file_whose_bytes_were_changed_nothing_is_told_or_shown(finance: Cast) -> None:
    file = put(finance.admin, "plan.png", picture(), "finance")
    break_bytes(finance, file)
    for answer in (fetch(finance.employee, file), finance.employee.client.get(f"/vault/files/{file.pk}/preview/")):
        assert answer.status_code == 409
        assert b"cannot be read" in answer.content


def test_an_upload_under_way_keeps_its_room_when_the_plan_shrinks_and_the_next_is_refused_whole(cast: Cast) -> None:
    def begin(length: int) -> HttpResponse:
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": "filename YQ=="}
        return cast.employee.client.post("/vault/uploads/", headers=headers)

    def send(to: str, at: int, sent: bytes) -> HttpResponse:
        headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(at)}
        return cast.employee.client.generic("PATCH", to, sent, PART, headers=headers)

    where = begin(1_500_000)["Location"]
    assert send(where, 0, b"x" * 700_000)["Upload-Offset"] == "700000"
    with acting_for(cast.company.pk), transaction.atomic():
        Company.objects.filter(id=cast.company.pk).update(storage_limit_mb=1)
    refused = begin(10)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "no_room")
    assert "Delete files for good, or ask for a larger plan." in refused.json()["error"]["message"]
    assert len(uploads_of(cast.employee)) == 1
    assert send(where, 700_000, b"x" * 800_000)["Sundial-File"]
    assert [kind for kind, _data in told(cast.admin)] == ["file_uploaded"]
