"""The role under which the gateway writes facts of all companies in one statement."""

from django.db import migrations

ROLE = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sundial_ingest') THEN
    CREATE ROLE sundial_ingest NOLOGIN;
  END IF;
  GRANT USAGE ON SCHEMA public TO sundial_ingest;
END $$
"""


class Migration(migrations.Migration):
    dependencies = (("lib", "0001_scope"),)
    operations = [migrations.RunSQL(ROLE, migrations.RunSQL.noop)]
