"""Everything a company has, as one sealed file that only its administrators can fetch."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, cast

from django.db import IntegrityError, transaction

from sundial.server.activity.actions.takeout import count_pictures, pictures_of_company
from sundial.server.audit.actions import files_of_log, record
from sundial.server.companies import queries as companies
from sundial.server.lib import jobs
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import queries, storage
from sundial.server.lifecycle.models import CompanyExport
from sundial.server.lifecycle.types import ExportState

KEPT_FOR = timedelta(days=30)
MAKE_EXPORT, EXPORT_MAIL = "lifecycle.make_company_export", "lifecycle.mail_company_export"
_PROGRESS_EVERY = 100  # pictures
_ABOUT = """\
Everything that Sundial keeps of your company.

tables/    one file a table, one row a line, as JSON. `accounts.jsonl` says whose each user id is.
pictures/  screenshots as WebP; the number is the id in tables/activity_screenshot.jsonl.
audit/     the audit log. `log.jsonl` is all of it, sealed; this checks it, with the key of whoever runs the server:
           sundial audit verify --export log.jsonl --key 0001.pub
           `archives/` are months of old entries that are in no table any more, their names sealed; each is checked by
           sundial audit verify --archive 000001.jsonl.gz --key 0001.pub
           Where one was not on the server when this was made, it is missing here, and `log.jsonl` with it.

Left out: secrets (tokens, keys, passwords), and what the program needs for itself alone.
"""


@transaction.atomic
def ask_export(*, acting: Acting, company_id: int, now: datetime) -> int:
    """Have everything of a company exported, by its ADMIN or by the OWNER, who cannot fetch it; its id.

    Raises Conflict while another one is being made.
    """
    if not acting.is_owner and not (acting.role is Role.ADMIN and acting.company_id == company_id):
        raise NotAllowed("Only those who run the company may have it exported.")
    companies.company_for(acting, company_id)
    with acting_for(company_id):
        try:
            with transaction.atomic():
                row = CompanyExport.objects.create(
                    company_id=company_id, state=ExportState.ASKED, asked_at=now, asked_by_owner=acting.is_owner
                )
        except IntegrityError as error:
            raise Conflict("An export is being made already.") from error
        _audit(acting, row, "COMPANY_EXPORT_ASKED", "An export of the whole company was asked for", now)
        jobs.defer(MAKE_EXPORT, company_id=company_id, export_id=row.pk)
    return row.pk


def make_export(*, company_id: int, export_id: int, now: datetime) -> None:
    """Make the file; one that was made already is left alone, one that fails says why and may be asked for again."""
    row = _begin(company_id, export_id)
    if row is None:
        return
    # A sealed file is no file to seek in; zipfile then writes sizes behind each entry.
    with (
        storage.Sealed(company_id, export_id, bytes(row.wrapped or b"")) as file,
        zipfile.ZipFile(cast(IO[bytes], file), "w", zipfile.ZIP_DEFLATED) as whole,
    ):
        _write_tables(whole, row)
        _write_pictures(whole, row)
        _write_audit_log(whole, row, now)
    with acting_for(company_id), transaction.atomic():
        row.state, row.bytes, row.done = ExportState.READY, file.bytes, row.total
        row.made_at, row.expires_at = now, now + KEPT_FOR
        row.save(update_fields=["state", "bytes", "done", "made_at", "expires_at"])
        _audit(Acting.system(), row, "COMPANY_EXPORT_MADE", "The export of the whole company is ready", now)
        for admin in companies.active_admins().order_by("id"):
            jobs.defer(EXPORT_MAIL, address=admin.user.email, company_id=company_id)


def fail_export(*, company_id: int, export_id: int, problem: str) -> None:
    """It could not be made: say so, and let it be asked for again."""
    with acting_for(company_id), transaction.atomic():
        rows = CompanyExport.objects.filter(id=export_id, state__in=(ExportState.ASKED, ExportState.MAKING))
        rows.update(state=ExportState.FAILED, problem=problem[:200], wrapped=None)


def fetch_export(*, acting: Acting, export_id: int, now: datetime) -> Iterator[bytes]:
    """The zip, for an ADMIN of the company alone; who fetched it stands in the log. Raises NotFound."""
    if acting.role is not Role.ADMIN or acting.company_id is None:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        row = CompanyExport.objects.filter(id=export_id, state=ExportState.READY).first()
        if row is None or row.wrapped is None or not storage.path_of(acting.company_id, export_id).exists():
            raise NotFound
        row.fetched_at = now
        row.save(update_fields=["fetched_at"])
        _audit(acting, row, "COMPANY_EXPORT_FETCHED", "The export of the whole company was fetched", now)
    return storage.read(acting.company_id, export_id, bytes(row.wrapped))


def forget_exports(*, now: datetime) -> int:
    """Take away the exports whose time is over; how many."""
    found = queries.expired_exports(now)
    for company_id, export_id in found:
        storage.remove(company_id, export_id)
        with acting_for(company_id), transaction.atomic():
            CompanyExport.objects.filter(id=export_id).update(state=ExportState.GONE, wrapped=None)
    return len(found)


def _begin(company_id: int, export_id: int) -> CompanyExport | None:
    with acting_for(company_id), transaction.atomic():
        row = CompanyExport.objects.select_for_update(no_key=True).filter(id=export_id).first()
        if row is None or row.state not in (ExportState.ASKED, ExportState.MAKING):
            return None
        row.state, row.wrapped = ExportState.MAKING, storage.new_key(company_id, export_id)
        row.done, row.total = 0, len(queries.taken_out()) + count_pictures(company_id) + 1
        row.save(update_fields=["state", "wrapped", "done", "total"])
    return row


def _write_tables(whole: zipfile.ZipFile, row: CompanyExport) -> None:
    whole.writestr("README.txt", _ABOUT)
    for table in queries.taken_out():
        with acting_for(row.company_id), transaction.atomic():
            _write_lines(whole, table, queries.rows_of(table))
        _progress(row, 1)
    _write_lines(whole, "accounts", queries.accounts_of(row.company_id))


def _write_lines(whole: zipfile.ZipFile, name: str, lines: Iterable[str]) -> None:
    with (
        whole.open(f"tables/{name}.jsonl", "w", force_zip64=True) as file,
        io.TextIOWrapper(file, encoding="utf-8") as text,
    ):
        text.writelines(f"{line}\n" for line in lines)


def _write_pictures(whole: zipfile.ZipFile, row: CompanyExport) -> None:
    for number, (screenshot_id, picture) in enumerate(pictures_of_company(row.company_id), 1):
        whole.writestr(zipfile.ZipInfo(f"pictures/{screenshot_id}.webp"), picture)  # a picture cannot be packed further
        if number % _PROGRESS_EVERY == 0:
            _progress(row, _PROGRESS_EVERY)


def _write_audit_log(whole: zipfile.ZipFile, row: CompanyExport, now: datetime) -> None:
    for name, pieces in files_of_log(log=row.company_id, now=now):
        with whole.open(f"audit/{name}", "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)
    _progress(row, 1)


def _progress(row: CompanyExport, more: int) -> None:
    row.done += more
    with acting_for(row.company_id), transaction.atomic():
        CompanyExport.objects.filter(id=row.pk).update(done=row.done)


def _audit(acting: Acting, row: CompanyExport, action: str, words: str, now: datetime) -> None:
    record(
        acting=acting,
        company_id=row.company_id,
        action=action,
        description=words,
        details={"export_id": row.pk, "bytes": row.bytes},
        target_kind="company",
        target_id=row.company_id,
        now=now,
    )
