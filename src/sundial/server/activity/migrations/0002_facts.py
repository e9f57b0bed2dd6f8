"""How facts become sessions and sums: functions that the gateway and the server call alike, so that there is one rule.

Whoever changes a person's sessions, spans or sums holds that person's lock until the commit. A session counts from
its start until the next one of the same person starts, or an administrator ended it; that is `counts_until`.
A deleted one counts nowhere and takes nothing over.
"""

from django.db import migrations

HOLD = """
CREATE FUNCTION sundial_hold_person(of_company bigint, of_person bigint) RETURNS void
LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(hashint8extended(of_person, of_company)) $$
"""


def pieces(source: str, sessions: str = "activity_worksession") -> str:
    """What the spans of `source` count for: a row for each quarter of an hour that one touches.

    Counts are shared out by time, and rounded where they add up again to the span's own.
    """
    return f"""
    SELECT s.company_id, s.user_id, s.bucket, s.kind, left(s.name, 200) AS name,
           (round(p.till * 1000) - round(p.since * 1000))::bigint AS ms,
           (round(s.keys * f.till) - round(s.keys * f.since))::bigint AS keys,
           (round(s.clicks * f.till) - round(s.clicks * f.since))::bigint AS clicks,
           (round(s.scrolls * f.till) - round(s.scrolls * f.since))::bigint AS scrolls,
           (round(s.moved_s * f.till) - round(s.moved_s * f.since))::bigint AS moved_s,
           (p.since = 0)::integer AS spans
    FROM (
        SELECT s.*, c.low, c.high, generate_series(
            date_bin('15 minutes', c.low, 'epoch'), greatest(c.high - interval '1 microsecond', c.low),
            interval '15 minutes') AS bucket
        FROM {source} s
        JOIN {sessions} w ON w.company_id = s.company_id AND w.uuid = s.session
        CROSS JOIN LATERAL (
            SELECT greatest(s.started, w.started_at) AS low, least(s.ended, w.counts_until) AS high) c
        WHERE c.low < c.high OR (s.started = s.ended
            AND s.started >= w.started_at AND s.started < coalesce(w.counts_until, 'infinity'))
    ) s
    CROSS JOIN LATERAL (
        SELECT date_part('epoch', greatest(s.low, s.bucket) - s.started) AS since,
               date_part('epoch', least(s.high, s.bucket + interval '15 minutes') - s.started) AS till,
               date_part('epoch', s.ended - s.started) AS whole) p
    CROSS JOIN LATERAL (
        SELECT CASE p.whole WHEN 0 THEN 0 ELSE p.since / p.whole END AS since,
               CASE p.whole WHEN 0 THEN 1 ELSE p.till / p.whole END AS till) f
    """


SUMS = "company_id, user_id, bucket, kind, name, ms, keys, clicks, scrolls, moved_s, spans"
SUMMED = """company_id, user_id, bucket, kind, name, sum(ms)::bigint, sum(keys)::bigint, sum(clicks)::bigint,
    sum(scrolls)::bigint, sum(moved_s)::bigint, sum(spans)::integer"""

RECOUNT = f"""
CREATE FUNCTION sundial_recount(of_company bigint, of_person bigint, since timestamptz, until timestamptz)
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

REBUILD = """
CREATE FUNCTION sundial_rebuild_usage(of_company bigint, of_person bigint, since timestamptz, until timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first timestamptz := date_bin('15 minutes', since, 'epoch');
    past timestamptz := date_bin('15 minutes', until, 'epoch') + interval '15 minutes';
BEGIN
    PERFORM sundial_hold_person(of_company, of_person);
    DELETE FROM activity_usage
    WHERE company_id = of_company AND user_id = of_person AND bucket >= first AND bucket < past;
    INSERT INTO activity_usage SELECT * FROM sundial_recount(of_company, of_person, first, past);
END $$
"""

# What a session is, from what was told of it (marks), what stands in its row, and which session comes next.
# A start claimed for later than tomorrow is a wrong clock: kept and counted, but it takes nothing over. Facts of a
# session that nobody said to have begun own their time, but end nobody's work.
STANDING = """
    near AS (
        SELECT * FROM activity_worksession
        WHERE company_id = of_company AND user_id = of_person AND started_at >= coalesce((
            SELECT coalesce(max(started_at) FILTER (WHERE ended_by NOT IN ('implied', 'deleted')), max(started_at))
            FROM activity_worksession
            WHERE company_id = of_company AND user_id = of_person AND started_at < since), since)
        FOR NO KEY UPDATE
    ), told AS (
        SELECT session,
               min(at) FILTER (WHERE state = 'started') AS started,
               (array_agg(reason ORDER BY at DESC, eid DESC)
                   FILTER (WHERE state <> 'stopped' AND reason <> ''))[1] AS told_note,
               min(at) FILTER (WHERE state = 'stopped') AS stopped,
               (array_agg(reason ORDER BY at, eid) FILTER (WHERE state = 'stopped'))[1] AS told_reason,
               (array_agg(CASE state WHEN 'paused' THEN at END ORDER BY at DESC, eid DESC)
                   FILTER (WHERE state IN ('paused', 'resumed')))[1] AS told_pause,
               bool_or(state IN ('paused', 'resumed')) AS told_of_pause
        FROM activity_mark
        WHERE company_id = of_company AND kind = 'session' AND session IN (SELECT uuid FROM near)
        GROUP BY session
    ), placed AS (
        SELECT near.*, told.*, coalesce(told.started, near.started_at) AS begins,
               near.ended_by IN ('admin', 'left', 'deleted') AS final, near.ended_by = 'deleted' AS deleted,
               coalesce(told.started, near.started_at) > now() + interval '1 day' AS far,
               near.ended_by = 'implied' AND told.started IS NULL AS untold
        FROM near LEFT JOIN told ON told.session = near.uuid
    ), ordered AS (
        SELECT *, far OR untold AS implied, min(begins) OVER following AS next_at,
               min(begins) FILTER (WHERE NOT untold) OVER following AS told_at,
               (array_agg(device_id) FILTER (WHERE NOT untold) OVER following)[1] AS next_device
        FROM placed
        WINDOW following AS (PARTITION BY far, deleted ORDER BY begins, uuid
                             ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
    ), own AS (
        SELECT *, CASE
            WHEN final THEN ended_at
            WHEN implied THEN greatest(last_at, begins)
            WHEN stopped IS NOT NULL THEN greatest(stopped, begins)
            WHEN ended_by = 'implied' THEN NULL
            WHEN ended_by = 'silence' AND last_at > ended_at THEN NULL
            WHEN ended_by IN ('other_device', 'crash') AND told_at IS NOT NULL THEN NULL
            ELSE ended_at END AS own_end
        FROM ordered
    ), taken AS (
        SELECT *, NOT final AND NOT implied AND told_at IS NOT NULL AND coalesce(own_end > told_at, true) AS taken
        FROM own
    ), standing AS (
        SELECT *,
            CASE WHEN taken AND next_device = device_id THEN least(told_at, greatest(last_at, begins))
                 WHEN taken THEN told_at
                 WHEN implied THEN least(own_end, next_at)
                 ELSE own_end END AS ends,
            CASE WHEN final THEN ended_by
                 WHEN implied THEN 'implied'
                 WHEN taken AND next_device = device_id THEN 'crash'
                 WHEN taken THEN 'other_device'
                 WHEN own_end IS NULL THEN ''
                 WHEN stopped IS NULL THEN ended_by
                 WHEN told_reason = 'crash' THEN 'crash'
                 ELSE 'person' END AS ends_by,
            CASE WHEN deleted THEN begins ELSE least(next_at, CASE WHEN final THEN ended_at END) END AS till
        FROM taken
    )
"""

SETTLE = f"""
CREATE FUNCTION sundial_settle_sessions(of_company bigint, of_person bigint, since timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    s record;
    changed uuid[] := '{{}}';
    low timestamptz;
    high timestamptz;
BEGIN
    PERFORM sundial_hold_person(of_company, of_person);
    FOR s IN
        WITH {STANDING}
        SELECT *,
            CASE WHEN ends IS NOT NULL THEN NULL WHEN told_of_pause THEN told_pause ELSE paused_at END AS pauses,
            CASE WHEN coalesce(told_reason, '') = '' THEN reason ELSE told_reason END AS says,
            CASE WHEN coalesce(told_note, '') = '' THEN note ELSE told_note END AS notes
        FROM standing ORDER BY ends IS NULL, begins  -- one open session a person: close before opening
    LOOP
        UPDATE activity_worksession SET started_at = s.begins, ended_at = s.ends, ended_by = s.ends_by,
            counts_until = s.till, paused_at = s.pauses, reason = s.says, note = s.notes
        WHERE id = s.id AND (started_at, ended_at, ended_by, counts_until, paused_at, reason, note)
            IS DISTINCT FROM (s.begins, s.ends, s.ends_by, s.till, s.pauses, s.says, s.notes);
        IF s.ends_by = 'other_device' AND s.ended_by <> 'other_device' THEN
            PERFORM sundial_tell_taken_over(of_company, s.device_id, s.uuid);
        END IF;
        IF s.begins <> s.started_at THEN
            changed := changed || s.uuid;
            low := least(low, s.begins, s.started_at);
            high := greatest(high, s.begins, s.started_at);
        END IF;
        IF s.till IS DISTINCT FROM s.counts_until THEN
            changed := changed || s.uuid;
            low := least(low, s.till, s.counts_until);
            high := greatest(high, coalesce(s.till, 'infinity'), coalesce(s.counts_until, 'infinity'));
        END IF;
    END LOOP;
    SELECT greatest(low, min(started)), least(high, max(ended)) INTO low, high FROM activity_span
    WHERE company_id = of_company AND user_id = of_person AND session = ANY(changed)
      AND started >= low - interval '24 hours' AND started <= high AND ended >= low
    HAVING count(*) > 0;
    IF FOUND THEN
        PERFORM sundial_rebuild_usage(of_company, of_person, low, high);
    END IF;
END $$
"""

TELL = """
CREATE FUNCTION sundial_tell_taken_over(of_company bigint, device bigint, session uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    notice bigint;
BEGIN
    INSERT INTO devices_notice (company_id, device_id, kind, body, made_at) VALUES (
        of_company, device, 'session_ended',
        jsonb_build_object('session', session, 'by', 'other_device',
                           'text', 'Work was started on another computer, so this session has ended.'),
        now()) RETURNING id INTO notice;
    PERFORM pg_notify('sundial', format('notice %s %s %s session_ended', of_company, device, notice));
END $$
"""

# Batches of many companies in one transaction. `sessions` says whose the facts are and from when to when they speak of
# each session; marks and spans name their line there as `n`. Rows come back only for events that are not new.
# Looked up one by one (LIMIT says so to the planner, who would guess that hardly any are found).
WHOSE = """
        SELECT n, company, person, device, session, known.started_at, known.counts_until
        FROM jsonb_to_recordset(sessions)
            AS s(n integer, company bigint, person bigint, device bigint, session uuid),
        LATERAL (SELECT w.started_at, w.counts_until FROM activity_worksession w
                 WHERE w.company_id = company AND w.uuid = session AND w.device_id = device LIMIT 1) known
"""

TAKE = f"""
CREATE FUNCTION sundial_take_facts(sessions jsonb, marks jsonb, spans json)
RETURNS TABLE (n integer, event uuid, outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    missed jsonb;
BEGIN
    PERFORM sundial_hold_person(company, person) FROM (
        SELECT DISTINCT company, person FROM jsonb_to_recordset(sessions) AS s(company bigint, person bigint)
        ORDER BY company, person) everyone;
    missed := sundial_take_sessions(sessions, marks);

    WITH whose AS MATERIALIZED ({WHOSE}), facts AS MATERIALIZED (
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
        ORDER BY company, eid
        ON CONFLICT DO NOTHING
        RETURNING company_id, eid, user_id, session, kind, name, started, ended, keys, clicks, scrolls, moved_s
    ), counted AS (
        INSERT INTO activity_usage AS u ({SUMS})
        SELECT {SUMMED} FROM (
            {pieces("kept", "(SELECT company AS company_id, session AS uuid, started_at, counts_until FROM whose)")}
        ) p GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (company_id, user_id, bucket, kind, name) DO UPDATE SET
            ms = u.ms + excluded.ms, keys = u.keys + excluded.keys, clicks = u.clicks + excluded.clicks,
            scrolls = u.scrolls + excluded.scrolls, moved_s = u.moved_s + excluded.moved_s,
            spans = u.spans + excluded.spans
    )
    SELECT coalesce(missed, '[]') || coalesce(jsonb_agg(jsonb_build_object(
        'n', facts.n, 'company', company, 'eid', facts.eid, 'payload', facts.payload)), '[]') INTO missed
    FROM facts LEFT JOIN whose ON whose.n = facts.n
    LEFT JOIN kept ON kept.company_id = company AND kept.eid = facts.eid
    WHERE kept.eid IS NULL;

    IF missed <> '[]' THEN
        RETURN QUERY
        SELECT m.n, m.eid, CASE coalesce(s.payload, k.payload) = m.payload
            WHEN true THEN 'duplicate' WHEN false THEN 'conflict' ELSE 'foreign' END
        FROM jsonb_to_recordset(missed) AS m(n integer, company bigint, eid uuid, payload uuid)
        LEFT JOIN activity_span s ON s.company_id = m.company AND s.eid = m.eid
        LEFT JOIN activity_mark k ON k.company_id = m.company AND k.eid = m.eid;
    END IF;
END $$
"""

SESSIONS = f"""
CREATE FUNCTION sundial_take_sessions(sessions jsonb, marks jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    unsettled jsonb;
    missed jsonb;
BEGIN
    WITH touched AS (
        SELECT * FROM jsonb_to_recordset(sessions) AS s(
            n integer, company bigint, person bigint, device bigint, session uuid,
            first timestamptz, last timestamptz)
    ), fresh AS (
        INSERT INTO activity_worksession
            (company_id, uuid, user_id, device_id, started_at, last_at, ended_at, ended_by)
        SELECT company, session, person, device, first, last, last, 'implied' FROM touched
        WHERE NOT EXISTS (SELECT FROM activity_worksession w WHERE w.company_id = company AND w.uuid = session)
        ORDER BY company, session
        ON CONFLICT (company_id, uuid) DO NOTHING RETURNING company_id, uuid
    ), moved AS (
        UPDATE activity_worksession w SET last_at = greatest(last_at, last),
            started_at = CASE ended_by WHEN 'implied' THEN least(started_at, first) ELSE started_at END
        FROM touched
        WHERE w.company_id = company AND w.uuid = session AND w.device_id = device
          AND (last > last_at OR (ended_by = 'implied' AND first < started_at))
        RETURNING w.company_id, w.uuid, w.ended_by
    ), unsettled AS (
        SELECT company_id, uuid FROM fresh
        UNION SELECT company_id, uuid FROM moved WHERE ended_by IN ('implied', 'silence', 'crash')
        UNION SELECT company, session FROM touched JOIN jsonb_to_recordset(marks) AS m(n integer, kind text)
              ON m.n = touched.n AND m.kind = 'session'
    ), due AS (
        SELECT t.company, t.person, min(least(t.first, w.started_at)) AS since
        FROM unsettled JOIN touched t ON t.company = unsettled.company_id AND t.session = unsettled.uuid
        LEFT JOIN activity_worksession w ON w.company_id = t.company AND w.uuid = t.session
        GROUP BY 1, 2
    )
    SELECT jsonb_agg(to_jsonb(due) ORDER BY company, person) INTO unsettled FROM due;

    IF marks <> '[]' THEN
        WITH whose AS MATERIALIZED ({WHOSE}), told AS MATERIALIZED (
            SELECT * FROM jsonb_to_recordset(marks) AS m(
                n integer, eid uuid, kind text, state text, at timestamptz, reason text, etag text, payload uuid)
        ), kept AS (
            INSERT INTO activity_mark
                (company_id, eid, user_id, device_id, session, kind, state, at, reason, etag, payload)
            SELECT company, eid, person, device, session, kind, coalesce(state, ''), at, coalesce(reason, ''),
                coalesce(etag, ''), payload
            FROM told JOIN whose ON whose.n = told.n
            ORDER BY company, eid
            ON CONFLICT DO NOTHING RETURNING company_id, eid
        )
        SELECT jsonb_agg(jsonb_build_object(
            'n', told.n, 'company', company, 'eid', told.eid, 'payload', told.payload)) INTO missed
        FROM told LEFT JOIN whose ON whose.n = told.n
        LEFT JOIN kept ON kept.company_id = company AND kept.eid = told.eid
        WHERE kept.eid IS NULL;
    END IF;
    PERFORM sundial_settle_sessions(company, person, since)
    FROM jsonb_to_recordset(coalesce(unsettled, '[]')) AS s(company bigint, person bigint, since timestamptz);
    RETURN missed;
END $$
"""

MADE = {
    "sundial_hold_person(bigint, bigint)": HOLD,
    "sundial_recount(bigint, bigint, timestamptz, timestamptz)": RECOUNT,
    "sundial_rebuild_usage(bigint, bigint, timestamptz, timestamptz)": REBUILD,
    "sundial_tell_taken_over(bigint, bigint, uuid)": TELL,
    "sundial_settle_sessions(bigint, bigint, timestamptz)": SETTLE,
    "sundial_take_sessions(jsonb, jsonb)": SESSIONS,
    "sundial_take_facts(jsonb, jsonb, json)": TAKE,
}


class Migration(migrations.Migration):
    dependencies = (("activity", "0001_initial"), ("devices", "0001_initial"))
    operations = [
        *(migrations.RunSQL(made, f"DROP FUNCTION {name}") for name, made in MADE.items()),
        # A notice is all that the role for facts writes elsewhere: a device hears that another took over.
        migrations.RunSQL(
            """
            CREATE POLICY ingest ON devices_notice FOR ALL TO sundial_ingest USING (true) WITH CHECK (true);
            GRANT INSERT ON devices_notice TO sundial_ingest;
            GRANT SELECT (id) ON devices_notice TO sundial_ingest;
            GRANT USAGE ON SEQUENCE devices_notice_id_seq TO sundial_ingest;
            """,
            """
            DROP POLICY ingest ON devices_notice;
            REVOKE ALL ON devices_notice FROM sundial_ingest;
            REVOKE ALL ON SEQUENCE devices_notice_id_seq FROM sundial_ingest;
            """,
        ),
    ]
