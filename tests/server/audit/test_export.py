"""Taking a log away: sealed so that any change shows, or readable and harmless in a spreadsheet."""

import csv
import io
import json
from pathlib import Path

import psycopg
import pytest
from pytest_django.fixtures import Settings

from sundial.server.audit import actions, queries
from sundial.server.audit.actions import RefusedError, sealed
from sundial.server.audit.types import Report, Subject
from sundial.server.audit.verify import verify_export
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed
from tests.server.audit.conftest import Notary
from tests.server.audit.plays import ADMIN, NOW, fill, fresh_log, note
from tests.server.audit.tampering import Log, Row


def bundle(notary: Notary, log: int) -> bytes:
    size = queries.end_of(log).size
    pieces = sealed(log=log, size=size, signer=notary.signer, folder=notary.outside.log(log), now=NOW)
    return b"".join(pieces)


def check(notary: Notary, path: Path, checkpoint: str | None = None, *, with_directory: bool = False) -> Report:
    return verify_export(
        path=path,
        publics=notary.signer.publics,
        checkpoint=checkpoint,
        directory=notary.directory if with_directory else None,
    )


@pytest.fixture
def exported(notary: Notary, tmp_path: Path) -> tuple[int, Path]:
    """A log with awkward entries, and its export."""
    log = fresh_log()
    fill(log, 4)
    note(log, description='He said "\\" \t\n\x7f–Ünï😀', details={"v": 1, "hash": 'x,"hash":"', "n": {"v": 1}})
    note(log, personal={"more": {"v": 1, "hash": "y"}}, target_kind="user", target_id=12)
    note(log, target_kind="user", target_id=13, description="Kept")
    actions.erase(acting=ADMIN, company_id=log, subjects=[Subject("person", 12)], now=NOW)
    path = tmp_path / "export.jsonl"
    path.write_bytes(bundle(notary, log))
    return log, path


def test_an_export_is_intact(notary: Notary, exported: tuple[int, Path]) -> None:
    report = check(notary, exported[1])
    assert report.lines() == ["intact export.jsonl: 8 entries, 8 attested from outside, 1 with erased personal values"]
    assert report.exit_code == 0


def test_every_line_is_canonical_json(exported: tuple[int, Path]) -> None:
    for line in exported[1].read_text().splitlines():
        again = json.dumps(json.loads(line), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert again == line


def test_any_changed_byte_of_an_export_is_found(notary: Notary, exported: tuple[int, Path]) -> None:
    path = exported[1]
    true = path.read_bytes()
    quiet = []
    for at, byte in enumerate(true):
        for other in (byte ^ 1, 0x20) if at % 3 == 0 else (byte ^ 1,):
            if other == byte:
                continue
            path.write_bytes(true[:at] + bytes([other]) + true[at + 1 :])
            if check(notary, path).exit_code != 1:
                quiet.append((at, byte, other))
    assert quiet == []


def test_a_cut_or_lengthened_export_is_found(notary: Notary, exported: tuple[int, Path]) -> None:
    path = exported[1]
    true = path.read_bytes()
    lines = true.splitlines(keepends=True)
    changed = [true[:length] for length in range(0, len(true), 7)]
    changed += [true + b"\n", true + b"x", b"\n" + true, true + true, true[:-1]]
    changed += [b"".join(lines[:at] + lines[at + 1 :]) for at in range(len(lines))]
    changed += [b"".join([*lines[:at], lines[at], *lines[at:]]) for at in range(len(lines))]
    changed += [b"".join([*lines[:2], lines[3], lines[2], *lines[4:]])]
    for content in changed:
        path.write_bytes(content)
        assert check(notary, path).exit_code == 1


@pytest.mark.parametrize("seq", [1, 4, 8])
def test_the_entry_that_was_changed_is_named(notary: Notary, exported: tuple[int, Path], seq: int) -> None:
    path = exported[1]
    lines = path.read_bytes().splitlines(keepends=True)
    lines[seq] = lines[seq].replace(b'"role":"ADMIN"', b'"role":"OWNER"')
    path.write_bytes(b"".join(lines))
    verdict = check(notary, path).verdicts[0]
    assert (verdict.state, verdict.first_bad) == ("tampered", seq)


def test_a_missing_entry_is_named(notary: Notary, exported: tuple[int, Path]) -> None:
    path = exported[1]
    lines = path.read_bytes().splitlines(keepends=True)
    for missing in (1, 5, 8):
        path.write_bytes(b"".join(lines[:missing] + lines[missing + 1 :]))
        assert check(notary, path).verdicts[0].first_bad == missing


def test_an_export_sealed_by_a_stranger_is_not_believed(
    notary: Notary, exported: tuple[int, Path], tmp_path: Path
) -> None:
    stranger = Notary(tmp_path / "stranger")
    report = verify_export(path=exported[1], publics=stranger.signer.publics)
    assert report.exit_code == 1
    assert "another key" in report.lines()[0]


def test_an_export_is_checked_against_a_checkpoint_from_outside(
    notary: Notary, tmp_path: Path, owner: psycopg.Connection[Row]
) -> None:
    log, path = fresh_log(), tmp_path / "export.jsonl"
    fill(log, 6)
    notary.attest(log)
    mailed = notary.note(log)
    true, elsewhere = Log.read(owner, log), Notary(tmp_path / "elsewhere")
    elsewhere.signer = notary.signer  # the key was stolen; the evidence was not
    false = true.copy()
    false.entries[2]["details"] = '{"number":0}'
    false.hide("everything")
    false.write(owner)
    path.write_bytes(bundle(elsewhere, log))
    true.write(owner)
    assert check(notary, path).exit_code == 0  # by itself it looks whole
    assert check(notary, path, mailed).exit_code == 1
    assert check(notary, path, with_directory=True).exit_code == 1


def test_an_older_export_is_intact_as_far_as_it_goes(notary: Notary, exported: tuple[int, Path]) -> None:
    log, path = exported
    fill(log, 2)
    notary.attest(log)
    report = check(notary, path, notary.note(log), with_directory=True)
    assert report.exit_code == 0
    assert "before the checkpoint of 10 entries" in report.lines()[-1]


def test_a_checkpoint_of_another_log_cannot_be_used(notary: Notary, exported: tuple[int, Path]) -> None:
    other = fresh_log()
    fill(other, 1)
    notary.attest(other)
    assert check(notary, exported[1], notary.note(other)).exit_code == 2
    assert check(notary, exported[1], "nonsense").exit_code == 2


def test_a_file_that_is_not_there_cannot_be_checked(notary: Notary, tmp_path: Path) -> None:
    assert check(notary, tmp_path / "nowhere").exit_code == 2
    assert verify_export(path=tmp_path / "nowhere", publics=()).exit_code == 2


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n{}\n", b"[1]\n", b"\xff\xfe", b"null\nnull\n", b"[" * 5000])
def test_what_was_never_an_export_is_not_intact(notary: Notary, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert check(notary, path).exit_code == 1


def test_a_rewritten_log_is_not_sealed(notary: Notary, owner: psycopg.Connection[Row]) -> None:
    log = fresh_log()
    fill(log, 6)
    notary.attest(log)
    true = Log.read(owner, log)
    false = true.copy()
    false.entries[2]["details"] = '{"number":0}'
    false.hide("everything")
    false.write(owner)
    with pytest.raises(RefusedError):
        bundle(notary, log)
    true.write(owner)


def admin_of(log: int) -> Acting:
    return Acting(kind="person", id=7, label="asha@acme.test", role=Role.ADMIN, company_id=log, ip="198.51.100.7")


@pytest.fixture
def own_keys(notary: Notary, settings: Settings) -> None:
    """The installation's keys and checkpoints are this test's own."""
    settings.KEYS_DIR, settings.CHECKPOINT_DIR = notary.keys, notary.directory


@pytest.mark.usefixtures("own_keys")
def test_taking_the_log_is_itself_recorded_and_in_it(notary: Notary, tmp_path: Path) -> None:
    log, path = fresh_log(), tmp_path / "export.jsonl"
    fill(log, 2)
    path.write_bytes(b"".join(actions.export(acting=admin_of(log), form="bundle", now=NOW)))
    assert check(notary, path).verdicts[0].size == 3
    last = queries.entry(admin_of(log), 3)
    assert (last.action_type, last.details) == ("AUDIT_EXPORTED", {"format": "bundle"})


@pytest.mark.usefixtures("own_keys")
def test_an_export_in_many_pieces_is_whole(notary: Notary, tmp_path: Path) -> None:
    log, path = fresh_log(), tmp_path / "export.jsonl"
    fill(log, 60)
    pieces = list(actions.export(acting=admin_of(log), form="bundle", now=NOW, at_once=25))
    assert len(pieces) == 1 + 3 + 1
    path.write_bytes(b"".join(pieces))
    assert check(notary, path).verdicts[0].size == 61
    rows = json.loads(b"".join(actions.export(acting=admin_of(log), form="json", now=NOW, at_once=25)))
    assert [row["seq"] for row in rows] == list(range(1, 63))
    table = b"".join(actions.export(acting=admin_of(log), form="csv", now=NOW, at_once=25)).decode("utf-8-sig")
    assert [row["seq"] for row in csv.DictReader(io.StringIO(table))] == [str(seq) for seq in range(1, 64)]


@pytest.mark.usefixtures("own_keys")
def test_a_spreadsheet_takes_nothing_in_it_for_a_formula() -> None:
    log = fresh_log()
    for description in ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", 'plain, "quoted"\nlines', " =1"):
        note(log, description=description)
    content = b"".join(actions.export(acting=admin_of(log), form="csv", now=NOW)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row["description"] for row in rows[:7]] == [
        "'=HYPERLINK(1)",
        "'+1",
        "'-1",
        "'@SUM(A1)",
        "'\t=1",
        'plain, "quoted"\nlines',
        "' =1",
    ]
    assert rows[0]["seq"] == "1"
    assert json.loads(rows[0]["details"])["config_version"] == 1


@pytest.mark.usefixtures("own_keys")
def test_json_for_reading_says_what_the_list_says() -> None:
    log = fresh_log()
    note(log, personal={"target": "Acme", "nickname": "A"})
    (row, _) = json.loads(b"".join(actions.export(acting=admin_of(log), form="json", now=NOW)))
    assert row["user"] == "asha@acme.test"
    assert row["details"]["nickname"] == "A"
    assert row["timestamp"] == "2026-11-21T08:30:01.123456Z"


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.MANAGER, Role.DEVICE])
@pytest.mark.usefixtures("own_keys")
def test_only_who_may_read_the_whole_log_may_take_it(role: Role) -> None:
    acting = Acting(kind="person", id=3, label="x@acme.test", role=role, company_id=fresh_log())
    with pytest.raises(NotAllowed):
        actions.export(acting=acting, form="csv", now=NOW)


@pytest.mark.usefixtures("own_keys")
def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(Invalid):
        actions.export(acting=admin_of(fresh_log()), form="pdf", now=NOW)


@pytest.mark.usefixtures("own_keys")
def test_the_platforms_export_names_no_person_and_can_still_be_checked(notary: Notary, tmp_path: Path) -> None:
    path, owner = tmp_path / "export.jsonl", Acting("person", 1, "root@platform.test", Role.OWNER)
    nobody = Acting(kind="person", id=None, label="someone", role=Role.SYSTEM, ip="203.0.113.5")
    words = "A sign-in as ravi@acme.test failed"
    note(0, acting=nobody, action="SIGN_IN_FAILED", description=words, target_kind="user", target_id=12)
    note(0, acting=owner, description="Something about the platform")
    forms = {form: b"".join(actions.export(acting=owner, form=form, now=NOW)) for form in ("bundle", "csv", "json")}
    for content in forms.values():
        assert b"ravi@acme.test" not in content
        assert b"203.0.113.5" not in content
        assert b"Something about the platform" in content
    path.write_bytes(forms["bundle"])
    assert check(notary, path).exit_code == 0
    path.write_bytes(forms["bundle"].replace(b"Something about", b"Nothing about"))
    assert check(notary, path).exit_code == 1
