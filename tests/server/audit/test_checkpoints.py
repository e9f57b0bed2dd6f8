"""Checkpoints: written for what grew, refused for what was rewritten, mended where files were lost."""

import shutil

import psycopg
import pytest
from pytest_django.fixtures import Settings

from sundial.server.audit import actions, jobs
from sundial.server.audit.actions import RefusedError
from sundial.server.audit.verify.entries import BadEntryError
from sundial.server.lib.signed_note import open_note, public_of
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import NOW, fill, fresh_log
from tests.server.audit.tampering import Log, Row

pytestmark = pytest.mark.usefixtures("own_database")


def test_a_checkpoint_is_written_only_when_the_log_grew(notary: Notary) -> None:
    log = fresh_log()
    fill(log, 2)
    assert notary.attest(log)
    first = notary.note(log)
    assert not notary.attest(log)
    fill(log, 1)
    assert notary.attest(log)
    assert notary.note(log) != first


def test_a_checkpoint_names_its_log_and_can_be_checked_with_the_keys_beside_it(notary: Notary) -> None:
    log = fresh_log()
    fill(log, 3)
    notary.attest(log)
    verifiers = (notary.directory / str(log) / "verifier").read_text().splitlines()
    checkpoint = open_note(notary.note(log), map(public_of, verifiers))
    assert checkpoint.origin == notary.signer.name(log)
    assert checkpoint.origin.endswith(f"/audit/{log}")
    assert checkpoint.size == 3


def test_a_logs_name_survives_a_new_key(notary: Notary) -> None:
    log = fresh_log()
    fill(log, 1)
    before = notary.signer.name(log)
    notary.rotate()
    assert notary.signer.name(log) == before
    assert notary.attest(log)
    assert len((notary.directory / str(log) / "verifier").read_text().splitlines()) == 2


@pytest.mark.parametrize("repair", ["nothing", "hash", "everything"])
def test_a_rewritten_log_gets_no_checkpoint(notary: Notary, owner: psycopg.Connection[Row], repair: str) -> None:
    log = fresh_log()
    fill(log, 5)
    notary.attest(log)
    kept = notary.note(log)
    fill(log, 2)
    true = Log.read(owner, log)
    false = true.copy()
    false.entries[2]["details"] = '{"number":0}'
    false.entries[6]["details"] = '{"number":0}'
    false.hide(repair)
    false.write(owner)
    with pytest.raises((RefusedError, BadEntryError)):
        notary.attest(log)
    assert notary.note(log) == kept
    true.write(owner)
    assert notary.attest(log)


def test_a_cut_log_gets_no_checkpoint(notary: Notary, owner: psycopg.Connection[Row]) -> None:
    log = fresh_log()
    fill(log, 5)
    notary.attest(log)
    true = Log.read(owner, log)
    false = true.copy()
    del false.entries[3:]
    false.hide("everything")
    false.write(owner)
    with pytest.raises(RefusedError, match="5 entries were checkpointed, and 3 are there"):
        notary.attest(log)
    true.write(owner)


def test_a_rewritten_log_of_the_same_size_is_noticed_too(notary: Notary, owner: psycopg.Connection[Row]) -> None:
    log = fresh_log()
    fill(log, 5)
    notary.attest(log)
    true = Log.read(owner, log)
    false = true.copy()
    false.entries[0]["details"] = '{"number":0}'
    false.hide("everything")
    false.write(owner)
    with pytest.raises(RefusedError):
        notary.attest(log)
    true.write(owner)


def test_lost_leaf_hashes_are_made_again_from_what_was_signed(notary: Notary) -> None:
    log = fresh_log()
    fill(log, 300)
    notary.attest(log)
    shutil.rmtree(notary.directory / str(log) / "tile")
    fill(log, 1)
    assert notary.attest(log)
    report = notary.report(log)
    assert (report.exit_code, report.warnings) == (0, [])
    assert report.verdicts[0].attested == 301


def test_lost_leaf_hashes_are_not_made_again_from_a_rewritten_log(
    notary: Notary, owner: psycopg.Connection[Row]
) -> None:
    log = fresh_log()
    fill(log, 5)
    notary.attest(log)
    shutil.rmtree(notary.directory / str(log) / "tile")
    fill(log, 1)
    true = Log.read(owner, log)
    false = true.copy()
    false.entries[1]["details"] = '{"number":0}'
    false.hide("everything")
    false.write(owner)
    with pytest.raises(RefusedError, match="root that was checkpointed"):
        notary.attest(log)
    true.write(owner)


def test_the_job_attests_every_log_and_a_bad_one_stops_no_other(
    notary: Notary, settings: Settings, owner: psycopg.Connection[Row]
) -> None:
    settings.KEYS_DIR, settings.CHECKPOINT_DIR = notary.keys, notary.directory
    good, bad = fresh_log(), fresh_log()
    fill(good, 2)
    fill(bad, 2)
    true = Log.read(owner, bad)
    false = true.copy()
    false.entries[0]["action"] = "NOTHING_HAPPENED"
    false.write(owner)
    assert jobs.write_checkpoints(timestamp=0) >= 1
    true.write(owner)
    notes = actions.last_notes()
    assert good in notes
    assert bad not in notes
    assert good not in actions.write_checkpoints(now=NOW)
    assert notary.verdict(good).attested == 2
