"""Which parts of a log lie in archives, what opens them, and the rule by which they are made."""

import json
from datetime import datetime

from django.db import connection, transaction

from sundial.server.audit.models import Archive as ArchiveRow
from sundial.server.audit.models import ArchiveKey, Entry, Head, Removal, Rule
from sundial.server.audit.types import Action, Archive, Subject
from sundial.server.lib.scope import PLATFORM, across_companies, acting_for

# In the order of numbers: moments are those of several clocks, and follow one another nearly.
_FROM_THEN_ON = """
SELECT seq FROM audit_entry WHERE company_id = %s AND seq > %s AND at >= %s ORDER BY seq LIMIT 1
"""


def archives(log: int) -> list[Archive]:
    """The archives of a log, the oldest first."""
    with acting_for(log), transaction.atomic():
        removed = set(Removal.objects.filter(company_id=log).values_list("number", flat=True))
        rows = list(ArchiveRow.objects.filter(company_id=log).order_by("number"))
    return [_archive(row, removed=row.number in removed) for row in rows]


def taken_out(log: int) -> int:
    """The number of the last entry that is in an archive alone; 0 if all are in the table. In the log's scope."""
    last = Removal.objects.filter(company_id=log).order_by("-last").values_list("last", flat=True).first()
    return last or 0


def sealed_keys(log: int, number: int) -> dict[Subject, bytes]:
    """The wrapped keys of one archive; those of people who were erased are gone."""
    with acting_for(log), transaction.atomic():
        rows = ArchiveKey.objects.filter(company_id=log, archive=number).values_list("kind", "subject", "wrapped")
        return {Subject(kind, subject): bytes(wrapped) for kind, subject, wrapped in rows}


def telling_of(log: int, someone: Subject) -> set[int]:
    """The numbers of the archives that hold something by or about someone who was not erased."""
    with acting_for(log), transaction.atomic():
        keys = ArchiveKey.objects.filter(company_id=log, kind=someone.kind, subject=someone.id)
        return set(keys.values_list("archive", flat=True))


def said_archived(log: int) -> dict[int, dict[str, object]]:
    """What entries in the table say was archived, by the number of the entry."""
    with acting_for(log), transaction.atomic():
        rows = Entry.objects.filter(company_id=log, action=Action.AUDIT_ARCHIVED).values_list("seq", "details")
        return {seq: json.loads(details) for seq, details in rows}


def archived_after(log: int) -> int | None:
    """After how many months entries of a log are archived; None: never."""
    with acting_for(log), transaction.atomic():
        return Rule.objects.filter(company_id=log).values_list("months", flat=True).first()


def archive_rules() -> list[tuple[int, int]]:
    """Every log that has a rule, and after how many months its entries are archived."""
    with acting_for(PLATFORM), transaction.atomic(), across_companies():
        return list(Rule.objects.order_by("company_id").values_list("company_id", "months"))


def oldest_in_table(log: int, *, after: int) -> datetime | None:
    """When the first entry after this number was made."""
    with acting_for(log), transaction.atomic():
        rows = Entry.objects.filter(company_id=log, seq__gt=after).order_by("seq")
        return rows.values_list("at", flat=True).first()


def last_before(log: int, moment: datetime, *, after: int) -> int:
    """The number of the last entry before the first one after `after` that was made at this moment or later."""
    with acting_for(log), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FROM_THEN_ON, [log, after, moment])
        row = cursor.fetchone()
        size = Head.objects.filter(company_id=log).values_list("size", flat=True).first()
    return row[0] - 1 if row else size or 0


def _archive(row: ArchiveRow, *, removed: bool) -> Archive:
    return Archive(
        log=row.company_id,
        number=row.number,
        first=row.first,
        last=row.last,
        first_at=row.first_at,
        last_at=row.last_at,
        made_at=row.made_at,
        length=row.length,
        sha256=bytes(row.sha256).hex(),
        frontier=bytes(row.frontier),
        recorded=row.recorded,
        removed=removed,
    )
