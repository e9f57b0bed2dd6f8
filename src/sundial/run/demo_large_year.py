"""The year of the large demo as statements: what people did on some days, and what those days come to.

Each is written for a week of days at once. The sums are those that the worker would make of the same facts, which a
test holds: to make them of a hundred million spans takes it a quarter of an hour.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from sundial.run.demo_large_tasks import OF_DAY
from sundial.server.activity.actions.company_sums import sum_company

ZONE = "Asia/Dhaka"
WEEK, MONTH = 6, 26  # days of work


def write(company_id: int, days: int, pictures: float, now: datetime) -> None:
    """The year, day by day of the zone, in a company's scope; a week is a transaction, and Friday is free."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    first = today - timedelta(days=days)
    for month in _months(first, today):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT sundial_span_partition(%s)", [month])
    worked = [one for n in range(days) if (one := first + timedelta(days=n)).isoweekday() != 5]
    for at in range(0, len(worked), WEEK):
        values: dict[str, Any] = {
            "company": company_id,
            "days": worked[at : at + WEEK],
            "zone": ZONE,
            "pictures": round(pictures / len(worked), 3),
        }
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (_SESSIONS, _MARKS, _AWAY, _USAGE, _SCREENSHOTS, _DAYS, _HOURS, _TASKS):
                cursor.execute(statement, values)
    for at in range(0, len(worked), MONTH):
        with transaction.atomic():
            sum_company(company_id, worked[at : at + MONTH])


def _months(first: date, last: date) -> list[date]:
    found, this = [], first.replace(day=1)
    while this <= last:
        found.append(this)
        this = (this + timedelta(days=32)).replace(day=1)
    return found


# A person's day: from about nine, on a quarter of an hour, for about eight hours; the same each time it is asked.
# After four hours there is a pause of half an hour, and twice a day nobody is there for six minutes.
_GONE = ("interval '95 minutes'", "interval '350 minutes'")
_LUCK = "('x' || substr(md5({} || '/' || d.user_id || '/' || day), 1, 6))::bit(24)::int"
_DAY = f"""
    SELECT d.id AS device, d.user_id AS person, day,
        (day + time '08:30' + {_LUCK.format("'begun'")} %% 5 * interval '15 minutes') AT TIME ZONE %(zone)s AS begun,
        (30 + {_LUCK.format("'long'")} %% 6) * interval '15 minutes' AS long,
        md5('session/' || d.user_id || '/' || day)::uuid AS session,
        ({OF_DAY}) AS task
    FROM devices_device d, unnest(%(days)s::date[]) AS day
    WHERE d.company_id = %(company)s AND {_LUCK.format("'ill'")} %% 25 > 0
"""
# A name that begins with the time, as agents make them.
_EID = (
    "(lpad(to_hex((extract(epoch FROM {at}) * 1000)::bigint), 12, '0') || '7' || "
    "substr(md5({what} || person || '/' || day), 1, 19))::uuid"
)

_SESSIONS = f"""
INSERT INTO activity_worksession
    (company_id, uuid, user_id, device_id, started_at, ended_at, ended_by, reason, last_at, received_at, task_id)
SELECT %(company)s, session, person, device, begun, begun + long, 'person', '', begun + long, begun + long, task
FROM ({_DAY}) day
"""

_MARKS = f"""
INSERT INTO activity_mark (company_id, eid, user_id, device_id, session, kind, state, at, payload, task_id)
SELECT %(company)s, {_EID.format(at="at", what="state")}, person, device, session, 'session', state, at, session,
    CASE WHEN state IN ('started', 'resumed') THEN task END
FROM ({_DAY}) day, LATERAL (VALUES
    ('started', begun), ('paused', begun + interval '4 hours'), ('resumed', begun + interval '4 hours 30 minutes'),
    ('stopped', begun + long)
) AS told(state, at)
"""

_AWAY = f"""
INSERT INTO activity_span (company_id, eid, user_id, device_id, session, kind, name, title, detail, browser, answer,
    started, ended, keys, clicks, scrolls, moved_s, tz_offset_min, mono_ms, boot_id, payload, received_at)
SELECT %(company)s, {_EID.format(at="at", what="'away' || at")}, person, device, session, 3, 'idle', '', '', '', '',
    at, at + interval '6 minutes', 0, 0, 0, 0, 360, 0, 'large', session, at
FROM ({_DAY}) day, LATERAL (VALUES (begun + {_GONE[0]}), (begun + {_GONE[1]})) AS gone(at)
"""

# A program in each quarter of an hour, now and then a second one or a site: each is the sum of some ten spans.
_USAGE = f"""
WITH quarters AS (
    SELECT person, begun, bucket, {_LUCK.format("'use' || bucket").replace("d.user_id", "person")} AS luck
    FROM ({_DAY}) day, generate_series(begun, begun + long - interval '15 minutes', interval '15 minutes') AS bucket
    WHERE bucket < begun + interval '4 hours' OR bucket >= begun + interval '4 hours 30 minutes'
), away AS (
    SELECT person, date_bin('15 minutes', at, 'epoch') AS bucket, 360000::bigint AS ms, 1 AS spans
    FROM ({_DAY}) day, LATERAL (VALUES (begun + {_GONE[0]}), (begun + {_GONE[1]})) AS gone(at)
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
), kept AS (
    INSERT INTO activity_usage
        (company_id, user_id, bucket, kind, name, ms, keys, clicks, scrolls, moved_s, spans)
    SELECT %(company)s, person, bucket, kind, name, ms, 0, 0, 0, 0, spans FROM used ORDER BY person, bucket, kind, name
    RETURNING user_id, bucket, kind, name, ms
)
INSERT INTO activity_dayusage (company_id, user_id, day, kind, name, ms)
SELECT %(company)s, user_id, (bucket AT TIME ZONE %(zone)s)::date, kind, name, sum(ms) FROM kept
GROUP BY 2, 3, 4, 5 ORDER BY 2, 3, 4, 5
"""

_SCREENSHOTS = f"""
INSERT INTO activity_screenshot (company_id, eid, user_id, device_id, key_id, session, taken_at, told_at, received_at,
    screen, blurred, state, width, height, bytes, thumb_bytes, digest, problem)
SELECT %(company)s, {_EID.format(at="at", what="'shot' || at")}, person, device, key.id, session, at, '', at,
    0, false, 'ready', 1920, 1080, 120000 + n * 1000, 6000, decode(md5(person || '/' || at), 'hex'), ''
FROM ({_DAY}) day JOIN activity_personkey key ON key.user_id = person,
    generate_series(1, ceil(%(pictures)s)::int) AS n,
    LATERAL (SELECT begun + n * interval '37 minutes' AS at) AS taken
WHERE n <= %(pictures)s OR {_LUCK.format("'shot'").replace("d.user_id", "person")} %% 1000 < %(pictures)s %% 1 * 1000
"""

_WALL = "(extract(epoch FROM ({} AT TIME ZONE %(zone)s) - day::timestamp) * 1000)::integer"
_DAYS = f"""
INSERT INTO activity_day (company_id, user_id, day, worked_ms, active_ms, away_ms, private_ms, paused_ms, break_ms,
    manual_ms, sessions, keys, clicks, scrolls, moved_s, screenshots, first_at, last_at, came_ms, went_ms)
SELECT %(company)s, person, day, worked, worked - 720000, 720000, 0, 1800000, 1800000,
    0, 1, 0, 0, 0, 0, (
        SELECT count(*) FROM activity_screenshot shot WHERE shot.company_id = %(company)s AND shot.user_id = person
          AND shot.taken_at >= begun AND shot.taken_at < begun + long
    ), begun, begun + long, {_WALL.format("begun")}, {_WALL.format("(begun + long)")}
FROM (SELECT *, (extract(epoch FROM long) * 1000)::bigint - 1800000 AS worked FROM ({_DAY}) day) day
"""

# Worked is what lies in an hour before and after the pause; active is that without the minutes of being away.
_HOURS = f"""
INSERT INTO activity_dayhour (company_id, user_id, day, hour, worked_ms, active_ms)
SELECT %(company)s, person, day, extract(hour FROM hour AT TIME ZONE %(zone)s), sum(worked),
    sum(worked - away) FROM (
    SELECT person, day, hour, (extract(epoch FROM past - since) * 1000)::bigint AS worked, (
        SELECT (coalesce(sum(extract(epoch FROM greatest(
            least(past, at + interval '6 minutes') - greatest(since, at), interval '0'))), 0) * 1000)::bigint
        FROM (VALUES (begun + {_GONE[0]}), (begun + {_GONE[1]})) AS gone(at)
    ) AS away
    FROM ({_DAY}) day, LATERAL (VALUES
        (begun, begun + interval '4 hours'), (begun + interval '4 hours 30 minutes', begun + long)
    ) AS piece(low, high),
        generate_series(date_trunc('hour', low), high - interval '1 second', interval '1 hour') AS hour,
        LATERAL (SELECT greatest(low, hour) AS since, least(high, hour + interval '1 hour') AS past) AS part
) hours GROUP BY 2, 3, 4
"""

_TASKS = f"""
INSERT INTO activity_daytask (company_id, user_id, day, task_id, ms)
SELECT %(company)s, person, day, task, (extract(epoch FROM long) * 1000)::bigint - 1800000
FROM ({_DAY}) day WHERE task IS NOT NULL
"""
