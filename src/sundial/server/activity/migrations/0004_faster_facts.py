"""Facts are kept in fewer steps, say which days became stale, and carry the task of a mark.

A span that lies whole in one quarter of an hour, as nearly all do, is counted as it is, and only the others are shared
out; nobody looks for what was not new unless something was not. The answer to "what was it?" is a span over time that
spans have told already: it is kept and counts nothing.
"""

from importlib import import_module

from django.db import migrations

before = import_module("sundial.server.activity.migrations.0002_facts")

COUNTS = ("keys", "clicks", "scrolls", "moved_s")


def shared(count: str) -> str:
    """A count's part for one quarter of an hour; the parts add up to the whole."""
    return f"""CASE WHEN s.whole THEN s.{count}
                ELSE (round(s.{count} * f.till) - round(s.{count} * f.since))::integer END AS {count}"""


def pieces(source: str, sessions: str = "activity_worksession") -> str:
    """What the spans of `source` count for: a row for each quarter of an hour that one touches.

    The inner query is not merged into the outer one, since it returns a set: what stands in it is worked out once.
    """
    return f"""
    SELECT s.company_id, s.user_id, s.bucket, s.kind, left(s.name, 200) AS name,
           CASE WHEN s.whole THEN (p.length * 1000)::integer
                ELSE (round(p.till * 1000) - round(p.since * 1000))::integer END AS ms,
           {", ".join(shared(count) for count in COUNTS)},
           CASE WHEN s.whole THEN 1 ELSE (p.since = 0)::integer END AS spans
    FROM (
        SELECT s.company_id, s.user_id, s.kind, s.name, s.keys, s.clicks, s.scrolls, s.moved_s, s.started, s.ended,
            c.low, c.high,
            s.started >= w.started_at AND s.ended <= coalesce(w.counts_until, 'infinity')
                AND s.ended <= date_bin('15 minutes', s.started, 'epoch') + interval '15 minutes' AS whole,
            generate_series(
                date_bin('15 minutes', c.low, 'epoch'), greatest(c.high - interval '1 microsecond', c.low),
                interval '15 minutes') AS bucket
        FROM {source} s
        JOIN {sessions} w ON w.company_id = s.company_id AND w.uuid = s.session
        CROSS JOIN LATERAL (
            SELECT greatest(s.started, w.started_at) AS low, least(s.ended, w.counts_until) AS high) c
        WHERE s.answer = '' AND (c.low < c.high OR (s.started = s.ended
            AND s.started >= w.started_at AND s.started < coalesce(w.counts_until, 'infinity')))
    ) s
    CROSS JOIN LATERAL (
        SELECT date_part('epoch', greatest(s.low, s.bucket) - s.started) AS since,
               date_part('epoch', least(s.high, s.bucket + interval '15 minutes') - s.started) AS till,
               date_part('epoch', s.ended - s.started) AS length) p
    CROSS JOIN LATERAL (
        SELECT CASE p.length WHEN 0 THEN 0 ELSE p.since / p.length END AS since,
               CASE p.length WHEN 0 THEN 1 ELSE p.till / p.length END AS till) f
    """


SUMMED = """company_id, user_id, bucket, kind, name, sum(ms), sum(keys), sum(clicks), sum(scrolls), sum(moved_s),
    sum(spans)::integer"""

RECOUNT = f"""
CREATE OR REPLACE FUNCTION sundial_recount(
    of_company bigint, of_person bigint, since timestamptz, until timestamptz)
RETURNS SETOF activity_usage LANGUAGE sql STABLE AS $$
    SELECT {SUMMED} FROM (
        {
    pieces('''(SELECT * FROM activity_span
            WHERE company_id = of_company AND user_id = of_person
              AND started >= since - interval '24 hours' AND started < until AND ended >= since)''')
}
    ) counted WHERE bucket >= since AND bucket < until GROUP BY 1, 2, 3, 4, 5
$$
"""

# Nothing is sorted: who could write the same rows waits for the person's lock.
TAKE = f"""
CREATE OR REPLACE FUNCTION sundial_take_facts(sessions jsonb, marks jsonb, spans json)
RETURNS TABLE (n integer, event uuid, outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    missed jsonb;
    missing jsonb;
BEGIN
    PERFORM sundial_hold_person(company, person) FROM (
        SELECT DISTINCT company, person FROM jsonb_to_recordset(sessions) AS s(company bigint, person bigint)
        ORDER BY company, person) everyone;
    missed := sundial_take_sessions(sessions, marks);

    WITH whose AS MATERIALIZED ({before.WHOSE}), facts AS MATERIALIZED (
        SELECT * FROM json_to_recordset(spans) AS s(
            n integer, eid uuid, kind smallint, name text, title text, detail text, browser text, answer text,
            started timestamptz, ended timestamptz, keys integer, clicks integer, scrolls integer,
            moved_s integer, tz_offset_min smallint, mono_ms bigint, boot_id text, payload uuid)
    ), kept AS (
        INSERT INTO activity_span (company_id, eid, user_id, device_id, session, kind, name, title, detail, browser,
            answer, started, ended, keys, clicks, scrolls, moved_s, tz_offset_min, mono_ms, boot_id, payload)
        SELECT company, eid, person, device, session, kind, coalesce(name, ''), coalesce(title, ''),
            coalesce(detail, ''), coalesce(browser, ''), coalesce(answer, ''), started, ended, coalesce(keys, 0),
            coalesce(clicks, 0), coalesce(scrolls, 0), coalesce(moved_s, 0), tz_offset_min, mono_ms, boot_id, payload
        FROM facts JOIN whose ON whose.n = facts.n
        ON CONFLICT DO NOTHING
        RETURNING company_id, eid, user_id, session, kind, name, answer, started, ended,
            keys, clicks, scrolls, moved_s
    ), counted AS (
        INSERT INTO activity_usage AS u ({before.SUMS})
        SELECT {SUMMED} FROM (
            {pieces("kept", "(SELECT company AS company_id, session AS uuid, started_at, counts_until FROM whose)")}
        ) p GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT (company_id, user_id, bucket, kind, name) DO UPDATE SET
            ms = u.ms + excluded.ms, keys = u.keys + excluded.keys, clicks = u.clicks + excluded.clicks,
            scrolls = u.scrolls + excluded.scrolls, moved_s = u.moved_s + excluded.moved_s,
            spans = u.spans + excluded.spans
    ), stale AS (
        INSERT INTO activity_stale (company_id, user_id, since, until)
        SELECT company_id, user_id, min(started), max(ended) FROM kept GROUP BY 1, 2
    )
    SELECT CASE WHEN (SELECT count(*) FROM kept) < (SELECT count(*) FROM facts) THEN (
        SELECT jsonb_agg(jsonb_build_object(
            'n', facts.n, 'company', company, 'eid', facts.eid, 'payload', facts.payload))
        FROM facts LEFT JOIN whose ON whose.n = facts.n
        WHERE NOT EXISTS (SELECT FROM kept WHERE kept.company_id = company AND kept.eid = facts.eid)
    ) END INTO missing;
    missed := coalesce(missed || missing, missed, missing);

    IF missed IS NOT NULL THEN
        RETURN QUERY
        SELECT m.n, m.eid, CASE coalesce(s.payload, k.payload) = m.payload
            WHEN true THEN 'duplicate' WHEN false THEN 'conflict' ELSE 'foreign' END
        FROM jsonb_to_recordset(missed) AS m(n integer, company bigint, eid uuid, payload uuid)
        LEFT JOIN activity_span s ON s.company_id = m.company AND s.eid = m.eid
        LEFT JOIN activity_mark k ON k.company_id = m.company AND k.eid = m.eid;
    END IF;
END $$
"""

# A mark says of what follows it, so until the session's last fact the days are to be counted anew.
CHANGES = (
    ("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
    ("reason text, etag text, payload uuid)", "reason text, etag text, task bigint, payload uuid)"),
    ("state, at, reason, etag, payload)", "state, at, reason, etag, task_id, payload)"),
    ("coalesce(etag, ''), payload", "coalesce(etag, ''), task, payload"),
    (
        """RETURNING company_id, eid
        )
        SELECT jsonb_agg""",
        """RETURNING company_id, eid, user_id, session, kind, at
        ), stale AS (
            INSERT INTO activity_stale (company_id, user_id, since, until)
            SELECT kept.company_id, kept.user_id, min(at), greatest(max(at), max(w.last_at))
            FROM kept JOIN activity_worksession w ON w.company_id = kept.company_id AND w.uuid = kept.session
            WHERE kind = 'session' GROUP BY 1, 2
        )
        SELECT jsonb_agg""",
    ),
)


def taking_sessions() -> str:
    """The function as it was, with these changes."""
    text: str = before.SESSIONS
    for old, new in CHANGES:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} should stand once in what is changed")
        text = text.replace(old, new)
    return text


def restored(text: str) -> str:
    """The function as it was."""
    return text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = (("activity", "0003_days"),)
    operations = [
        migrations.RunSQL(RECOUNT, restored(before.RECOUNT)),
        migrations.RunSQL(taking_sessions(), restored(before.SESSIONS)),
        migrations.RunSQL(TAKE, restored(before.TAKE)),
    ]
