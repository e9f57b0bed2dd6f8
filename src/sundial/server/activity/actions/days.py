"""Day sums follow the facts: whoever changes facts says which time is stale, and the worker makes its days anew.

Rows of the queue are taken before anything is read. What is committed after that has a row of its own, so a drain never
has to hold up those who write facts: it may read half of what they do, and reads all of it the next time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction

from sundial.server.activity import rules
from sundial.server.activity.actions.company_sums import sum_company
from sundial.server.activity.actions.months import follow_months, standing, sum_months
from sundial.server.activity.actions.summing import sum_people
from sundial.server.activity.models import DayZone, Stale
from sundial.server.activity.queries.told import TOUCHING, Asked, rows
from sundial.server.activity.queries.waiting import companies_waiting
from sundial.server.companies import queries as companies
from sundial.server.lib.scope import acting_for

AT_ONCE = 200  # rows of the queue in one transaction
LONGEST = timedelta(days=400)  # one change makes no more days stale than this, however long ago its session began
EARLIEST, LATEST = datetime(2000, 1, 2, tzinfo=UTC), datetime(2099, 12, 30, tzinfo=UTC)
NOON = time(12, tzinfo=UTC)
COMPANY = 0  # stands in the queue for a company's own sums
Windows = list[tuple[int, date, date]]


def sum_at_once(company_id: int, user_id: int, since: datetime, until: datetime, *, now: datetime) -> None:
    """For whoever changed something and looks at it next: these days now, unless the worker is at them already.

    The queue keeps its row, by which the company's own sums follow.
    """
    zone = companies.company(company_id).time_zone
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({_KEY})", [user_id, company_id])
        if not cursor.fetchone()[0]:
            return
    made = standing(company_id)
    windows = _windows(company_id, zone, [Asked(user_id, since, until)], now)
    sum_people(company_id, zone, windows)
    sum_months(company_id, made, windows)


def sum_days(*, now: datetime) -> int:
    """Make anew what waits, in every company; how many rows of the queue were taken."""
    return sum(drain(company_id=company_id, now=now) for company_id in companies_waiting())


def drain(*, company_id: int, now: datetime) -> int:
    """Make anew what waits in one company, people first; what comes meanwhile waits for the next time."""
    zone = companies.company(company_id).time_zone
    with acting_for(company_id):
        with transaction.atomic():
            _follow_zone(company_id, zone, now)
        follow_months(company_id, zone, now)
        with transaction.atomic():
            upto = Stale.objects.order_by("-id").values_list("id", flat=True).first() or 0
        taken = 0
        while some := _drain_people(company_id, zone, upto, now):
            taken += some
        return taken + _drain_company(company_id)


def rebuild_days(*, company_id: int, first: date, last: date, now: datetime) -> int:
    """Make the sums of these days anew from what was told, of everyone; how many rows of the queue that took."""
    zone = companies.company(company_id).time_zone
    with acting_for(company_id), transaction.atomic():
        _all_stale(company_id, rules.day_bounds(first, zone)[0], rules.day_bounds(last, zone)[1])
    return drain(company_id=company_id, now=now)


def _drain_people(company_id: int, zone: str, upto: int, now: datetime) -> int:
    """One transaction's worth; a kill leaves all of it in the queue."""
    with transaction.atomic():
        made = standing(company_id)
        taken = _take("user_id <> %s AND id <= %s", [COMPANY, upto])
        if taken:
            _hold(company_id, {one.user_id for one in taken})
            windows = _windows(company_id, zone, taken, now)
            sum_people(company_id, zone, windows)
            sum_months(company_id, made, windows)
            _company_stale(company_id, windows)
    return len(taken)


def _drain_company(company_id: int) -> int:
    """The company's own sums, once for all that its people's changes touched."""
    with transaction.atomic():
        taken = _take("user_id = %s", [COMPANY])
        if taken:
            _hold(company_id, {COMPANY})
            sum_company(company_id, {day for one in taken for day in _days(one.low.date(), one.high.date())})
    return len(taken)


# Not the lock of those who write facts: nobody waits for a drain but another one.
_KEY = "hashint8extended(%s, -%s - 1)"


def _hold(company_id: int, user_ids: Iterable[int]) -> None:
    """Wait for whoever sums these, always in the same order."""
    held = f"SELECT pg_advisory_xact_lock({_KEY % ('one', '%s')}) FROM unnest(%s::bigint[]) AS one"
    with connection.cursor() as cursor:
        cursor.execute(held, [company_id, sorted(user_ids)])


def _take(which: str, values: list[int]) -> list[Asked]:
    """Rows of the queue, which are gone with the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""DELETE FROM activity_stale WHERE id IN (
                SELECT id FROM activity_stale WHERE {which} ORDER BY user_id, id LIMIT {AT_ONCE}
                FOR UPDATE SKIP LOCKED
            ) RETURNING user_id, since, until""",
            values,
        )
        return [Asked(*row) for row in cursor.fetchall()]


def _windows(company_id: int, zone: str, asked: Sequence[Asked], now: datetime) -> Windows:
    """The local days of what changed, and of the sessions that it touches: their time reaches to their last fact."""
    floor = _kept_since(company_id, zone, now)
    days: dict[int, set[date]] = defaultdict(set)
    for one in [*asked, *_widened(asked)]:
        low, high = max(one.low, EARLIEST), min(max(one.high, one.low), LATEST)
        if low <= high:
            first, last = rules.local_day(low, zone), rules.local_day(high, zone)
            days[one.user_id] |= set(_days(max(first, last - LONGEST, floor), last))
    return [(user_id, first, last) for user_id in sorted(days) for first, last in _rows(days[user_id])]


def _widened(asked: Sequence[Asked]) -> Iterable[Asked]:
    """The sessions that what changed touches, whole."""
    near = [
        Asked(one.user_id, one.low - timedelta(milliseconds=1), one.high + timedelta(milliseconds=1)) for one in asked
    ]
    found = f"""
        SELECT person, least(min(started_at), min(low)), max(greatest(started_at, last_at, ended_at))
        FROM {TOUCHING} GROUP BY n, person
    """
    return (Asked(*row) for row in rows(found, near))


def _rows(days: set[date]) -> list[tuple[date, date]]:
    """Days in a row as one: first and last."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _kept_since(company_id: int, zone: str, now: datetime) -> date:
    """Facts of days before this one may be gone by the company's own rule: their sums stay as they are."""
    company = companies.company(company_id)
    kept = company.retention.get("activity") or company.retention_limit_days
    return rules.local_day(now, zone) - timedelta(days=int(kept)) + timedelta(days=1) if kept else date.min


def _company_stale(company_id: int, windows: Windows) -> None:
    """One row for each stretch of days; its times are those dates at noon, whatever the zone."""
    stretches = _rows({day for _user_id, first, last in windows for day in _days(first, last)})
    Stale.objects.bulk_create(
        Stale(
            company_id=company_id,
            user_id=COMPANY,
            since=datetime.combine(first, NOON),
            until=datetime.combine(last, NOON),
        )
        for first, last in stretches
    )


def _follow_zone(company_id: int, zone: str, now: datetime) -> None:
    """Where the company moved to another time zone since its sums were made, all of them are stale."""
    made_in = DayZone.objects.select_for_update().filter(company_id=company_id).first()
    if made_in is None:
        DayZone.objects.bulk_create([DayZone(company_id=company_id, zone=zone)], ignore_conflicts=True)
    elif made_in.zone != zone:
        _all_stale(company_id, EARLIEST, now + timedelta(days=2))
        DayZone.objects.filter(company_id=company_id).update(zone=zone)


def _all_stale(company_id: int, since: datetime, until: datetime) -> None:
    """A row for each month of each person of whom there are sessions, sums or manual time then."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO activity_stale (company_id, user_id, since, until)
            SELECT %(company)s, user_id, greatest(month, %(since)s), least(month + interval '1 month', %(until)s)
            FROM (
                SELECT user_id, min(low) AS low, max(high) AS high FROM (
                    SELECT user_id, started_at AS low, coalesce(ended_at, last_at) AS high FROM activity_worksession
                    UNION ALL SELECT user_id, day - interval '1 day', day + interval '2 days' FROM activity_day
                    UNION ALL SELECT user_id, bucket, bucket FROM activity_usage
                    UNION ALL SELECT user_id, started_at, ended_at FROM activity_manualtime
                    UNION ALL SELECT user_id, taken_at, taken_at FROM activity_screenshot
                ) facts WHERE high >= %(since)s AND low <= %(until)s GROUP BY 1
            ) people, generate_series(
                date_trunc('month', greatest(low, %(since)s)), least(high, %(until)s), interval '1 month') AS month
            """,
            {"company": company_id, "since": since, "until": until},
        )
