"""The files that somebody had prepared."""

from datetime import datetime

from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotFound
from sundial.server.reports import rules
from sundial.server.reports.models import Export
from sundial.server.reports.types import ExportState, ExportView, Form, Report

_SHOWN = 100


def prepared(acting: Acting, *, now: datetime) -> list[ExportView]:
    """One's own files that have not expired, newest first."""
    rows = Export.objects.filter(user_id=acting.id or 0, expires_at__gt=now).order_by("-made_at", "-id")
    return [as_view(row) for row in rows[:_SHOWN]]


def own_export(acting: Acting, export_id: int, *, now: datetime) -> Export:
    """One's own file; NotFound for anybody else's, and for one that has expired."""
    row = Export.objects.filter(id=export_id, user_id=acting.id or 0, expires_at__gt=now).first()
    if row is None:
        raise NotFound
    return row


def as_view(row: Export) -> ExportView:
    """What pages may know of a file."""
    report = Report(row.report)
    return ExportView(
        id=row.pk,
        asked=rules.asked_from(report, row.asked, row.made_at.date()),
        title=row.title,
        form=Form(row.form),
        state=ExportState(row.state),
        lines=row.lines,
        lines_done=row.lines_done,
        size=row.size,
        problem=row.problem,
        made_at=row.made_at,
        expires_at=row.expires_at,
    )
