"""What is old goes: from when on facts are whole, and partitions that nothing lies in any more."""

from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

# The application owns no table: it asks, and only what is empty goes, whoever's rows they were.
DROP_EMPTY = """
CREATE FUNCTION sundial_drop_empty_span_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made text := 'activity_span_' || to_char(month, 'YYYY_MM');
    used boolean;
BEGIN
    IF to_regclass(made) IS NULL OR month >= date_trunc('month', now()) - interval '2 months' THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', made);
    -- Whose rows they are must not matter here, and the owner of the tables is bound by row-level security, too.
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', made);
    EXECUTE format('SELECT EXISTS (SELECT FROM %I)', made) INTO used;
    IF used THEN
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', made);
        RETURN false;
    END IF;
    EXECUTE format('DROP TABLE %I', made);
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION sundial_drop_empty_span_partition(date) FROM PUBLIC;
"""

# Sums of time whose facts were let go are final: made anew they would be nothing.
REBUILD = """
CREATE OR REPLACE FUNCTION sundial_rebuild_usage(
    of_company bigint, of_person bigint, since timestamptz, until timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first timestamptz := date_bin('15 minutes', greatest(since, (
        SELECT activity_since FROM activity_kept WHERE company_id = of_company)), 'epoch');
    past timestamptz := date_bin('15 minutes', until, 'epoch') + interval '15 minutes';
BEGIN
    PERFORM sundial_hold_person(of_company, of_person);
    DELETE FROM activity_usage
    WHERE company_id = of_company AND user_id = of_person AND bucket >= first AND bucket < past;
    INSERT INTO activity_usage SELECT * FROM sundial_recount(of_company, of_person, first, past);
END $$
"""
BEFORE = REBUILD.replace(
    """greatest(since, (
        SELECT activity_since FROM activity_kept WHERE company_id = of_company))""",
    "since",
)


class Migration(migrations.Migration):
    dependencies = (("activity", "0004_faster_facts"),)
    operations = (
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("company_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("activity_since", models.DateTimeField()),
            ],
            options={"db_table": "activity_kept"},
        ),
        TenantTable("activity_kept", ingest="select"),
        migrations.RunSQL(REBUILD, BEFORE),
        migrations.RunSQL(DROP_EMPTY, "DROP FUNCTION sundial_drop_empty_span_partition(date)"),
    )
