"""Screenshots: the door, the worker, who may look, and what deleting means."""

import json
import struct
import zlib
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from PIL import Image
from pytest_django import Settings

from sundial.server.activity import actions, jobs, queries, storage
from sundial.server.activity.models import PersonKey, Screenshot, Span
from sundial.server.activity.types import NO_SESSION, PictureState
from sundial.server.companies.actions.limits import set_limits
from sundial.server.companies.types import Limits
from sundial.server.lib import clock
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.sealing import SealBroken
from sundial.server.lifecycle import actions as lifecycle
from tests.cast import Cast, Player
from tests.server.activity.plays import begin, picture, span, usage
from tests.server.devices.plays import audit, enrol
from tests.server.tracking.plays import save

DOOR = "/agent/v1/screenshots"


def meta(**more: Any) -> dict[str, Any]:
    """What a device tells of a picture."""
    told = {"eid": str(uuid4()), "taken_at": clock.iso(clock.now()), "session": str(uuid4()), "screen": 0}
    return {**told, "blurred": False, "mono_ms": 1, "boot_id": "b", **more}


def send(token: str, image: bytes | None = None, told: dict[str, Any] | None = None) -> HttpResponse:
    """Knock as an agent does."""
    parts: dict[str, Any] = {"meta": json.dumps(told or meta())}
    parts["image"] = SimpleUploadedFile("picture", picture() if image is None else image)
    return Client(enforce_csrf_checks=True).post(DOOR, parts, headers={"Authorization": f"Bearer {token}"})


def refused(answer: HttpResponse, status: int, code: str) -> bool:
    """A refusal in the protocol's words."""
    return (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def row_of(company_id: int, screenshot_id: int) -> Screenshot:
    with acting_for(company_id), transaction.atomic():
        return Screenshot.objects.select_related("key").get(id=screenshot_id)


def taken(cast: Cast, player: Player | None = None, **more: Any) -> int:
    """A picture of the employee that the worker has made anew; its id."""
    person = player or cast.employee
    answer = send(enrol(cast, person).token, told=meta(**more))
    assert answer.status_code == 201, answer.content
    screenshot_id: int = answer.json()["id"]
    jobs.make_picture(person.acting.company_id or 0, screenshot_id)
    return screenshot_id


def file_of(company_id: int, screenshot_id: int, part: str) -> Path:
    return (
        Path(django_settings.PICTURES_DIR) / str(company_id) / f"{screenshot_id % 100:02}" / f"{screenshot_id}.{part}"
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_sealed_made_anew_and_opened_by_the_person(cast: Cast, kind: str) -> None:
    image = picture(640, 400, kind)
    answer = send(enrol(cast).token, image)
    assert answer.status_code == 201
    screenshot_id, company_id = answer.json()["id"], cast.company.pk
    sealed = file_of(company_id, screenshot_id, "original").read_bytes()
    assert image[:200] not in sealed
    assert row_of(company_id, screenshot_id).state == PictureState.RECEIVED
    jobs.make_picture(company_id, screenshot_id)
    row = row_of(company_id, screenshot_id)
    assert (row.state, row.width, row.height) == (PictureState.READY, 640, 400)
    assert not file_of(company_id, screenshot_id, "original").exists()
    for thumb in (False, True):
        made = actions.open_picture(acting=cast.employee.acting, screenshot_id=screenshot_id, thumb=thumb, now=cast.now)
        with Image.open(BytesIO(made)) as opened:
            assert opened.format == "WEBP"
        assert not thumb or len(made) <= 8192
    assert row.bytes > row.thumb_bytes > 0


def test_the_worker_s_job_comes_with_the_row(cast: Cast) -> None:
    screenshot_id = send(enrol(cast).token).json()["id"]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'activity.make_picture' "
            "AND (args->>'screenshot_id')::bigint = %s AND (args->>'company_id')::bigint = %s",
            [screenshot_id, cast.company.pk],
        )
        assert cursor.fetchone() == (1,)


def test_the_same_again_is_the_same_and_another_under_its_name_a_conflict(cast: Cast) -> None:
    token, told, image = enrol(cast).token, meta(), picture()
    first = send(token, image, told)
    again = send(token, image, told)
    assert (again.status_code, again.json()) == (201, first.json())
    assert refused(send(token, picture(100, 100), told), 409, "conflict")
    assert refused(send(enrol(cast).token, image, told), 409, "conflict")


def test_the_same_name_in_another_company_is_another_picture(cast: Cast) -> None:
    told = meta()
    first, second = send(enrol(cast).token, told=told), send(enrol(cast, cast.stranger).token, told=told)
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] != second.json()["id"]


def test_an_absurd_time_is_replaced_by_that_of_arrival_and_marked(cast: Cast) -> None:
    token = enrol(cast).token
    for absurd in ("1999-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "yesterday", "2026-01-01T00:00:00"):
        row = row_of(cast.company.pk, send(token, told=meta(taken_at=absurd)).json()["id"])
        assert row.told_at == absurd
        assert abs(row.taken_at - clock.now()) < timedelta(minutes=5)
    honest = clock.now() - timedelta(days=2)
    row = row_of(cast.company.pk, send(token, told=meta(taken_at=clock.iso(honest))).json()["id"])
    assert (row.told_at, abs(row.taken_at - honest) < timedelta(seconds=1)) == ("", True)


def test_only_devices_that_may_are_heard(cast: Cast) -> None:
    assert refused(send("sdd_nonsense"), 401, "unauthorized")
    token = enrol(cast).token
    save(cast, {"screenshots_enabled": False})
    assert refused(send(token), 403, "screenshots_disabled")
    save(cast, {"screenshots_enabled": True})
    lifecycle.suspend_company(acting=cast.owner.acting, company_id=cast.company.pk, reason="", now=clock.now())
    assert refused(send(token), 403, "suspended")


def test_what_is_no_picture_is_refused_by_its_content(cast: Cast) -> None:
    token = enrol(cast).token
    for wrong in (
        b"",
        b"GIF89a" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        picture()[:20],
    ):
        assert send(token, wrong).status_code in {400, 422}
    for told in ({}, {"eid": "x"}, meta(screen=-1)):
        headers = {"Authorization": f"Bearer {token}"}
        parts = {"meta": json.dumps(told), "image": SimpleUploadedFile("p", picture())}
        assert refused(Client().post(DOOR, parts, headers=headers), 400, "malformed")
    assert refused(Client().post(DOOR, {"meta": json.dumps(meta())}, headers=headers), 400, "malformed")
    assert refused(Client().post(DOOR, b"{}", content_type="application/json", headers=headers), 400, "malformed")


def test_too_many_bytes_are_refused(cast: Cast) -> None:
    save(cast, {"max_screenshot_size_mb": 1})
    image = picture() + b"\0" * (1 << 20)
    assert refused(send(enrol(cast).token, image), 413, "too_large")


def bomb(width: int, height: int) -> bytes:
    """A small PNG of very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(9), b"\0" * (1 + (width + 7) // 8)
    rows = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_bomb_is_refused_before_it_is_decoded(cast: Cast) -> None:
    image = bomb(20_000, 20_000)
    assert len(image) < 100_000
    assert refused(send(enrol(cast).token, image), 413, "too_large")


def test_what_the_worker_cannot_read_is_broken_with_its_reason_and_its_bytes_are_gone(cast: Cast) -> None:
    torn = picture(600, 400)[:300]
    screenshot_id = send(enrol(cast).token, torn).json()["id"]
    jobs.make_picture(cast.company.pk, screenshot_id)
    row = row_of(cast.company.pk, screenshot_id)
    assert (row.state, bool(row.problem), row.bytes) == (PictureState.BROKEN, True, 0)
    assert not file_of(cast.company.pk, screenshot_id, "original").exists()
    with pytest.raises(NotFound):
        actions.open_picture(acting=cast.employee.acting, screenshot_id=screenshot_id, now=cast.now)


def test_over_the_quota_nothing_is_taken_and_the_words_say_why(cast: Cast, settings: Settings) -> None:
    token = enrol(cast).token
    settings.PICTURES_QUOTA = len(picture()) + 10
    assert send(token).status_code == 201
    answer = send(token)
    assert refused(answer, 403, "quota")
    assert "room" in answer.json()["error"]["message"]
    assert send(enrol(cast, cast.stranger).token).status_code == 201, "each company has its own"


def test_a_plan_without_room_takes_nothing_and_a_larger_one_at_once(cast: Cast) -> None:
    token, owner = enrol(cast).token, cast.owner.acting
    set_limits(acting=owner, company_id=cast.company.pk, limits=Limits("Full", storage_mb=0))
    answer = send(token)
    assert refused(answer, 403, "quota")
    assert "a larger plan" in answer.json()["error"]["message"]
    set_limits(acting=owner, company_id=cast.company.pk, limits=Limits("Larger", storage_mb=1))
    assert send(token).status_code == 201


def test_a_look_at_somebody_else_s_picture_is_written_down_once_and_shown_to_them(cast: Cast) -> None:
    screenshot_id = taken(cast)
    for player in (cast.employee, cast.admin, cast.admin, cast.manager):
        actions.open_picture(acting=player.acting, screenshot_id=screenshot_id, now=cast.now)
    looks = queries.who_looked(cast.employee.acting, cast.employee.id)
    assert [(look.by, look.screenshot_id) for look in looks] == [
        (cast.manager.email, screenshot_id),
        (cast.admin.email, screenshot_id),
    ]
    later = cast.now + timedelta(minutes=11)
    actions.open_picture(acting=cast.admin.acting, screenshot_id=screenshot_id, now=later)
    assert len(queries.who_looked(cast.employee.acting, cast.employee.id)) == 3


def seen(player: Player, now: datetime, *screenshot_ids: int) -> int:
    """A page shows these small pictures to somebody; how many entries that made."""
    return actions.record_pictures_seen(acting=player.acting, screenshot_ids=screenshot_ids, now=now)


def test_small_pictures_shown_at_once_are_one_look_for_each_person_and_day(cast: Cast) -> None:
    moment = clock.iso(cast.now)
    first, second = (taken(cast, taken_at=moment) for _ in range(2))
    other, own, foreign = (taken(cast, one, taken_at=moment) for one in (cast.manager, cast.admin, cast.stranger))
    assert seen(cast.admin, cast.now, first, second, other, own, foreign) == 2
    (look,) = queries.who_looked(cast.employee.acting, cast.employee.id)
    assert (look.by, look.day, look.screenshot_ids) == (cast.admin.email, cast.now.date().isoformat(), (first, second))
    (alone,) = queries.who_looked(cast.manager.acting, cast.manager.id)
    assert (alone.screenshot_id, alone.day) == (other, "")
    told = {
        personal.target: (personal.description, details)
        for _, personal, details in audit(cast.company.pk, "SCREENSHOT_VIEWED")
    }
    description, details = told[cast.employee.email]
    assert details == {"day": look.day, "pictures": 2, "screenshot_ids": [first, second]}
    assert description == f"{cast.admin.email} looked at 2 screenshots of {cast.employee.email}, of the day {look.day}"


def test_a_small_picture_that_was_not_among_those_shown_is_a_look_of_its_own(cast: Cast) -> None:
    moment = clock.iso(cast.now)
    first, second, third = (taken(cast, taken_at=moment) for _ in range(3))
    seen(cast.admin, cast.now, first, second)
    for one in (first, second, third):
        actions.open_picture(acting=cast.admin.acting, screenshot_id=one, thumb=True, now=cast.now)
    looks = queries.who_looked(cast.employee.acting, cast.employee.id)
    assert [look.screenshot_ids for look in looks] == [(third,), (first, second)]
    assert seen(cast.admin, cast.now + timedelta(minutes=9), first, second, third) == 0
    assert seen(cast.manager, cast.now, first, second) == 1, "each reader's look is their own"
    assert seen(cast.admin, cast.now + timedelta(minutes=11), first, second, third) == 1


def test_a_picture_opened_whole_is_a_look_of_its_own(cast: Cast) -> None:
    moment = clock.iso(cast.now)
    first, second = (taken(cast, taken_at=moment) for _ in range(2))
    seen(cast.admin, cast.now, first, second)
    actions.open_picture(acting=cast.admin.acting, screenshot_id=first, now=cast.now)
    looks = queries.who_looked(cast.employee.acting, cast.employee.id)
    assert [look.screenshot_ids for look in looks] == [(first,), (first, second)]


def test_a_picture_is_unknown_to_everyone_else(cast: Cast) -> None:
    screenshot_id, foreign = taken(cast, cast.admin), taken(cast, cast.stranger)
    for player in (cast.employee, cast.manager, cast.owner, cast.stranger):
        with pytest.raises(NotFound):
            actions.open_picture(acting=player.acting, screenshot_id=screenshot_id, now=cast.now)
    with pytest.raises(NotFound):
        actions.open_picture(acting=cast.admin.acting, screenshot_id=foreign, now=cast.now)


def test_bytes_that_were_changed_or_moved_do_not_open(cast: Cast) -> None:
    first, second = taken(cast), taken(cast)
    here, there = (file_of(cast.company.pk, one, "picture") for one in (first, second))
    kept = here.read_bytes()
    here.write_bytes(there.read_bytes())
    for wrong in (here.read_bytes(), kept[:-1], kept[:40] + bytes([kept[40] ^ 1]) + kept[41:], b""):
        here.write_bytes(wrong)
        with pytest.raises(NotFound):
            actions.open_picture(acting=cast.employee.acting, screenshot_id=first, now=cast.now)
    here.write_bytes(kept)
    assert actions.open_picture(acting=cast.employee.acting, screenshot_id=first, now=cast.now)


def test_a_picture_is_deleted_by_the_person_or_an_admin_alone(cast: Cast) -> None:
    screenshot_id = taken(cast)
    for player, wanted in ((cast.manager, NotAllowed), (cast.stranger, NotFound), (cast.owner, NotFound)):
        with pytest.raises(wanted):
            actions.delete_screenshot(acting=player.acting, screenshot_id=screenshot_id, now=cast.now)
    actions.delete_screenshot(acting=cast.employee.acting, screenshot_id=screenshot_id, now=cast.now)
    assert not file_of(cast.company.pk, screenshot_id, "picture").exists()
    assert len(audit(cast.company.pk, "SCREENSHOT_DELETED")) == 1
    with pytest.raises(NotFound):
        actions.delete_screenshot(acting=cast.admin.acting, screenshot_id=screenshot_id, now=cast.now)


def test_with_a_picture_goes_the_time_it_covers_if_the_person_wishes(cast: Cast) -> None:
    now = clock.now().replace(microsecond=0)
    start = now - timedelta(hours=1)
    session = begin(cast, at=start)
    begun = [span(session, start + timedelta(minutes=5 * n), 300, keys=50) for n in range(10)]
    at = start + timedelta(minutes=33)
    screenshot_id = taken(cast, session=str(session.uuid), taken_at=clock.iso(at))
    actions.rebuild_usage(company_id=cast.company.pk, user_id=cast.employee.id, start=start, end=now)
    before = sum(row[0] for row in usage(cast.company.pk, cast.employee.id).values())
    seconds = actions.delete_screenshot(
        acting=cast.employee.acting, screenshot_id=screenshot_id, take_time=True, now=now
    )
    after = sum(row[0] for row in usage(cast.company.pk, cast.employee.id).values())
    assert (seconds, before - after) == (600, 600_000)
    with acting_for(cast.company.pk), transaction.atomic():
        emptied = set(Span.objects.filter(session=NO_SESSION).values_list("eid", "name", "keys"))
        assert {one.eid for one in begun[4:7]} == {eid for eid, _name, _keys in emptied}
        assert {(name, keys) for _eid, name, keys in emptied} == {("", 0)}
        parts = Span.objects.filter(session=session.uuid).exclude(eid__in=[one.eid for one in begun])
        assert sorted((part.ended - part.started).seconds for part in parts) == [120, 180]
    ((_entry, _personal, details),) = audit(cast.company.pk, "SCREENSHOT_DELETED")
    assert details["seconds"] == 600


def test_erasing_destroys_the_key_and_what_a_backup_brings_back_stays_closed(cast: Cast) -> None:
    screenshot_id, others = taken(cast), taken(cast, cast.admin)
    path = file_of(cast.company.pk, screenshot_id, "picture")
    backup, row = path.read_bytes(), row_of(cast.company.pk, screenshot_id)
    with pytest.raises(NotAllowed):
        actions.erase_pictures_of(acting=cast.manager.acting, user_id=cast.employee.id, now=cast.now)
    erased = actions.erase_pictures_of(acting=cast.employee.acting, user_id=cast.employee.id, now=cast.now)
    assert (erased.pictures, erased.keys) == (1, 1)
    assert erased.bytes == row.bytes + row.thumb_bytes
    assert not path.exists()
    path.write_bytes(backup)
    key = row_of(cast.company.pk, screenshot_id).key
    assert key.wrapped is None
    with pytest.raises(SealBroken):
        storage.read(row, key, storage.Part.PICTURE)
    ((_entry, _personal, details),) = audit(cast.company.pk, "SCREENSHOTS_ERASED")
    assert details == {"pictures": 1, "bytes": erased.bytes, "keys_destroyed": 1}
    assert actions.open_picture(acting=cast.admin.acting, screenshot_id=others, now=cast.now)
    assert taken(cast), "a new picture gets a new key"
    with acting_for(cast.company.pk), transaction.atomic():
        assert PersonKey.objects.filter(user_id=cast.employee.id).count() == 2


def test_a_picture_whose_key_was_destroyed_meanwhile_is_no_longer_made(cast: Cast) -> None:
    screenshot_id = send(enrol(cast).token).json()["id"]
    with acting_for(cast.company.pk), transaction.atomic():
        PersonKey.objects.filter(user_id=cast.employee.id).update(wrapped=None, destroyed_at=cast.now)
    jobs.make_picture(cast.company.pk, screenshot_id)
    row = row_of(cast.company.pk, screenshot_id)
    assert (row.state, row.bytes) == (PictureState.BROKEN, 0)


def test_the_quality_is_the_policy_s(cast: Cast) -> None:
    noisy = Image.effect_noise((640, 400), 80).convert("RGB")
    written = BytesIO()
    noisy.save(written, "PNG")
    sizes = []
    for quality in (95, 50):
        save(cast, {"screenshot_quality": quality})
        screenshot_id = send(enrol(cast).token, written.getvalue()).json()["id"]
        jobs.make_picture(cast.company.pk, screenshot_id)
        sizes.append(row_of(cast.company.pk, screenshot_id).bytes)
    assert sizes[1] < sizes[0]
