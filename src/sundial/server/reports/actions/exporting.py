"""Taking a report away: small ones at once, large ones by the worker; each is an entry in the log."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from sundial.server.audit.actions import record
from sundial.server.audit.types import Action
from sundial.server.billing import actions as billing
from sundial.server.companies import queries as companies
from sundial.server.companies.types import Feature
from sundial.server.lib import jobs
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Conflict, Invalid, TooMany
from sundial.server.lib.scope import acting_for
from sundial.server.lib.sealing import SealBroken
from sundial.server.reports import queries, rules, storage
from sundial.server.reports.actions.csv_file import csv_file
from sundial.server.reports.actions.pdf_file import pdf_file
from sundial.server.reports.actions.xlsx_file import xlsx_file
from sundial.server.reports.models import Export
from sundial.server.reports.queries.prepared import own_export
from sundial.server.reports.types import Asked, Cut, ExportState, Form, Sheet, TakenAway

CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PDF: "application/pdf",
}
AT_ONCE = {Form.CSV: 5_000, Form.XLSX: 2_000, Form.PDF: 500}  # lines that a page may wait for
MOST_LINES = 100_000
MOST_WAITING = 5
KEPT_FOR = timedelta(hours=24)
MAKE_EXPORT = "reports.make_export"


def is_large(form: Form, lines: int) -> bool:
    """Whether a file of so many lines is the worker's."""
    return lines > AT_ONCE[form]


def too_large(lines: int) -> Invalid | None:
    """The refusal of a file that no program would open, and the way out."""
    if lines <= MOST_LINES:
        return None
    most = _("A file has at most %(count)s lines: choose fewer days or people.") % {"count": f"{MOST_LINES:,}"}
    return Invalid({"period": most}, most)


def count_of(acting: Acting, asked: Asked, *, now: datetime) -> int:
    """How many lines the file would have."""
    return queries.sheet(acting, asked, now=now, cut=Cut(0, 0)).count


def take_away(*, acting: Acting, asked: Asked, form: Form, now: datetime) -> TakenAway:
    """The report as a file, at once; Conflict for one that is the worker's."""
    require(acting, form)
    with acting_for(acting.company_id or 0), transaction.atomic():
        if is_large(form, count_of(acting, asked, now=now)):
            raise Conflict(_("This file is large. Have it prepared instead."))
        found = queries.sheet(acting, asked, now=now)
        _note(acting, asked, form, found.count, now)
    return made(acting, found, form)


def made(acting: Acting, sheet: Sheet, form: Form) -> TakenAway:
    """A sheet as a file."""
    name = f"{sheet.report}-{sheet.period.since}-{sheet.period.until}.{form}"
    if form is Form.CSV:
        return TakenAway(name, CONTENT_TYPES[form], b"".join(csv_file(sheet)))
    if form is Form.XLSX:
        return TakenAway(name, CONTENT_TYPES[form], xlsx_file(sheet))
    return TakenAway(name, CONTENT_TYPES[form], pdf_file(sheet, companies.looks(acting.company_id or 0)))


def prepare(*, acting: Acting, asked: Asked, form: Form, now: datetime) -> Export:
    """Have the worker prepare a file, which its asker can fetch for a day; Invalid for one that is too large."""
    require(acting, form)
    with acting_for(acting.company_id or 0), transaction.atomic():
        found = queries.sheet(acting, asked, now=now, cut=Cut(0, 0))
        if problem := too_large(found.count):
            raise problem
        waiting = Export.objects.filter(user_id=acting.id or 0, state__in=(ExportState.WAITING, ExportState.RUNNING))
        if waiting.count() >= MOST_WAITING:
            raise TooMany(_("Your other files are still being prepared. Wait for one of them."), 60)
        row = Export.objects.create(
            company_id=acting.company_id or 0,
            user_id=acting.id or 0,
            report=asked.report,
            form=form,
            asked=rules.address_of(asked),
            title=found.title,
            lines=found.count,
            made_at=now,
            expires_at=now + KEPT_FOR,
        )
        _note(acting, asked, form, found.count, now)
        jobs.defer(MAKE_EXPORT, company_id=acting.company_id, export_id=row.pk)
    return row


def fetch(*, acting: Acting, export_id: int, now: datetime) -> TakenAway:
    """A file of one's own that was prepared; NotFound for any other."""
    with acting_for(acting.company_id or 0), transaction.atomic():
        row = own_export(acting, export_id, now=now)
        if row.state != ExportState.READY:
            raise Conflict(_("This file is not ready."))
        try:
            body = storage.read(row.company_id, row.pk, bytes(row.wrapped_key))
        except SealBroken as error:
            raise Conflict(_("This file can no longer be read. Have it prepared again.")) from error
    form = Form(row.form)
    return TakenAway(f"{row.report}-{row.asked['from']}-{row.asked['to']}.{form}", CONTENT_TYPES[form], body)


def require(acting: Acting, form: Form) -> None:
    """Refuse a form that the company's plan does not bring."""
    if form is Form.PDF:
        billing.require_feature(acting.company_id or 0, Feature.PDF)


def _note(acting: Acting, asked: Asked, form: Form, lines: int, now: datetime) -> None:
    details: dict[str, Any] = {"report": str(asked.report), "format": str(form), "lines": lines}
    details |= {name: value for name, value in rules.address_of(asked).items() if name not in {"search", "ordering"}}
    record(
        acting=acting,
        company_id=acting.company_id or 0,
        action=Action.REPORT_EXPORTED,
        description=f"The report {asked.report} was taken away as {form}",
        details=details,
        personal={"search": asked.search} if asked.search else None,
        target_kind="person" if asked.person else "",
        target_id=asked.person,
        now=now,
    )
