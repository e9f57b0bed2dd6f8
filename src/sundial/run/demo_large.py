"""A company as large as pages must bear: 1,000 people, a year, what 100 million spans come to, a million audit entries.

People, teams and departments are made through the same actions that pages use; the year is written in sets. The spans
of being away are real, those of applications and websites stand only in their sums: no page reads them.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from sundial.run import demo_large_audit
from sundial.server.activity import actions as activity
from sundial.server.activity import storage
from sundial.server.companies import actions as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import actions as devices
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle

NAME, DOMAIN, ZONE = "Padma Group", "padma.example", "Asia/Dhaka"
DEPARTMENTS = (
    "Spinning", "Weaving", "Dyeing", "Cutting", "Sewing", "Finishing", "Quality", "Shipping", "Purchasing", "Sales",
    "Accounts", "People", "Software",
)  # fmt: skip
TEAM_SIZE, MANAGED = 20, 3
SIGN_IN = 3  # employees who get a password

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How large; the ordinary numbers are those that pages are measured with."""

    people: int = 1000
    days: int = 365
    entries: int = 1_000_000
    screenshots: int = 1_000_000


@dataclass(frozen=True)
class Large:
    """The company, its administrator, the manager of three of its teams, and the first of their people."""

    company_id: int
    admin: Acting
    manager: tuple[int, str]
    employees: tuple[tuple[int, str], ...]


def seed(*, owner: Acting, names: Sequence[tuple[str, str]], size: Size, now: datetime, say: Say) -> Large:
    """Make the company and its year; minutes. `names` are first and last names to make people of."""
    start = now - timedelta(days=size.days)
    say(f"Founding {NAME} with {size.people} people…")
    with transaction.atomic():
        made, people = _people(owner, names, size, start)
    with acting_for(made.company_id):
        with transaction.atomic():
            devices.ready_devices(acting=owner, company_id=made.company_id, count=size.people, now=start)
            _keys(made.company_id, people, start)
        say(f"Writing what {size.people} people did in {size.days} days…")
        activity_of(made.company_id, size, now)
        say("Summing the days…")
        with transaction.atomic():
            connection.cursor().execute("ANALYZE")
    today = now.astimezone(ZoneInfo(ZONE)).date()
    activity.rebuild_days(company_id=made.company_id, first=today - timedelta(days=size.days), last=today, now=now)
    say(f"Writing {size.entries} audit entries…")
    demo_large_audit.write(made.company_id, made.admin, people, size.entries, start, now)
    with acting_for(made.company_id), transaction.atomic():
        connection.cursor().execute("ANALYZE")
    return made


def _people(owner: Acting, names: Sequence[tuple[str, str]], size: Size, start: datetime) -> tuple[Large, list[int]]:
    founded = lifecycle.found_company(
        acting=owner,
        name=NAME,
        admin_email=f"admin@{DOMAIN}",
        admin_first_name="Shirin",
        admin_last_name="Sultana",
        time_zone=ZONE,
        status=CompanyStatus.ACTIVE,
        now=start,
    )
    company_id = founded.company_id
    admin = Acting("person", founded.admin_id, f"admin@{DOMAIN}", Role.ADMIN, company_id, "127.0.0.1")
    with acting_for(company_id):
        departments = [
            companies.add_department(acting=admin, name=name, parent_id=None, now=start).pk for name in DEPARTMENTS
        ]
        manager = _take_on(admin, "Rokeya", "Begum", f"manager@{DOMAIN}", Role.MANAGER, departments[0], start)
        people = []
        for n in range(size.people):
            first, last = names[n % len(names)]
            department = departments[n // TEAM_SIZE % len(departments)]
            people.append(_take_on(admin, first, last, _address(names, n), Role.EMPLOYEE, department, start))
        for number, at in enumerate(range(0, size.people, TEAM_SIZE)):
            managers = [manager] if number < MANAGED else []
            companies.make_team(
                company_id=company_id, name=f"Team {number + 1}", members=people[at : at + TEAM_SIZE], managers=managers
            )
    known = tuple((user_id, _address(names, n)) for n, user_id in enumerate(people[:SIGN_IN]))
    return Large(company_id, admin, (manager, f"manager@{DOMAIN}"), known), people


def _address(names: Sequence[tuple[str, str]], n: int) -> str:
    first, last = names[n % len(names)]
    return f"{first}.{last}.{n}@{DOMAIN}".lower()


def _take_on(admin: Acting, first: str, last: str, email: str, role: Role, department_id: int, now: datetime) -> int:
    row = companies.add_person(
        acting=admin,
        company_id=admin.company_id or 0,
        email=email,
        first_name=first,
        last_name=last,
        role=role,
        now=now,
    )
    companies.edit_person(acting=admin, user_id=row.user_id, changes={"department_id": department_id}, now=now)
    return row.user_id


def _keys(company_id: int, people: Sequence[int], now: datetime) -> None:
    """Each person's own key, under which no picture lies yet."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO activity_personkey (company_id, user_id, wrapped, made_at) VALUES (%s, %s, %s, %s)",
            [(company_id, user_id, storage.new_key(company_id, user_id), now) for user_id in people],
        )


def activity_of(company_id: int, size: Size, now: datetime) -> None:
    """The year, day by day of the zone; a week is a transaction, and Friday is free."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    first = today - timedelta(days=size.days)
    for month in _months(first, today):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sundial_span_partition(%s)", [month])
    worked = [one for n in range(size.days) if (one := first + timedelta(days=n)).isoweekday() != 5]
    for at in range(0, len(worked), 6):
        week = worked[at : at + 6]
        values: dict[str, Any] = {
            "company": company_id,
            "days": week,
            "zone": ZONE,
            "pictures": round(size.screenshots / (size.people * len(worked)), 3),
        }
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (_SESSIONS, _MARKS, _AWAY, _USAGE, _SCREENSHOTS):
                cursor.execute(statement, values)


def _months(first: date, last: date) -> list[date]:
    found, this = [], first.replace(day=1)
    while this <= last:
        found.append(this)
        this = (this + timedelta(days=32)).replace(day=1)
    return found


def believable_names(first: Sequence[str], last: Sequence[str]) -> list[tuple[str, str]]:
    """Every first name with every last name, mixed, the same each time."""
    pairs = [(one, other) for one in first for other in last]
    random.Random(1).shuffle(pairs)  # noqa: S311 - believable people, no secret
    return pairs


# A person's day: from about nine, on a quarter of an hour, for about eight hours; the same each time it is asked.
_LUCK = "('x' || substr(md5({} || '/' || d.user_id || '/' || day), 1, 6))::bit(24)::int"
_DAY = f"""
    SELECT d.id AS device, d.user_id AS person, day,
        (day + time '08:30' + {_LUCK.format("'begun'")} %% 5 * interval '15 minutes') AT TIME ZONE %(zone)s AS begun,
        (30 + {_LUCK.format("'long'")} %% 6) * interval '15 minutes' AS long,
        md5('session/' || d.user_id || '/' || day)::uuid AS session
    FROM devices_device d, unnest(%(days)s::date[]) AS day
    WHERE d.company_id = %(company)s AND {_LUCK.format("'ill'")} %% 25 > 0
"""  # noqa: S608 - put together from constants of this module
# A name that begins with the time, as agents make them.
_EID = (
    "(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7' || "
    "substr(md5({what} || person || '/' || day), 1, 19))::uuid"
)

_SESSIONS = f"""
INSERT INTO activity_worksession
    (company_id, uuid, user_id, device_id, started_at, ended_at, ended_by, reason, last_at, received_at)
SELECT %(company)s, session, person, device, begun, begun + long, 'person', '', begun + long, begun + long
FROM ({_DAY}) day
"""  # noqa: S608 - put together from constants of this module

_MARKS = f"""
INSERT INTO activity_mark (company_id, eid, user_id, device_id, session, kind, state, at, payload)
SELECT %(company)s, {_EID.format(at="at", what="state")}, person, device, session, 'session', state, at, session
FROM ({_DAY}) day, LATERAL (VALUES
    ('started', begun), ('paused', begun + interval '4 hours'), ('resumed', begun + interval '4 hours 30 minutes'),
    ('stopped', begun + long)
) AS told(state, at)
"""  # noqa: S608 - put together from constants of this module

_AWAY = f"""
INSERT INTO activity_span (company_id, eid, user_id, device_id, session, kind, name, title, detail, browser, answer,
    started, ended, keys, clicks, scrolls, moved_s, tz_offset_min, mono_ms, boot_id, payload, received_at)
SELECT %(company)s, {_EID.format(at="at", what="'away' || at")}, person, device, session, 3, 'idle', '', '', '', '',
    at, at + interval '6 minutes', 0, 0, 0, 0, 360, 0, 'large', session, at
FROM ({_DAY}) day, LATERAL (VALUES (begun + interval '95 minutes'), (begun + interval '350 minutes')) AS gone(at)
"""  # noqa: S608 - put together from constants of this module

# A program in each quarter of an hour, now and then a second one or a site: each is the sum of some ten spans.
_USAGE = f"""
WITH quarters AS (
    SELECT person, begun, bucket, {_LUCK.format("'use' || bucket").replace("d.user_id", "person")} AS luck
    FROM ({_DAY}) day, generate_series(begun, begun + long - interval '15 minutes', interval '15 minutes') AS bucket
    WHERE bucket < begun + interval '4 hours' OR bucket >= begun + interval '4 hours 30 minutes'
), away AS (
    SELECT user_id AS person, date_bin('15 minutes', started, 'epoch') AS bucket,
        (sum(extract(epoch FROM ended - started)) * 1000)::bigint AS ms, count(*) AS spans
    FROM activity_span WHERE company_id = %(company)s AND kind = 3 AND session IN (SELECT session FROM ({_DAY}) day)
    GROUP BY 1, 2
), used AS (
    SELECT person, bucket, 1::smallint AS kind, app AS name, (900000 - coalesce(away.ms, 0)) * part / 100 AS ms,
        9 + luck %% 4 AS spans
    FROM quarters LEFT JOIN away USING (person, bucket), LATERAL (VALUES
        ((ARRAY['LibreOffice', 'Firefox', 'Thunderbird', 'Inkscape', 'VS Code', 'Terminal', 'Odoo', 'Zoom'])
            [1 + luck %% 8], CASE luck / 512 %% 4 WHEN 0 THEN 65 ELSE 100 END),
        ((ARRAY['Files', 'Slack', 'GIMP', 'Calculator', 'Evince'])
            [1 + luck / 8 %% 5], CASE luck / 512 %% 4 WHEN 0 THEN 35 ELSE 0 END)
    ) AS apps(app, part) WHERE part > 0
    UNION ALL
    SELECT person, bucket, 2, (ARRAY['docs.example.com', 'erp.padma.example', 'mail.example.com', 'news.example.org',
        'wiki.example.org', 'video.example.net'])[1 + luck / 64 %% 6], 300000, 6
    FROM quarters WHERE luck / 512 %% 4 = 1
    UNION ALL
    SELECT person, bucket, 3, 'idle', ms, spans FROM away
)
INSERT INTO activity_usage
    (company_id, user_id, bucket, kind, name, ms, keys, clicks, scrolls, moved_s, spans)
SELECT %(company)s, person, bucket, kind, name, ms, 0, 0, 0, 0, spans FROM used ORDER BY person, bucket, kind, name
"""  # noqa: S608 - put together from constants of this module

_SCREENSHOTS = f"""
INSERT INTO activity_screenshot (company_id, eid, user_id, device_id, key_id, session, taken_at, told_at, received_at,
    screen, blurred, state, width, height, bytes, thumb_bytes, digest, problem)
SELECT %(company)s, {_EID.format(at="at", what="'shot' || at")}, person, device, key.id, session, at, '', at,
    0, false, 'ready', 1920, 1080, 120000 + n * 1000, 6000, decode(md5(person || '/' || at), 'hex'), ''
FROM ({_DAY}) day JOIN activity_personkey key ON key.user_id = person,
    generate_series(1, ceil(%(pictures)s)::int) AS n,
    LATERAL (SELECT begun + n * interval '37 minutes' AS at) AS taken
WHERE n <= %(pictures)s OR {_LUCK.format("'shot'").replace("d.user_id", "person")} %% 1000 < %(pictures)s %% 1 * 1000
"""  # noqa: S608 - put together from constants of this module
