from django.db import migrations

# What of an entry can be searched: its words and whose log it stands in. The personal values are its only source, so
# erasing them erases these, too.
WORDS = """
CREATE FUNCTION audit_plain(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(lower(said), '[^[:alnum:]]+', ' ', 'g')
$$;
ALTER TABLE audit_personal ADD COLUMN words tsvector GENERATED ALWAYS AS (
  strip(to_tsvector('simple', regexp_replace(
    lower(coalesce(description, '') || ' ' || coalesce(target, '') || ' ' || coalesce(actor, '')),
    '[^[:alnum:]]+', ' ', 'g'
  ))) || array_to_tsvector(ARRAY['@' || company_id])
) STORED;
CREATE INDEX audit_personal_words ON audit_personal USING gin (words);
"""
NO_WORDS = """
DROP INDEX audit_personal_words;
ALTER TABLE audit_personal DROP COLUMN words;
DROP FUNCTION audit_plain(text);
"""

# Under row-level security no index serves such a question, for its operators might leak what they compare. So a role
# that nobody can become owns the one function that asks it, and the function asks of the company in scope alone.
FIND = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sundial_search') THEN
    CREATE ROLE sundial_search NOLOGIN;
  END IF;
  BEGIN
    GRANT sundial_search TO CURRENT_USER;
  EXCEPTION WHEN insufficient_privilege THEN
    NULL; -- an administrator made the role and has seen to it
  END;
END $$;
GRANT USAGE ON SCHEMA public TO sundial_search;
GRANT SELECT (company_id, seq, words) ON audit_personal TO sundial_search;
CREATE POLICY search ON audit_personal FOR SELECT TO sundial_search USING (true);
CREATE FUNCTION audit_asked(said text) RETURNS tsquery LANGUAGE sql STABLE AS $$
  SELECT to_tsquery('simple', string_agg(word || ':*', ' & '))
  FROM regexp_split_to_table(trim(public.audit_plain(said)), ' ') word WHERE word <> ''
$$;
CREATE FUNCTION audit_find(said text, at_most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.seq FROM public.audit_personal p
  WHERE p.words @@ (
      SELECT public.audit_asked(said) && quote_literal('@' || public.sundial_company())::tsquery
    )
    AND p.company_id + 0 = (SELECT public.sundial_company()) -- no index of its own: reading a whole log is no search
  LIMIT at_most
$$;
REVOKE ALL ON FUNCTION audit_find(text, integer) FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO sundial_search;
ALTER FUNCTION audit_find(text, integer) OWNER TO sundial_search;
REVOKE CREATE ON SCHEMA public FROM sundial_search;
"""
NO_FIND = """
DROP FUNCTION audit_find(text, integer);
DROP FUNCTION audit_asked(text);
DROP POLICY search ON audit_personal;
REVOKE ALL ON audit_personal FROM sundial_search;
"""


class Migration(migrations.Migration):
    """A word is found in a million entries as quickly as in a hundred."""

    dependencies = [("audit", "0002_roots_across")]

    operations = [migrations.RunSQL(WORDS, NO_WORDS), migrations.RunSQL(FIND, NO_FIND)]
