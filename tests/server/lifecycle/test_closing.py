"""A company is exported for its administrators, closed, opened again, and at last its data goes, with evidence."""

import io
import json
import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection, transaction

from sundial.server.accounts.models import User
from sundial.server.audit.actions import signer, write_checkpoints
from sundial.server.audit.models import Entry
from sundial.server.audit.verify import verify_live
from sundial.server.billing import queries as billing
from sundial.server.companies import queries as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.errors import Conflict, NotAllowed, NotFound
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.lib.sealing import SealBroken
from sundial.server.lifecycle import actions, jobs, queries, storage
from sundial.server.lifecycle.types import ExportState
from sundial.server.reports import actions as reports
from sundial.server.reports import queries as report_queries
from sundial.server.reports.types import Form, Report
from sundial.server.tasks import actions as tasks
from sundial.server.vault.models import Version
from sundial.server.vault.storage import SECRETS, Place
from tests.cast import Cast
from tests.server.billing.test_pages import sent
from tests.server.companies.test_signing_in import actions_in
from tests.server.devices.plays import enrol
from tests.server.vault.filed import put

DAY = timedelta(days=1)


def exported(cast: Cast) -> int:
    export = actions.ask_export(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now)
    jobs.make_company_export(cast.company.pk, export)
    return export


def closed(cast: Cast) -> None:
    exported(cast)
    actions.close_company(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now)


def fetched(cast: Cast, export: int) -> zipfile.ZipFile:
    pieces = actions.fetch_export(acting=cast.admin.acting, export_id=export, now=cast.now)
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def rows(whole: zipfile.ZipFile, table: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in whole.read(f"tables/{table}.jsonl").decode().splitlines()]


def text_of_company(company_id: int) -> str:
    """All that the database still says of a company."""
    with acting_for(company_id), transaction.atomic():
        return "\n".join(line for table in queries.tables_of_companies() for line in queries.rows_of(table))


def test_an_export_holds_every_table_and_no_secret(cast: Cast) -> None:
    enrol(cast)
    whole = fetched(cast, exported(cast))
    assert whole.testzip() is None
    people = {row["email"] for row in rows(whole, "accounts")}
    assert people == {cast.admin.email, cast.manager.email, cast.employee.email}
    assert {row["company_id"] for row in rows(whole, "companies_membership")} == {cast.company.pk}
    assert rows(whole, "audit_entry")
    names = set(whole.namelist())
    assert {"README.txt", "tables/devices_device.jsonl", "tables/tracking_policy_version.jsonl"} <= names
    assert "tables/devices_token.jsonl" not in names
    assert actions_in(cast.company.pk)[-3:] == [
        "COMPANY_EXPORT_ASKED", "COMPANY_EXPORT_MADE", "COMPANY_EXPORT_FETCHED",
    ]  # fmt: skip


def test_only_those_who_run_the_company_fetch_it(cast: Cast) -> None:
    export = exported(cast)
    for player in (cast.owner, cast.manager, cast.employee, cast.stranger):
        with pytest.raises(NotFound):
            actions.fetch_export(acting=player.acting, export_id=export, now=cast.now)
    for player in (cast.manager, cast.employee, cast.stranger):
        with pytest.raises(NotAllowed):
            actions.ask_export(acting=player.acting, company_id=cast.company.pk, now=cast.now)


def test_the_file_lies_sealed_and_a_changed_one_does_not_open(cast: Cast) -> None:
    export = exported(cast)
    path = storage.path_of(cast.company.pk, export)
    raw = bytearray(path.read_bytes())
    assert cast.admin.email.encode() not in raw
    assert b"PK\x03\x04" not in raw
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(SealBroken):
        b"".join(actions.fetch_export(acting=cast.admin.acting, export_id=export, now=cast.now))


def test_pieces_cannot_be_left_out(cast: Cast, tmp_path: Path) -> None:
    wrapped, company_id = storage.new_key(cast.company.pk, 1), cast.company.pk
    with storage.Sealed(company_id, 1, wrapped) as file:
        file.write(b"x" * (2 * storage.PIECE + 5))
    assert sum(map(len, storage.read(company_id, 1, wrapped))) == 2 * storage.PIECE + 5
    raw = storage.path_of(company_id, 1).read_bytes()
    first = 4 + int.from_bytes(raw[:4], "big")
    for cut in (raw[first:], raw[:first], raw[: 2 * first]):
        storage.path_of(company_id, 1).write_bytes(cut)
        with pytest.raises(SealBroken):
            b"".join(storage.read(company_id, 1, wrapped))


def test_one_export_is_made_at_a_time_and_administrators_are_told(cast: Cast) -> None:
    export = actions.ask_export(acting=cast.admin.acting, company_id=cast.company.pk, now=cast.now)
    with pytest.raises(Conflict):
        actions.ask_export(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now)
    jobs.make_company_export(cast.company.pk, export)
    jobs.mail_company_export(cast.admin.email, cast.company.pk)
    assert "/settings/export/" in mail.outbox[-1].body
    (one,) = queries.exports(cast.owner.acting, cast.company.pk)
    assert (one.state, one.percent, one.bytes > 0) == (ExportState.READY, 100, True)
    jobs.make_company_export(cast.company.pk, export)  # once is enough
    assert actions_in(cast.company.pk).count("COMPANY_EXPORT_MADE") == 1


def test_an_export_that_fails_says_so_and_may_be_asked_for_again(cast: Cast) -> None:
    blocked = storage.path_of(cast.company.pk, 1).parent
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where the folder should be")
    exported(cast)
    (one,) = queries.exports(cast.admin.acting, cast.company.pk)
    assert (one.state, "disk" in one.problem) == (ExportState.FAILED, True)
    blocked.unlink()
    fetched(cast, exported(cast))


def test_after_thirty_days_an_export_is_gone(cast: Cast) -> None:
    export = exported(cast)
    actions.forget_exports(now=clock.now() + 29 * DAY)
    assert storage.path_of(cast.company.pk, export).exists()
    actions.forget_exports(now=clock.now() + 31 * DAY)
    assert not storage.path_of(cast.company.pk, export).exists()
    with pytest.raises(NotFound):
        actions.fetch_export(acting=cast.admin.acting, export_id=export, now=cast.now)


def test_a_company_is_closed_only_after_an_export_and_by_the_owner(cast: Cast) -> None:
    with pytest.raises(Conflict, match="exported first"):
        actions.close_company(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now)
    with pytest.raises(NotAllowed):
        actions.close_company(acting=cast.admin.acting, company_id=cast.company.pk, now=cast.now)


def test_closing_ends_devices_and_signing_in(cast: Cast) -> None:
    device = enrol(cast)
    closed(cast)
    row = companies.company(cast.company.pk)
    assert (row.status, row.closed_at) == (CompanyStatus.SUSPENDED, cast.now)
    holder = devices.holder_of(device.token)
    assert holder is None or holder.ended
    assert cast.admin.client.get("/dashboard/").status_code in {302, 403}
    facts = queries.closing(cast.company.pk)
    assert facts is not None
    assert (facts.delete_at, facts.deleted_at) == (cast.now + actions.closing.DATA_STAYS, None)


def test_who_is_opened_again_keeps_everything(cast: Cast) -> None:
    closed(cast)
    actions.reactivate_company(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now + DAY)
    actions.delete_closed(now=cast.now + 40 * DAY)
    assert companies.seats_used(cast.company.pk) == 3
    assert queries.closing(cast.company.pk) is None


def test_what_was_announced_is_gone_and_nothing_else_is_touched(cast: Cast) -> None:
    enrol(cast)
    invoice = sent(cast)
    closed(cast)
    actions.delete_closed(now=cast.now + 29 * DAY)
    assert cast.employee.email in text_of_company(cast.company.pk)
    before = text_of_company(cast.other.pk)
    assert actions.delete_closed(now=cast.now + 31 * DAY) >= 1
    left = text_of_company(cast.company.pk)
    for word in (cast.admin.email, cast.manager.email, cast.employee.email, "Ada", "Player"):
        assert word not in left
    assert not User.objects.filter(email__in=[cast.admin.email, cast.employee.email]).exists()
    assert text_of_company(cast.other.pk) == before
    assert billing.invoice(cast.owner.acting, cast.company.pk, invoice.id).number == invoice.number
    assert not (Path(settings.PICTURES_DIR) / str(cast.company.pk)).exists()
    with acting_for(PLATFORM), transaction.atomic():
        evidence = Entry.objects.filter(company_id=PLATFORM, action="COMPANY_DATA_DELETED", target_id=cast.company.pk)
        details = evidence.get().details
    assert json.loads(details)["rows"]["companies_membership"] == 3
    assert actions.delete_closed(now=cast.now + 32 * DAY) == 0
    with pytest.raises(Conflict, match="Its data was deleted"):
        actions.reactivate_company(acting=cast.owner.acting, company_id=cast.company.pk, now=cast.now + 33 * DAY)


def test_tasks_and_prepared_reports_go_with_the_rest(cast: Cast) -> None:
    task = tasks.create_task(
        acting=cast.admin.acting,
        title="Proof the catalogue",
        assigned_to_id=cast.employee.id,
        project_id=tasks.make_project(acting=cast.admin.acting, name="Catalogue", now=cast.now).pk,
        now=cast.now,
    )
    tasks.comment(acting=cast.employee.acting, task_id=task.pk, text="On page nine now", now=cast.now)
    asked = report_queries.ask(cast.admin.acting, Report.DAILY, {"range": "today"}, now=cast.now)
    prepared = reports.prepare(acting=cast.admin.acting, asked=asked, form=Form.CSV, now=cast.now)
    reports.make_export(company_id=cast.company.pk, export_id=prepared.pk, now=cast.now)
    folder = Path(settings.EXPORTS_DIR) / str(cast.company.pk)
    closed(cast)
    assert len(list(folder.iterdir())) == 2
    actions.delete_closed(now=cast.now + 31 * DAY)
    left = text_of_company(cast.company.pk)
    assert [
        line
        for line in left.splitlines()
        if any(word in line for word in ("Proof the catalogue", "Catalogue", "page nine"))
    ] == []
    assert not folder.exists()


def test_the_log_of_a_deleted_company_is_as_whole_as_before(cast: Cast) -> None:
    tasks.make_project(acting=cast.admin.acting, name="Catalogue", now=cast.now)
    put(cast, b"what the company kept")
    enrol(cast)
    closed(cast)
    write_checkpoints(now=cast.now)
    actions.delete_closed(now=cast.now + 31 * DAY)
    report = verify_live(directory=Path(settings.CHECKPOINT_DIR), publics=signer().publics, only=cast.company.pk)
    assert report.exit_code == 0, report.lines()
    assert report.verdicts[0].erased > 5


def test_nothing_of_the_vault_can_be_read_any_more(cast: Cast) -> None:
    file = put(cast, b"what the company kept")
    with acting_for(cast.company.pk), transaction.atomic():
        storage_of_it = Version.objects.get(file_id=file.pk).storage
    closed(cast)
    actions.delete_closed(now=cast.now + 31 * DAY)
    assert not SECRETS.is_there(cast.company.pk, storage_of_it)
    assert not Place(cast.company.pk, storage_of_it).path.exists()


def test_sweeping_prepared_reports_leaves_exports_of_the_company_alone(cast: Cast) -> None:
    export = exported(cast)
    old = cast.now.timestamp() - 86400
    os.utime(storage.path_of(cast.company.pk, export), (old, old))
    reports.sweep_exports(now=cast.now)
    assert fetched(cast, export).testzip() is None


def test_every_table_of_companies_is_kept_or_goes_on_purpose(cast: Cast) -> None:
    with transaction.atomic():
        tables = queries.tables_of_companies()
    going = set(actions.closing._going())
    staying = set(tables) - going
    assert {"companies_membership", "activity_span", "activity_screenshot", "tasks_task"} <= going
    assert {"audit_entry", "billing_invoice", "companies_company"} <= staying
    with acting_for(cast.company.pk), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM companies_membership")
        assert cursor.fetchone()[0] == 3
