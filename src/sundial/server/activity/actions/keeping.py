"""What a company keeps no longer goes at night: counted, in batches, each with its entry in the audit log."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from sundial.server.activity import rules, storage
from sundial.server.activity.actions.months import sum_everyone
from sundial.server.activity.models import (
    CompanyDay,
    CompanyHour,
    Day,
    DayHour,
    DayTask,
    DayTop,
    DayUsage,
    DayZone,
    Kept,
    ManualTime,
    Mark,
    Month,
    MonthHour,
    MonthUsage,
    Screenshot,
    Span,
    WorkSession,
)
from sundial.server.activity.types import DataKind
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for

BATCH = 20_000  # rows in one transaction
MONTHS_BACK = 240  # how far back empty partitions are looked for
_BY_DAY: tuple[type[Model], ...] = (Day, DayUsage, DayTop, DayHour, DayTask, CompanyDay, CompanyHour)


@dataclass(frozen=True, slots=True)
class Line:
    """Up to where one kind of data goes: local days before `before`, which begins at `moment`."""

    company_id: int
    kind: DataKind
    before: date
    moment: datetime


def let_go_of_old(*, company_id: int, now: datetime) -> dict[DataKind, int]:
    """All that this company keeps no longer is deleted; how many rows of each kind. Safe to kill and to repeat."""
    company = companies.company(company_id)
    today = rules.local_day(now, company.time_zone)
    gone: dict[DataKind, int] = {}
    for kind, days in rules.kept_days(company.retention, company.retention_limit_days).items():
        before = rules.kept_from(today, days)
        if before is not None:
            line = Line(company_id, kind, before, rules.day_bounds(before, company.time_zone)[0])
            gone[kind] = _let_go(line, now)
    return gone


def _let_go(line: Line, now: datetime) -> int:
    with acting_for(line.company_id):
        if line.kind is DataKind.ACTIVITY:
            _facts_are_whole_from(line)
        return sum(_in_batches(step, line, now) for step in _STEPS[line.kind])


def _facts_are_whole_from(line: Line) -> None:
    """First of all, so that nobody makes sums anew of what is half gone."""
    with transaction.atomic():
        row, made = Kept.objects.get_or_create(company_id=line.company_id, defaults={"activity_since": line.moment})
        if not made and row.activity_since < line.moment:
            Kept.objects.filter(company_id=line.company_id).update(activity_since=line.moment)


def _in_batches(step: Callable[[Line], int], line: Line, now: datetime) -> int:
    """Each batch is one transaction with its entry: what is gone is always told of."""
    whole = 0
    while True:
        with transaction.atomic():
            count = step(line)
            if count:
                _audit(line, step.__name__.removeprefix("_"), count, now)
        whole += count
        if not count:
            return whole


def _audit(line: Line, what: str, count: int, now: datetime) -> None:
    record(
        acting=Acting.system(),
        company_id=line.company_id,
        action="RETENTION_APPLIED",
        description=f"{count} rows ({what.replace('_', ' ')}) from before {line.before} were deleted by the rule",
        details={"kind": str(line.kind), "what": what, "before": line.before.isoformat(), "rows": count},
        target_kind="company",
        target_id=line.company_id,
        now=now,
    )


def _spans(line: Line) -> int:
    old = Span.objects.filter(company_id=line.company_id, started__lt=line.moment)
    return _delete(old, "eid")


def _pictures(line: Line) -> int:
    """Rows first; a file whose row is gone is taken away here, or by the sweep after a kill."""
    ids = list(
        Screenshot.objects.filter(taken_at__lt=line.moment)
        .order_by("taken_at")
        .select_for_update(skip_locked=True)
        .values_list("id", flat=True)[:BATCH]
    )
    Screenshot.objects.filter(id__in=ids).delete()
    transaction.on_commit(lambda: _remove(line.company_id, ids))
    return len(ids)


def _remove(company_id: int, ids: list[int]) -> None:
    for screenshot_id in ids:
        storage.remove(company_id, screenshot_id)


def _quarter_hours(line: Line) -> int:
    return _delete_by_time("activity_usage", "bucket", line)


def _marks(line: Line) -> int:
    return _delete(Mark.objects.filter(company_id=line.company_id, at__lt=line.moment), "eid")


def _sessions(line: Line) -> int:
    return _delete(WorkSession.objects.filter(ended_at__lt=line.moment), "id")


def _manual_time(line: Line) -> int:
    return _delete(ManualTime.objects.filter(ended_at__lt=line.moment), "id")


def _day_sums(line: Line) -> int:
    """A month at a time: of each day there are a few rows a person."""
    first = Day.objects.filter(day__lt=line.before).order_by("day").values_list("day", flat=True).first()
    if first is None:
        return 0
    until = min(line.before, first + timedelta(days=31))
    made = DayZone.objects.select_for_update().filter(company_id=line.company_id).first()
    gone = sum(model._default_manager.filter(day__lt=until).delete()[0] for model in _BY_DAY)
    _months_follow(line.company_id, until, made)
    return gone


def _months_follow(company_id: int, until: date, made: DayZone | None) -> None:
    """Sums of months are those of the days that are left."""
    for model in (Month, MonthUsage, MonthHour):
        model._default_manager.filter(month__lt=until).delete()
    month = rules.month_of(until)
    if made and made.months_until and month < min(until, made.months_until):
        sum_everyone(company_id, [month], made.late_after)


def _delete(rows: QuerySet[Model], key: str) -> int:
    chosen = list(rows.order_by().values_list(key, flat=True)[:BATCH])
    return rows.filter(**{f"{key}__in": chosen}).delete()[0] if chosen else 0


def _delete_by_time(table: str, column: str, line: Line) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE ctid = ANY(ARRAY("
            f"SELECT ctid FROM {table} WHERE company_id = %s AND {column} < %s LIMIT {BATCH}))",
            [line.company_id, line.moment],
        )
        return int(cursor.rowcount)


_STEPS: dict[DataKind, tuple[Callable[[Line], int], ...]] = {
    DataKind.ACTIVITY: (_spans,),
    DataKind.SCREENSHOTS: (_pictures,),
    DataKind.SUMS: (_quarter_hours, _marks, _sessions, _manual_time, _day_sums),
}


def drop_empty_partitions(*, now: datetime) -> int:
    """The months of spans in which no company has anything left are dropped; how many."""
    this, dropped = now.date().replace(day=1), 0
    for _month in range(MONTHS_BACK):
        this = (this - timedelta(days=1)).replace(day=1)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sundial_drop_empty_span_partition(%s)", [this])
            dropped += bool(cursor.fetchone()[0])
    return dropped
