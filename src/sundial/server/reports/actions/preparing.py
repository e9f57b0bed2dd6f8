"""What the worker does for large files: make them, and take them away when their day is over."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from sundial.server.companies import queries as companies
from sundial.server.companies.types import MemberStatus
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for
from sundial.server.reports import queries, rules, storage
from sundial.server.reports.actions.exporting import made
from sundial.server.reports.models import Export
from sundial.server.reports.types import ExportState, Form, Line, Report

_STUCK_AFTER = timedelta(hours=1)
_TOLD_EVERY = 1_000
_FAILED = "The file could not be made. Try again, or choose fewer days."


def make_export(*, company_id: int, export_id: int, now: datetime) -> None:
    """Make a file by the rights that its asker has now; what was made, failed or expired already stays as it is."""
    with acting_for(company_id):
        row = _begun(export_id, now)
        if row is None:
            return
        acting = _asker(company_id, row.user_id)
        if acting is None:
            _end(export_id, ExportState.FAILED, problem="Whoever asked may no longer read it.")
            return
        with transaction.atomic():
            asked = rules.asked_from(Report(row.report), row.asked, now.date() + timedelta(days=1))
            found = queries.sheet(acting, asked, now=now)
        found = replace(found, lines=_Told(found.lines, export_id))
        body = made(acting, found, Form(row.form)).body
        key = storage.write(company_id, export_id, body)
        _end(export_id, ExportState.READY, lines_done=found.count, lines=found.count, size=len(body), wrapped_key=key)


def give_up(*, company_id: int, export_id: int) -> None:
    """Say that a file could not be made."""
    with acting_for(company_id):
        _end(export_id, ExportState.FAILED, problem=_FAILED)


def sweep_exports(*, now: datetime) -> int:
    """Take away the files whose day is over, company by company; how many."""
    gone = 0
    for company_id in companies.every_company():
        with acting_for(company_id), transaction.atomic():
            over = Export.objects.filter(expires_at__lte=now)
            gone += over.count()
            over.delete()
            Export.objects.filter(
                state__in=(ExportState.WAITING, ExportState.RUNNING), made_at__lt=now - _STUCK_AFTER
            ).update(state=ExportState.FAILED, problem=_FAILED)
            known = set(Export.objects.values_list("id", flat=True))
        storage.sweep(company_id, known, before=now - _STUCK_AFTER)
    return gone


class _Told(Sequence[Line]):
    """Lines that tell, while they are written into a file, how many of them are."""

    def __init__(self, lines: Sequence[Line], export_id: int) -> None:
        self.lines, self.export_id = lines, export_id

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, at: Any) -> Any:
        return self.lines[at]

    def __iter__(self) -> Iterator[Line]:
        for count, line in enumerate(self.lines):
            if count and count % _TOLD_EVERY == 0:
                with transaction.atomic():
                    Export.objects.filter(id=self.export_id).update(lines_done=count)
            yield line


def _begun(export_id: int, now: datetime) -> Export | None:
    with transaction.atomic():
        row = Export.objects.select_for_update().filter(id=export_id, expires_at__gt=now).first()
        if row is None or row.state not in {ExportState.WAITING, ExportState.RUNNING}:
            return None
        row.state = ExportState.RUNNING
        row.save(update_fields=["state"])
        return row


def _asker(company_id: int, user_id: int) -> Acting | None:
    with transaction.atomic():
        person = companies.names_of([user_id]).get(user_id)
    if person is None or person.status is not MemberStatus.ACTIVE:
        return None
    return Acting("person", person.id, person.email, person.role, company_id)


def _end(export_id: int, state: ExportState, **values: object) -> None:
    with transaction.atomic():
        Export.objects.filter(id=export_id).update(state=state, **values)
