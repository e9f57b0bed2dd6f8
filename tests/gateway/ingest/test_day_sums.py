"""Day sums against a naive recount, minute by minute, of whatever devices told in whatever order, in any time zone."""

import contextlib
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sundial.server.activity import actions
from sundial.server.activity.actions import Manual
from sundial.server.companies.models import Company
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid
from sundial.server.lib.scope import acting_for
from tests.gateway.conftest import MakeAgent
from tests.gateway.firm import Firm
from tests.gateway.ingest.conftest import send
from tests.gateway.ingest.diary import NINE, Event, Records, event, mark, uuid7
from tests.gateway.stage import Agent, Serving

MS = 60_000
LENGTH = 2000  # minutes of the time that is told of
# A zone, and a moment from which on its clock is changed within the time that is told of.
PLACES = [
    ("Asia/Kolkata", datetime(2026, 11, 10, 3, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 7, 20, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 10, 31, 20, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 4, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 4, tzinfo=UTC)),
    ("UTC", datetime(2026, 11, 10, 3, tzinfo=UTC)),
]
FACTS = ("activity_usage", "activity_span", "activity_mark", "activity_manualtime", "activity_worksession")
SUMS = (
    "day",
    "dayusage",
    "dayhour",
    "daytask",
    "daytop",
    "companyday",
    "companyhour",
    "month",
    "monthusage",
    "monthhour",
)
QUEUE = ("stale", "dayzone")
AFTERWARDS = max(clock.now(), datetime(2026, 12, 31, 12, tzinfo=UTC))  # every month that is told of is over
HOURS = {"mon": ["09:00", "17:00"], "wed": ["06:30", "12:00"], "sat": ["13:00", "17:00"]}
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SECOND = timedelta(seconds=1)
STATES = ("started", "stopped", "paused", "resumed")
# The pause of a session cannot take minutes in which another one still ran.
PAUSED_BEFORE_IT_BEGAN = [("started", 0, 1, 0), ("started", 1, 0, 0), ("paused", 0, 0, 0)]
ANSWERS = ("keep", "discard", "meeting", "break")

moments, sessions = st.integers(0, LENGTH), st.integers(0, 3)
steps = st.one_of(
    st.tuples(st.sampled_from(STATES), sessions, moments, st.just(0)),
    st.tuples(st.sampled_from(["app", "website", "away", "private"]), sessions, moments, st.integers(1, 400)),
    st.tuples(st.sampled_from(ANSWERS), sessions, moments, st.integers(1, 400)),
    st.tuples(st.just("manual"), sessions, moments, st.integers(1, 400)),
)


@pytest.fixture
def other(serving: Serving, make_agent: MakeAgent) -> Agent:
    """Another device of the same person."""
    return make_agent(serving)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(PLACES[0], PAUSED_BEFORE_IT_BEGAN, 2)
@given(st.sampled_from(PLACES), st.lists(steps, min_size=3, max_size=24), st.integers(2, 8))
def test_every_number_of_a_day_is_what_a_naive_recount_gives(
    agent: Agent,
    other: Agent,
    firm: Firm,
    records: Records,
    place: tuple[str, datetime],
    told: list[tuple[str, int, int, int]],
    size: int,
) -> None:
    zone, base = place
    _forget(records)
    with acting_for(firm.id), transaction.atomic():
        Company.objects.filter(id=firm.id).update(time_zone=zone, working_hours=HOURS)
    names = [uuid7() for _ in range(4)]
    sent: list[tuple[Agent, list[Event]]] = []
    for start in range(0, len(told), size):
        part = told[start : start + size]
        for device in (0, 1):
            facts = [_event(names, base, *one) for one in part if one[1] % 2 == device and one[0] != "manual"]
            if facts:
                sent.append(((agent, other)[device], facts))
                assert send(sent[-1][0], *facts).json()["rejected"] == []
        for one in part:
            if one[0] == "manual":
                _enter(firm, base, *one[2:])
        if start % (2 * size) == 0:
            actions.drain(company_id=firm.id, now=AFTERWARDS)
    for who, facts in sent[:2]:
        assert len(send(who, *facts).json()["duplicate"]) == len(facts)
    actions.drain(company_id=firm.id, now=AFTERWARDS)
    _compare(records, zone, base)
    _compare_months(records, zone)


def _forget(records: Records) -> None:
    for table in (*FACTS, *(f"activity_{name}" for name in (*SUMS, *QUEUE))):
        records.delete(f"DELETE FROM {table}")


def _event(names: list[str], base: datetime, what: str, number: int, start: int, length: int) -> Event:
    start += int((base - NINE) / timedelta(minutes=1))
    session = names[number]
    if what in STATES:
        task = {"task": number + 1} if what in {"started", "resumed"} and number else {}
        return mark(session, start, what, **task)
    more: dict[str, Any] = {
        "app": {"kind": "app", "app": f"App {number}"},
        "website": {"kind": "website", "browser": "b", "domain": f"d{number}.example"},
        "away": {"kind": "away", "cause": "idle"},
        "private": {"kind": "private"},
    }.get(what, {"kind": "away", "cause": "locked", "answer": what})
    return event(session, start, start + length, **more)


def _enter(firm: Firm, base: datetime, start: int, length: int) -> None:
    low = base + timedelta(minutes=start)
    manual = Manual(low, low + timedelta(minutes=length), "forgot")
    with contextlib.suppress(Invalid):  # it overlaps another
        actions.enter_manual(
            acting=firm.cast.admin.acting, user_id=firm.cast.employee.id, manual=manual, now=clock.now()
        )


def _compare(records: Records, zone: str, base: datetime) -> None:
    days, hours, tasks = _recounted(records, zone, base)
    parts = "worked_ms, active_ms, away_ms, private_ms, paused_ms, break_ms, manual_ms"
    keys = parts.replace("_ms", "").split(", ")
    wanted = {(day, tuple(found[key] * MS for key in keys)) for day, found in days.items() if found}
    for table in ("activity_day", "activity_companyday"):
        rows = records.rows(f"SELECT day, {parts} FROM {table}")
        assert {(row[0], row[1:]) for row in rows if any(row[1:])} == wanted, table
    seconds = "worked_s, active_s, away_s, private_s, break_s, manual_s"
    whole = records.rows(f"SELECT day, days, {seconds} FROM activity_companyday WHERE days > 0")
    wanted_s = [
        (day, 1, *(found[key] * 60 for key in seconds.replace("_s", "").split(", ")))
        for day, found in days.items()
        if found
    ]
    assert {row for row in whole if any(row[2:])} == {row for row in wanted_s if any(row[2:])}
    for table in ("activity_dayhour", "activity_companyhour"):
        rows = records.rows(f"SELECT day, hour, worked_ms, active_ms FROM {table}")
        told = {(day, hour): (worked // MS, active // MS) for day, hour, worked, active in rows}
        assert told == {key: tuple(found) for key, found in hours.items()}, table
    rows = records.rows("SELECT day, task_id, ms FROM activity_daytask")
    assert {(day, task): ms // MS for day, task, ms in rows} == tasks
    usage = _used(records, zone)
    for table in ("activity_dayusage", "activity_daytop"):
        rows = records.rows(f"SELECT day, kind, name, ms FROM {table}")
        assert {(day, kind, name): ms // MS for day, kind, name, ms in rows} == usage, table


def _compare_months(records: Records, zone: str) -> None:
    """Each month is its days, one by one, in whole seconds; who came late was late by the wall."""
    wanted: dict[date, Counter[str]] = defaultdict(Counter)
    days = records.rows(
        "SELECT day, worked_ms, away_ms, private_ms, break_ms, manual_ms, sessions, first_at, last_at FROM activity_day"
    )
    for day, worked, away, private, rest, manual, began, first, last in days:
        month = wanted[day.replace(day=1)]
        active = worked // 1000 - away // 1000 - private // 1000
        month.update(worked_s=worked // 1000, active_s=active, away_s=away // 1000, private_s=private // 1000)
        month.update(break_s=rest // 1000, manual_s=manual // 1000, sessions=began, days=1, **{f"on_{day:%a}": 1})
        if first:
            came, went = _on_the_wall(first, day, zone), _on_the_wall(last, day, zone)
            due = HOURS.get(f"{day:%a}".lower())
            late = due is not None and came > timedelta(hours=int(due[0][:2]), minutes=int(due[0][3:]) + 5)
            month.update(timed=1, came_s=came // SECOND, went_s=went // SECOND, late=int(late))
    names = ("worked_s", "active_s", "away_s", "private_s", "break_s", "manual_s", "sessions", "days", "timed")
    names += ("came_s", "went_s", "late")
    rows = records.rows(f"SELECT month, on_weekdays, {', '.join(names)} FROM activity_month")
    found = {month: (week, dict(zip(names, values, strict=True))) for month, week, *values in rows}
    assert found == {
        month: ([sums[f"on_{name}"] for name in WEEK], {name: sums[name] for name in names})
        for month, sums in wanted.items()
    }
    columns = "sum(ms)::bigint, sum(ms / 1000)::int, count(*)"
    used = f"SELECT date_trunc('month', day)::date, kind, name, {columns} FROM activity_dayusage GROUP BY 1, 2, 3"
    told = records.rows("SELECT month, kind, name, ms, seconds, days FROM activity_monthusage ORDER BY 1, 2, 3")
    assert told == sorted(records.rows(used))
    week = "extract(isodow FROM day)::int - 1, hour, sum(worked_ms / 1000)::int"
    of_hours = f"SELECT date_trunc('month', day)::date, {week} FROM activity_dayhour GROUP BY 1, 2, 3"
    told = records.rows("SELECT month, weekday, hour, seconds FROM activity_monthhour ORDER BY 1, 2, 3")
    assert told == sorted(records.rows(of_hours))


def _on_the_wall(moment: datetime, day: date, zone: str) -> timedelta:
    """How long after midnight, as the wall says it."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - datetime(day.year, day.month, day.day)


def _recounted(
    records: Records, zone: str, base: datetime
) -> tuple[dict[date, Counter[str]], dict[tuple[date, int], list[int]], dict[tuple[date, int], int]]:
    """Minute by minute: what a clerk would write down who reads all that was told."""
    worked = records.rows(
        "SELECT uuid, started_at, least(coalesce(ended_at, last_at), counts_until) FROM activity_worksession"
    )
    marks = defaultdict(list)
    for session, at, state, task in records.rows(
        "SELECT session, at, state, task_id FROM activity_mark ORDER BY at, state, task_id NULLS FIRST"
    ):
        marks[session].append((at, state, task))
    spans = records.rows("SELECT session, kind, answer, started, ended FROM activity_span WHERE kind IN (3, 4)")
    manual = records.rows("SELECT started_at, ended_at FROM activity_manualtime WHERE state = 'APPROVED'")
    days: dict[date, Counter[str]] = defaultdict(Counter)
    hours: dict[tuple[date, int], list[int]] = {}
    tasks: Counter[tuple[date, int]] = Counter()
    for minute in range(-500, LENGTH + 1000):
        moment = base + timedelta(minutes=minute)
        here = moment.astimezone(ZoneInfo(zone))
        said, task = _minute(moment, worked, marks, spans, manual)
        days[here.date()].update(said)
        if "worked" in said:
            hour = hours.setdefault((here.date(), here.hour), [0, 0])
            hour[0], hour[1] = hour[0] + 1, hour[1] + ("active" in said)
        if task:
            tasks[here.date(), task] += 1
    return days, hours, dict(tasks)


def _minute(
    moment: datetime, worked: list[Any], marks: dict[Any, list[Any]], spans: list[Any], manual: list[Any]
) -> tuple[set[str], int | None]:
    """What this one minute was, and for which task."""
    session = next((uuid for uuid, start, end in worked if start <= moment < end), None)
    entered = any(start <= moment < end for start, end in manual)
    if session is None:
        return ({"worked", "active", "manual"} if entered else set()), None
    paused, task = False, None
    for at, state, named in marks[session]:
        if at <= moment:
            paused = state == "paused"
            task = named if state in {"started", "resumed"} else task
    over = [(kind, answer) for uuid, kind, answer, start, end in spans if uuid == session and start <= moment < end]
    answers = {answer for _kind, answer in over if answer}
    if paused or answers & {"break", "discard"}:
        if entered:
            return {"worked", "active", "manual"}, None
        rests = {"paused"} if paused else set()
        return (rests | {"break"} if paused or "break" in answers else rests), None
    if (3, "") in over and not answers:
        return {"worked", "away"}, task
    return ({"worked", "private"} if any(kind == 4 for kind, _answer in over) else {"worked", "active"}), task


def _used(records: Records, zone: str) -> dict[tuple[date, int, str], int]:
    """Each span's own minutes, as far as its session owns them; answers and input are none."""
    found: Counter[tuple[date, int, str]] = Counter()
    for kind, name, low, high in records.rows(
        """SELECT s.kind, s.name, greatest(s.started, w.started_at), least(s.ended, w.counts_until)
           FROM activity_span s JOIN activity_worksession w ON w.uuid = s.session WHERE s.kind <> 5 AND s.answer = ''"""
    ):
        moment = low
        while moment < high:
            found[moment.astimezone(ZoneInfo(zone)).date(), kind, name] += 1
            moment += timedelta(minutes=1)
    return dict(found)
