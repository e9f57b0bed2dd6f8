"""Every figure of every report equals a recount from what was recorded, over the nights on which clocks are changed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from sundial.server.activity.models import Span, WorkSession
from sundial.server.activity.types import SpanKind
from sundial.server.companies.actions import make_team
from sundial.server.companies.models import Membership
from sundial.server.lib.acting import Role
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, make_cast, make_person
from tests.server.reports.plays import page, table, ways, work

ZONE = "Europe/Berlin"
PLACE = ZoneInfo(ZONE)
AUTUMN = (date(2026, 10, 23), date(2026, 10, 26))
QUERY = f"from={AUTUMN[0]}&to={AUTUMN[1]}"
MS = timedelta(milliseconds=1)


@dataclass
class Counted:
    """Milliseconds of one person's day, counted from sessions and spans."""

    worked: int = 0
    away: int = 0
    private: int = 0
    first: datetime | None = None
    last: datetime | None = None


Days = dict[tuple[int, date], Counted]


@dataclass
class Stage:
    """The cast and what was counted of them."""

    cast: Cast
    people: dict[int, str]
    days: Days
    hours: dict[tuple[int, int], int]
    names: dict[str, int]


def pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """A stretch cut at every full quarter of an hour, which no zone's midnight and no change of clocks misses."""
    while start < end:
        border = datetime.fromtimestamp((start.timestamp() // 900 + 1) * 900, UTC)
        yield start, min(border, end)
        start = min(border, end)


def recount(company_id: int) -> tuple[Days, dict[tuple[int, int], int], dict[str, int]]:
    """From raw rows, piece by piece; nothing of what the server sums with is used."""
    with acting_for(company_id), transaction.atomic():
        sessions, spans = list(WorkSession.objects.all()), list(Span.objects.all())
    days: Days = defaultdict(Counted)
    hours: dict[tuple[date, int], int] = defaultdict(int)
    names: dict[tuple[date, str], int] = defaultdict(int)
    for one in sessions:
        count_session(one, days, hours)
    for span in spans:
        count_span(span, days, names)
    by_weekday: dict[tuple[int, int], int] = defaultdict(int)
    for (day, hour), length in hours.items():
        by_weekday[day.weekday(), hour] += length // 1000
    by_name: dict[str, int] = defaultdict(int)
    for (_day, name), length in names.items():
        by_name[name] += length // 1000
    return dict(days), dict(by_weekday), dict(by_name)


def count_session(one: WorkSession, days: Days, hours: dict[tuple[date, int], int]) -> None:
    """Add a session to its days and hours."""
    assert one.ended_at
    for start, end in pieces(one.started_at, one.ended_at):
        there = start.astimezone(PLACE)
        found = days[one.user_id, there.date()]
        found.worked += (end - start) // MS
        hours[there.date(), there.hour] += (end - start) // MS
        found.first, found.last = min(found.first or start, start), max(found.last or end, end)


def count_span(span: Span, days: Days, names: dict[tuple[date, str], int]) -> None:
    """Add a span to its days, or to its application's."""
    for start, end in pieces(span.started, span.ended):
        day = start.astimezone(PLACE).date()
        if span.kind == SpanKind.AWAY:
            days[span.user_id, day].away += (end - start) // MS
        elif span.kind == SpanKind.PRIVATE:
            days[span.user_id, day].private += (end - start) // MS
        else:
            names[day, span.name] += (end - start) // MS


def berlin(day: int, hour: int, minute: int = 0, ms: int = 0) -> datetime:
    """A moment of October on the walls of Berlin."""
    return datetime(2026, 10, day, hour, minute, tzinfo=PLACE).astimezone(UTC) + timedelta(milliseconds=ms)


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: object) -> Iterator[Stage]:
    """People who worked over the night in which the clock goes back, to the millisecond."""
    with django_db_blocker.unblock():
        yield _stage()
        connection.close()


def _stage() -> Stage:
    cast = make_cast()
    ways(cast.company, time_zone=ZONE)
    zoe = make_person(cast.admin, Role.EMPLOYEE, "zoe")
    make_team(company_id=cast.company.pk, name="Night", members=[zoe.id, cast.employee.id], managers=[])
    with acting_for(cast.company.pk), transaction.atomic():
        Membership.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    work(cast, cast.employee, berlin(23, 9, 0, 333), 7 * 3600 + 0.777, away=620.5, private=61.25)
    work(
        cast, cast.employee, berlin(24, 20, 0, 1), 13 * 3600 + 59.9, away=1800.333, name="Renderer"
    )  # over 3 a.m. twice
    work(cast, cast.employee, berlin(26, 8, 58), 8 * 3600, private=0.4)
    work(cast, zoe, berlin(23, 9, 5, 500), 3 * 3600 + 0.499, name="Mail")
    work(cast, zoe, berlin(26, 23, 30), 1800, away=59.999, name="Mail")
    work(cast, cast.manager, berlin(25, 1, 15), 4 * 3600 + 0.001, name="Mail")
    days, hours, names = recount(cast.company.pk)
    people = {cast.employee.id: "Employee Player", cast.manager.id: "Manager Player", zoe.id: "Zoe Player"}
    return Stage(cast, people, days, hours, names)


def said(seconds: int) -> str:
    """As a page says it."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def parts(found: Counted) -> tuple[int, int, int, int]:
    """Worked, active, away and private of a day in whole seconds."""
    worked, away, private = found.worked // 1000, found.away // 1000, found.private // 1000
    return worked, worked - away - private, away, private


def share(part: int, whole: int) -> str:
    """As a page says it."""
    return f"{int(part * 1000 / whole + 0.5) / 10:.1f} %"


def added(rows: list[tuple[int, int, int, int]]) -> tuple[int, int, int, int]:
    """Column by column."""
    return tuple(map(sum, zip(*rows, strict=True)))


def of_person(stage: Stage, *user_ids: int) -> list[Counted]:
    """The days of these people."""
    return [one for (user, _day), one in sorted(stage.days.items()) if user in user_ids]


def wall(moment: datetime | None, day: date) -> str:
    """A moment on the wall of its day; the midnight after is 24 hours."""
    assert moment
    there = moment.astimezone(PLACE)
    return f"{there:%H:%M:%S}" if there.date() == day else "24:00:00"


def test_a_day_of_a_person_is_counted_to_the_second(stage: Stage) -> None:
    rows = table(page(stage.cast.admin, f"/reports/daily/?{QUERY}"))
    in_order = sorted(stage.days, key=lambda key: (-key[1].toordinal(), stage.people[key[0]]))
    expected = []
    for user, day in in_order:
        found = stage.days[user, day]
        lengths = [said(one) for one in parts(found)]
        ends = [wall(found.first, day), wall(found.last, day)]
        expected.append(
            [f"{day:%a} {day.day} {day:%b} {day.year}", stage.people[user], *lengths, "0:00:00", "0:00:00", *ends]
        )
    whole = [said(one) for one in added([parts(one) for one in stage.days.values()])]
    assert rows[1:] == [*expected, ["Total", "", *whole, "0:00:00", "0:00:00", "", ""]]


def test_the_night_in_which_the_clock_goes_back_is_an_hour_longer(stage: Stage) -> None:
    assert stage.days[stage.cast.employee.id, date(2026, 10, 25)].worked // 1000 == 10 * 3600 - 3600 + 59


def test_a_month_of_a_person_has_its_days_their_sum_and_what_was_expected(stage: Stage) -> None:
    rows = table(page(stage.cast.admin, "/reports/monthly/?month=2026-10"))
    days = [date(2026, 10, one) for one in range(1, 32)]
    working = sum(day.weekday() < 5 for day in days)
    for row, user in zip(rows[1:-1], sorted(stage.people, key=stage.people.__getitem__), strict=True):
        cells = [stage.days[user, day].worked // 1000 if (user, day) in stage.days else None for day in days]
        worked = sum(cell or 0 for cell in cells)
        short = working * 8 * 3600 - worked
        sums = [said(worked), said(working * 8 * 3600), "0:00:00", said(short)]
        assert row == [stage.people[user], *("–" if cell is None else said(cell) for cell in cells), *sums]
    by_day = [[one.worked // 1000 for (_user, on), one in stage.days.items() if on == day] for day in days]
    whole = sum(map(sum, by_day))
    due = working * 8 * 3600 * 3
    cells = [said(sum(one)) if one else "" for one in by_day]
    assert rows[-1] == ["Total", *cells, said(whole), said(due), "0:00:00", said(due - whole)]


def test_utilisation_is_of_days_on_which_people_are_expected(stage: Stage) -> None:
    rows = table(page(stage.cast.admin, f"/reports/utilisation/?{QUERY}"))
    target = 2 * 8 * 3600  # Friday and Monday
    for row, user in zip(rows[1:-1], sorted(stage.people, key=stage.people.__getitem__), strict=True):
        worked, active, _away, _private = added([parts(one) for one in of_person(stage, user)])
        shares = [
            f"{int(part * 1000 / whole + 0.5) / 10:.1f} %" for part, whole in ((worked, target), (active, worked))
        ]
        count = str(len(of_person(stage, user)))
        assert row == [stage.people[user], count, said(worked), said(target), shares[0], said(active), shares[1]]


def test_the_heatmap_has_each_hour_where_it_lies_on_the_wall(stage: Stage) -> None:
    rows = table(page(stage.cast.admin, f"/reports/heatmap/?{QUERY}"))
    for weekday, row in enumerate(rows[1:-1]):
        cells = [stage.hours.get((weekday, hour), 0) for hour in range(24)]
        assert row[1:] == [said(cell) if cell else "–" for cell in (*cells, sum(cells))]
    assert stage.hours[6, 2] > 2 * 3600  # three people's work, of which the hour after two came twice


def test_applications_add_up_and_so_do_their_shares(stage: Stage) -> None:
    rows = table(page(stage.cast.admin, f"/reports/top/?{QUERY}"))
    expected = sorted(stage.names.items(), key=lambda one: -one[1])
    assert [row[:2] for row in rows[1:-1]] == [[name, said(seconds)] for name, seconds in expected]
    assert rows[-1] == ["Total", said(sum(stage.names.values())), "100.0 %"]
    assert round(sum(float(row[2].removesuffix(" %")) for row in rows[1:-1]), 1) == 100.0


def test_teams_count_whoever_is_in_them_and_the_total_everyone_once(stage: Stage) -> None:
    rows = {row[0]: row for row in table(page(stage.cast.admin, f"/reports/comparison/?{QUERY}"))[1:]}
    night = [one for one in stage.people if stage.people[one] != "Manager Player"]
    teams = {"Night": night, "Everyone, once": list(stage.people)}
    for name, members in teams.items():
        counted = of_person(stage, *members)
        worked, active, away, private = added([parts(one) for one in counted])
        lengths = [said(one) for one in (worked, active, away, private, worked // len(counted))]
        assert rows[name] == [name, str(len(members)), *lengths, share(active, worked)]


def test_attendance_counts_who_came_late_and_who_not_at_all(stage: Stage) -> None:
    rows = {row[0]: row for row in table(page(stage.cast.admin, f"/reports/attendance/?{QUERY}"))[1:]}
    # Friday at 9:00:00.3 and Monday at 8:58 are in time; the weekend is free.
    assert rows["Employee Player"][1:6] == ["2", "2", "0", "0", "2"]
    # Friday at 9:05:00.5 is late by half a second, and Monday night by hours.
    assert rows["Zoe Player"][1:6] == ["2", "2", "2", "0", "0"]
    assert rows["Manager Player"][1:6] == ["2", "0", "0", "2", "1"]
    assert rows["Total"][1:6] == ["6", "4", "2", "2", "3"]
    assert rows["Zoe Player"][6] == said_clock((9 * 3600 + 300 + 23 * 3600 + 1800) // 2)


def said_clock(seconds: int) -> str:
    """A time of day."""
    return str(time(seconds // 3600, seconds // 60 % 60, seconds % 60))


@pytest.mark.parametrize("name", ["daily", "monthly", "utilisation", "top", "heatmap", "comparison", "attendance"])
def test_a_report_asks_the_database_as_often_for_many_as_for_one(stage: Stage, name: str) -> None:
    def asked(query: str) -> int:
        with CaptureQueriesContext(connection) as found:
            page(stage.cast.admin, f"/reports/{name}/?{query}")
        return len(found)

    assert asked(QUERY) <= asked(f"{QUERY}&search=zoe")
