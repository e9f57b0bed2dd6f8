from django.db import migrations

# PostgreSQL takes a word such as 4e73cb apart, into a number and letters, and asks for them side by side; what is
# searched keeps no places of words. So they are asked for each by itself.
ASKED = """
CREATE OR REPLACE FUNCTION audit_asked(said text) RETURNS tsquery LANGUAGE sql STABLE AS $$
  SELECT replace(to_tsquery('simple', string_agg(word || ':*', ' & '))::text, '<->', '&')::tsquery
  FROM regexp_split_to_table(trim(public.audit_plain(said)), ' ') word WHERE word <> ''
$$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION audit_asked(said text) RETURNS tsquery LANGUAGE sql STABLE AS $$
  SELECT to_tsquery('simple', string_agg(word || ':*', ' & '))
  FROM regexp_split_to_table(trim(public.audit_plain(said)), ' ') word WHERE word <> ''
$$;
"""


class Migration(migrations.Migration):
    """A word that begins like a number is found."""

    dependencies = [("audit", "0004_archives")]

    operations = [migrations.RunSQL(ASKED, AS_BEFORE)]
