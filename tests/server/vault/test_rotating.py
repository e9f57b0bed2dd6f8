"""Keys are replaced while files are read; a rotation that is killed midway goes on where it was."""

import itertools
import json
import os
import secrets
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings

from sundial.run.postgres import Cluster
from sundial.server.activity.models import PersonKey
from sundial.server.activity.storage import new_key
from sundial.server.audit.models import Entry
from sundial.server.lib import clock, root_keys
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, NotAllowed
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lib.seal import SealBroken
from sundial.server.vault import actions
from sundial.server.vault.actions.keys import make_next
from sundial.server.vault.actions.rotating import AT_ONCE, UNDER_WAY
from sundial.server.vault.models import CompanyKey, File, Upload, Version
from sundial.server.vault.storage import company_key, open_draft, open_version
from sundial.server.vault.storage.opening import company_binding
from tests.cast import Cast
from tests.server.vault.filed import begin, put

pytestmark = pytest.mark.usefixtures("own_database")

_numbers = itertools.count(101, 10)
BODY = b"read all the while " * 5_000
MANY = 40 * AT_ONCE


@pytest.fixture
def first() -> int:
    """The number of the first root: no other test has one of this number, so that their keys are left alone."""
    return next(_numbers)


@pytest.fixture(autouse=True)
def keys(settings: Settings, tmp_path: Path, first: int) -> Path:
    """A keys directory of this test's own."""
    folder = tmp_path / "keys"
    settings.KEYS_DIR, settings.ROOT_KEYS = folder, None
    for purpose in actions.PURPOSES:
        (folder / purpose).mkdir(parents=True)
        (folder / purpose / f"root-{first:04d}.key").write_bytes(secrets.token_bytes(32))
    return folder


def read(cast: Cast, file: File) -> bytes:
    with acting_for(cast.company.pk), transaction.atomic():
        row = File.objects.get(id=file.pk)
        with open_version(row, Version.objects.get(file_id=file.pk)) as reader:
            return reader.read(len(BODY))


def roots(cast: Cast) -> list[int]:
    with acting_for(cast.company.pk), transaction.atomic():
        return list(CompanyKey.objects.filter(retired_at=None).order_by("number").values_list("root", flat=True))


def test_a_new_root_wraps_every_key_again_and_the_old_one_can_be_retired(cast: Cast, keys: Path, first: int) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        halves = new_key(cast.company.pk, cast.employee.id)
        person = PersonKey.objects.create(
            company_id=cast.company.pk,
            user_id=cast.employee.id,
            made_at=cast.now,
            wrapped=halves.wrapped,
            outside=halves.outside,
        )
    owner = cast.owner.acting
    assert actions.rotate_root(acting=owner, now=cast.now) == dict.fromkeys(actions.PURPOSES, first + 1)
    assert read(cast, file) == BODY  # before anything was wrapped again
    with pytest.raises(Conflict, match="still lie under"):
        actions.retire_roots(acting=owner, now=clock.now() + UNDER_WAY * 2)
    assert actions.rewrap_under_root().done >= 2
    assert roots(cast) == [first + 1]
    with acting_for(cast.company.pk), transaction.atomic():
        person.refresh_from_db()
        assert root_keys.root_of(bytes(person.wrapped or b"")) == first + 1
    with pytest.raises(Conflict, match="less than an hour"):
        actions.retire_roots(acting=owner, now=clock.now())
    late = clock.now() + UNDER_WAY + timedelta(minutes=1)
    assert actions.retire_roots(acting=owner, now=late) == {one: [first] for one in actions.PURPOSES}
    assert [path.name for path in (keys / "vault").glob("root-*")] == [f"root-{first + 1:04d}.key"]
    assert read(cast, file) == BODY
    with acting_for(PLATFORM), transaction.atomic():
        latest = Entry.objects.filter(company_id=PLATFORM).order_by("-seq")[:4]
        told = [(row.action, json.loads(row.details)["number"]) for row in latest]
    assert told == [("ROOT_KEY_RETIRED", first)] * 2 + [("ROOT_KEY_ROTATED", first + 1)] * 2


def test_only_the_owner_rotates_the_root(cast: Cast) -> None:
    for player in (cast.admin, cast.manager, cast.employee):
        with pytest.raises(NotAllowed):
            actions.rotate_root(acting=player.acting, now=cast.now)
        with pytest.raises(NotAllowed):
            actions.retire_roots(acting=player.acting, now=cast.now)


def test_a_key_that_cannot_be_read_stays_as_it_is_and_the_others_go_on(cast: Cast, first: int) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        CompanyKey.objects.create(company_id=cast.company.pk, number=7, wrapped=b"x" * 62, root=first, made_at=cast.now)
    actions.rotate_root(acting=Acting.system(), now=cast.now)
    assert actions.rewrap_under_root().unreadable >= 1
    assert roots(cast) == [first + 1, first]
    with acting_for(cast.company.pk), transaction.atomic():
        CompanyKey.objects.filter(number=7).delete()
    assert read(cast, file) == BODY


REWRAP = """
import django
django.setup()
from django.conf import settings
import sys
settings.KEYS_DIR = sys.argv[1]
from sundial.server.vault.actions import rewrap_under_root
print("begun", flush=True)
print(rewrap_under_root())
"""


def _rewrapping(cluster: Cluster, keys: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"DATABASE_URL": cluster.app_dsn()}
    return subprocess.Popen(
        [sys.executable, "-c", REWRAP, str(keys)], env=environment, stdout=subprocess.PIPE, text=True
    )


def _wrapped_again(cast: Cast, first: int) -> int:
    with acting_for(cast.company.pk), transaction.atomic():
        return CompanyKey.objects.filter(root=first + 1).count()


def test_a_root_rotation_that_is_killed_midway_goes_on_where_it_was(
    cast: Cast, cluster: Cluster, keys: Path, first: int
) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        for number in range(2, MANY + 2):
            wrapped = root_keys.wrap("vault", number.to_bytes(32, "big"), company_binding(cast.company.pk, number))
            CompanyKey.objects.create(
                company_id=cast.company.pk, number=number, wrapped=wrapped, root=first, made_at=cast.now
            )
    actions.rotate_root(acting=Acting.system(), now=cast.now)
    process = _rewrapping(cluster, keys)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        while not (done := _wrapped_again(cast, first)):
            assert process.poll() is None, "it ended without wrapping anything"
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    midway = _wrapped_again(cast, first)
    assert done <= midway < MANY
    assert midway % AT_ONCE == 0  # whole transactions
    with acting_for(cast.company.pk), transaction.atomic():
        for number in (2, MANY // 2, MANY):
            assert company_key(cast.company.pk, number) == number.to_bytes(32, "big")  # in use all the while
    assert read(cast, file) == BODY
    actions.rewrap_under_root()
    assert set(roots(cast)) == {first + 1}
    with acting_for(cast.company.pk), transaction.atomic():
        assert all(
            company_key(cast.company.pk, number) == number.to_bytes(32, "big") for number in range(2, MANY + 2, 97)
        )


def test_a_company_key_is_replaced_with_everything_under_it(cast: Cast) -> None:
    files = [put(cast, BODY) for _ in range(3)]
    with acting_for(cast.company.pk), transaction.atomic():
        upload = begin(cast, None, 10)
    assert actions.rotate_company_key(acting=cast.admin.acting, company_id=cast.company.pk, now=cast.now) == 2
    assert [read(cast, file) for file in files] == [BODY] * 3
    with acting_for(cast.company.pk), transaction.atomic():
        assert set(Version.objects.values_list("company_key", flat=True)) == {2}
        former = CompanyKey.objects.get(number=1)
        assert (bytes(former.wrapped), former.retired_at) == (b"", cast.now)
        with pytest.raises(SealBroken):
            company_key(cast.company.pk, 1)
        with open_draft(Upload.objects.get(id=upload.pk)) as draft:
            assert draft.received == 0
    new = put(cast, BODY)
    assert read(cast, new) == BODY
    with acting_for(cast.company.pk), transaction.atomic():
        assert Entry.objects.filter(action="COMPANY_KEY_ROTATED").count() == 1


def test_a_company_key_rotation_that_stopped_midway_is_finished(cast: Cast) -> None:
    file = put(cast, BODY)
    with acting_for(cast.company.pk), transaction.atomic():
        assert make_next(cast.company.pk, cast.now) == 2  # and nothing more
    assert read(cast, file) == BODY
    call_command("rotate_company_key", str(cast.company.pk), "--finish")
    assert read(cast, file) == BODY
    with acting_for(cast.company.pk), transaction.atomic():
        assert Version.objects.get(file_id=file.pk).company_key == 2


def test_only_an_administrator_of_the_company_rotates_its_key(cast: Cast) -> None:
    put(cast, BODY)
    for player in (cast.stranger, cast.manager, cast.employee):
        with pytest.raises(NotAllowed):
            actions.rotate_company_key(acting=player.acting, company_id=cast.company.pk, now=cast.now)


def test_the_commands_say_what_they_did(cast: Cast, capsys: pytest.CaptureFixture[str], first: int) -> None:
    put(cast, BODY)
    call_command("root_key", "status")
    assert f"vault: root key {first}, in use" in capsys.readouterr().out
    call_command("rotate_company_key", str(cast.company.pk))
    assert "Key 2 of company" in capsys.readouterr().out
    connection.close()
