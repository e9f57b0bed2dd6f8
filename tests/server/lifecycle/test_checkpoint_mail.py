"""Checkpoints leave the machine by mail: to each owner all of them, to each admin the company's."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from sundial.server.audit import actions as audit
from sundial.server.lib import keys
from sundial.server.lib.scope import PLATFORM
from sundial.server.lib.signed_note import open_note
from sundial.server.lifecycle import jobs
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def attested(cast: Cast, settings: Settings, tmp_path: Path) -> Cast:
    """The cast, with a checkpoint of every log in a directory of this test's own."""
    settings.KEYS_DIR, settings.CHECKPOINT_DIR = tmp_path / "keys", tmp_path / "checkpoints"
    audit.write_checkpoints(now=cast.now)
    return cast


def waiting_for(email: str) -> list[int]:
    rows = ProcrastinateJob.objects.filter(task_name=jobs.MAIL_ONE, args__address=email)
    return [row.args["log"] for row in rows]


def test_owners_get_every_log_and_admins_their_own(attested: Cast) -> None:
    jobs.mail_checkpoints(timestamp=0)
    assert waiting_for(attested.owner.email) == [PLATFORM]
    assert waiting_for(attested.admin.email) == [attested.company.pk]
    assert waiting_for(attested.stranger.email) == [attested.other.pk]
    assert waiting_for(attested.manager.email) == waiting_for(attested.employee.email) == []


def test_an_admins_mail_carries_a_note_that_can_be_checked(attested: Cast) -> None:
    jobs.mail_checkpoints_to(attested.admin.email, attested.company.pk)
    (sent,) = mail.outbox
    ((name, content, _),) = sent.attachments
    assert sent.to == [attested.admin.email]
    assert name == f"log-{attested.company.pk}.checkpoint"
    checkpoint = open_note(bytes(content).decode(), [keys.public("checkpoint")])
    assert checkpoint.origin.endswith(f"/audit/{attested.company.pk}")
    assert checkpoint.size >= 1


def test_an_owners_mail_carries_the_notes_of_all_logs(attested: Cast) -> None:
    jobs.mail_checkpoints_to(attested.owner.email, PLATFORM)
    ((name, content, _),) = mail.outbox[0].attachments
    assert name == "checkpoints.zip"
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        names = archive.namelist()
        note = archive.read(f"log-{attested.other.pk}.checkpoint").decode()
    assert f"log-{attested.company.pk}.checkpoint" in names
    assert open_note(note, [keys.public("checkpoint")]).size >= 1


def test_the_mail_says_what_to_do_and_names_nobody(attested: Cast) -> None:
    jobs.mail_checkpoints_to(attested.admin.email, attested.company.pk)
    text = str(mail.outbox[0].body)
    assert "sundial audit verify --checkpoint FILE" in text
    assert "@" not in text


def test_a_company_without_a_checkpoint_gets_no_mail(attested: Cast) -> None:
    jobs.mail_checkpoints_to(attested.admin.email, 2**40)
    assert mail.outbox == []
