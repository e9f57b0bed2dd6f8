"""The roles that may cross companies, and the functions every tenant table calls."""

from django.db import migrations

ROLES = """
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['sundial_across', 'sundial_gateway'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', wanted);
  END LOOP;
END $$
"""

# Wrapped in (SELECT ...) by every policy, so it runs once a statement and not once a row.
COMPANY = """
CREATE FUNCTION sundial_company() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE value text := current_setting('app.company_id', true);
BEGIN
  IF value IS NULL OR value = '' THEN
    RAISE EXCEPTION 'no company in scope' USING ERRCODE = 'insufficient_privilege',
      HINT = 'wrap the query in sundial.server.lib.scope.acting_for(company_id)';
  END IF;
  RETURN value::bigint;
END $$
"""

APPEND_ONLY = """
CREATE FUNCTION sundial_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


class Migration(migrations.Migration):
    dependencies = ()
    operations = [
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
        migrations.RunSQL(COMPANY, "DROP FUNCTION sundial_company()"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION sundial_append_only()"),
    ]
