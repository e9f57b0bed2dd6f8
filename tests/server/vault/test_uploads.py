"""Uploads: whole or in parts, gone on with after a cut, never more than was announced or than there is room."""

import os
from datetime import timedelta

import pytest
from django.db import transaction

from sundial.server.lib import clock
from sundial.server.lib.errors import Conflict, Invalid, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.vault import actions, queries
from sundial.server.vault.actions.uploads import TooLarge
from sundial.server.vault.models import Version
from sundial.server.vault.storage import Place, open_version
from sundial.server.vault.types import Wanted
from tests.cast import Cast, Player
from tests.server.vault.plays import attribute, pieces, put, stored, told, uploads_of


def content_of(by: Player, file_id: int) -> bytes:
    row = stored(by, file_id)
    with acting_for(row.company_id), transaction.atomic():
        version = Version.objects.get(file_id=row.pk, number=row.version)
        with open_version(row, version) as reader:
            return reader.read(version.size)


def test_a_file_comes_in_whole_and_consoles_hear_of_it_and_of_its_rule(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    made = put(cast.employee, "plan.txt", b"Secret plan.\n", "finance")
    assert content_of(cast.employee, made.pk) == b"Secret plan.\n"
    assert (made.name, made.media_type, made.size, made.version) == ("plan.txt", "text/plain", 13, 1)
    assert told(cast.admin) == [
        ("file_uploaded", {"file": "plan.txt", "id": made.pk, "version": 1}),
        ("policy_added", {"file": "plan.txt", "id": made.pk, "policy": "finance"}),
    ]
    assert uploads_of(cast.employee) == []


def test_an_upload_that_was_cut_at_sixty_per_cent_goes_on_where_it_ended(cast: Cast) -> None:
    content, now, acting = os.urandom(500_000), clock.now(), cast.employee.acting
    row = actions.begin_upload(acting=acting, name="film.bin", length=len(content), now=now)
    actions.receive_part(acting=acting, upload_id=row.pk, offset=0, pieces=pieces(content[:300_000]), now=now)

    def cut() -> object:
        yield content[300_000:350_000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        actions.receive_part(acting=acting, upload_id=row.pk, offset=300_000, pieces=cut(), now=now)
    assert actions.look_at_upload(acting=acting, upload_id=row.pk, now=now).received == 300_000
    assert queries.own_uploads(acting, now=now)[0].percent == 60
    with pytest.raises(Conflict):
        actions.receive_part(acting=acting, upload_id=row.pk, offset=0, pieces=[content], now=now)
    _row, made = actions.receive_part(
        acting=acting, upload_id=row.pk, offset=300_000, pieces=pieces(content[300_000:]), now=now
    )
    assert made is not None
    assert content_of(cast.employee, made.pk) == content


def test_an_empty_file_is_a_file(cast: Cast) -> None:
    made = put(cast.employee, "empty.txt", b"")
    assert content_of(cast.employee, made.pk) == b""


def test_more_or_fewer_bytes_than_were_announced_make_no_file(cast: Cast) -> None:
    acting, now = cast.employee.acting, clock.now()
    for said in (3, 5):
        with pytest.raises(Invalid):
            actions.put_file(acting=acting, name="a", length=said, pieces=[b"four"], now=now)
    assert queries.files_only(acting, _here(), now=now).count == 0


def test_nobody_goes_on_with_somebody_elses_upload(cast: Cast) -> None:
    now = clock.now()
    row = actions.begin_upload(acting=cast.employee.acting, name="a", length=4, now=now)
    for other in (cast.admin, cast.manager, cast.stranger):
        with pytest.raises(NotFound):
            actions.receive_part(acting=other.acting, upload_id=row.pk, offset=0, pieces=[b"four"], now=now)
        with pytest.raises(NotFound):
            actions.cancel_upload(acting=other.acting, upload_id=row.pk, now=now)
    with pytest.raises(NotAllowed):
        actions.begin_upload(acting=cast.owner.acting, name="a", length=4, now=now)


def test_an_upload_that_is_given_up_leaves_neither_bytes_nor_key(cast: Cast) -> None:
    acting, now = cast.employee.acting, clock.now()
    row = actions.begin_upload(acting=acting, name="a", length=400_000, now=now)
    actions.receive_part(acting=acting, upload_id=row.pk, offset=0, pieces=[b"x" * 300_000], now=now)
    place = Place(row.company_id, row.storage)
    assert place.path.exists()
    actions.cancel_upload(acting=acting, upload_id=row.pk, now=now)
    assert not place.path.exists()
    assert not place.state.exists()


def test_an_upload_that_nobody_goes_on_with_is_given_up_after_a_day(cast: Cast) -> None:
    acting, now = cast.employee.acting, clock.now()
    row = actions.begin_upload(acting=acting, name="a", length=4, now=now)
    assert actions.give_up_expired(now=now + timedelta(hours=23)) == 0
    later = now + timedelta(hours=25)
    with pytest.raises(NotFound):
        actions.receive_part(acting=acting, upload_id=row.pk, offset=0, pieces=[b"four"], now=later)
    actions.give_up_expired(now=later)
    assert uploads_of(cast.employee) == []


def test_a_name_that_is_there_is_refused_numbered_or_becomes_the_next_version(cast: Cast) -> None:
    first = put(cast.employee, "Plan.txt", b"one")
    with pytest.raises(actions.NameTaken):
        put(cast.employee, "plan.TXT", b"two")
    both = put(cast.employee, "plan.txt", b"two", same_name="both")
    assert both.name == "plan (2).txt"
    again = put(cast.employee, "plan.txt", b"three", same_name="version")
    assert (again.pk, again.version, again.revision) == (first.pk, 2, 2)
    assert content_of(cast.employee, first.pk) == b"three"
    with pytest.raises(actions.NameTaken):
        put(cast.manager, "plan.txt", b"four", same_name="version")


def test_a_rule_that_nobody_could_mean_is_refused_with_what_may_have_been_meant(cast: Cast) -> None:
    attribute(cast.admin, "finance")
    for wrong, word in (("finanse", "finance"), ("finance and", ""), ("finance >= 3", "")):
        with pytest.raises(Invalid) as refused:
            put(cast.employee, "a", b"x", wrong)
        assert word in refused.value.fields["policy"]


def test_a_full_room_takes_no_more_and_says_so(cast: Cast) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        type(cast.company).objects.filter(id=cast.company.pk).update(storage_limit_mb=1)
    put(cast.employee, "a", b"x" * 600_000)
    with pytest.raises(actions.NoRoom):
        put(cast.employee, "b", b"x" * 600_000)
    row = actions.begin_upload(acting=cast.employee.acting, name="c", length=300_000, now=clock.now())
    with pytest.raises(actions.NoRoom):
        put(cast.employee, "d", b"x" * 300_000)
    actions.cancel_upload(acting=cast.employee.acting, upload_id=row.pk, now=clock.now())
    put(cast.employee, "d", b"x" * 300_000)


def test_no_file_is_larger_than_any_may_be(cast: Cast) -> None:
    with pytest.raises(TooLarge):
        actions.begin_upload(acting=cast.employee.acting, name="a", length=(5 << 30) + 1, now=clock.now())


@pytest.mark.parametrize(("length", "status", "code"), [((5 << 30) + 1, 413, "too_large"), (2_000_000, 422, "no_room")])
def test_what_does_not_fit_is_refused_in_words_before_its_first_byte(
    cast: Cast, length: int, status: int, code: str
) -> None:
    with acting_for(cast.company.pk), transaction.atomic():
        type(cast.company).objects.filter(id=cast.company.pk).update(storage_limit_mb=1)
    told = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": "filename YQ=="}
    answer = cast.employee.client.post("/vault/uploads/", headers=told)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code)
    assert "GB a file" in error["message"] or "Delete files for good" in error["message"]
    assert uploads_of(cast.employee) == []


def _here() -> Wanted:
    return Wanted()
