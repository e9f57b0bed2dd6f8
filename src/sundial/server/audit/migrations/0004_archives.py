from django.db import migrations, models

from sundial.server.lib.rls import AppendOnly, TenantTable

ROLE = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sundial_archivist') THEN
    CREATE ROLE sundial_archivist NOLOGIN;
  END IF;
  BEGIN
    GRANT sundial_archivist TO CURRENT_USER;
  EXCEPTION WHEN insufficient_privilege THEN
    NULL; -- an administrator made the role and has seen to it
  END;
END $$;
GRANT USAGE ON SCHEMA public TO sundial_archivist;
GRANT SELECT ON audit_head, audit_archive, audit_removal TO sundial_archivist;
GRANT SELECT, DELETE ON audit_entry, audit_personal TO sundial_archivist;
GRANT INSERT ON audit_removal TO sundial_archivist;
"""
NO_ROLE = "REVOKE ALL ON audit_head, audit_entry, audit_personal FROM sundial_archivist"

# The triggers stay, for everybody: what they let through is an entry whose removal was found sound and is on record.
MAY_GO = """
CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.seq <= (
    SELECT max(r.last) FROM public.audit_removal r WHERE r.company_id = OLD.company_id
  ) THEN RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_entry_stays();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only;
CREATE OR REPLACE FUNCTION audit_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
    AND (NEW.company_id, NEW.seq) IS NOT DISTINCT FROM (OLD.company_id, OLD.seq)
    AND ((NEW.actor, NEW.ip, NEW.actor_salt) IS NOT DISTINCT FROM (OLD.actor, OLD.ip, OLD.actor_salt)
      OR (NEW.actor IS NULL AND NEW.ip IS NULL AND NEW.actor_salt IS NULL))
    AND ((NEW.description, NEW.target, NEW.more, NEW.about_salt)
        IS NOT DISTINCT FROM (OLD.description, OLD.target, OLD.more, OLD.about_salt)
      OR (NEW.description IS NULL AND NEW.target IS NULL AND NEW.more IS NULL AND NEW.about_salt IS NULL))
  THEN RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND OLD.seq <= (
    SELECT max(r.last) FROM public.audit_removal r WHERE r.company_id = OLD.company_id
  ) THEN RETURN OLD;
  END IF;
  RAISE EXCEPTION 'personal values of the audit log can only be erased' USING ERRCODE = 'insufficient_privilege';
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION sundial_append_only();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER append_only;
DROP FUNCTION audit_entry_stays();
"""

# RFC 6962, as in `lib.merkle`: the edge of a tree after more leaves, and the root over an edge.
TREE = r"""
CREATE FUNCTION audit_edge(log bigint, from_edge bytea, first bigint, last bigint) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  edge bytea[] := ARRAY(SELECT substr(from_edge, 1 + 32 * n, 32) FROM generate_series(0, length(from_edge) / 32 - 1) n);
  size bigint := first - 1;
  hashed bytea;
  rest bigint;
BEGIN
  FOR hashed IN SELECT e.leaf_hash FROM public.audit_entry e
    WHERE e.company_id = log AND e.seq BETWEEN first AND last ORDER BY e.seq
  LOOP
    rest := size;
    WHILE rest & 1 = 1 LOOP
      hashed := sha256('\x01'::bytea || edge[cardinality(edge)] || hashed);
      edge := edge[:cardinality(edge) - 1];
      rest := rest >> 1;
    END LOOP;
    edge := edge || hashed;
    size := size + 1;
  END LOOP;
  RETURN CASE WHEN size = last THEN
    (SELECT string_agg(one, ''::bytea ORDER BY n) FROM unnest(edge) WITH ORDINALITY t(one, n))
  END;
END $$;
CREATE FUNCTION audit_root(edge bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  at int := length(edge) / 32 - 1;
  root bytea := substr(edge, 1 + 32 * at, 32);
BEGIN
  WHILE at > 0 LOOP
    at := at - 1;
    root := sha256('\x01'::bytea || substr(edge, 1 + 32 * at, 32) || root);
  END LOOP;
  RETURN root;
END $$;
"""
NO_TREE = "DROP FUNCTION audit_edge(bigint, bytea, bigint, bigint); DROP FUNCTION audit_root(bytea);"

# Whether this archive's entries may go. Asked at every INSERT into audit_removal, whoever it is that inserts.
SOUND = r"""
CREATE FUNCTION audit_removal_is_sound() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kept public.audit_archive;
  before bytea;
  said jsonb;
  head public.audit_head;
  lines text[] := string_to_array(NEW.note, E'\n');
BEGIN
  SELECT * INTO kept FROM public.audit_archive a WHERE a.company_id = NEW.company_id AND a.number = NEW.number;
  IF kept.number IS NULL OR kept.last <> NEW.last THEN
    RAISE EXCEPTION 'there is no such archive' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF kept.first IS DISTINCT FROM (SELECT min(e.seq) FROM public.audit_entry e WHERE e.company_id = NEW.company_id)
    OR kept.first - 1 <> coalesce(
      (SELECT max(r.last) FROM public.audit_removal r WHERE r.company_id = NEW.company_id), 0)
  THEN
    RAISE EXCEPTION 'the archive is not the beginning of the log' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF EXISTS (SELECT FROM public.audit_entry e WHERE e.company_id = NEW.company_id AND e.seq <= kept.last
    AND e.at > now() - interval '360 days') -- a little less than a year: clocks are not one
  THEN
    RAISE EXCEPTION 'an entry of the archive is younger than a year' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT e.details::jsonb INTO said FROM public.audit_entry e
    WHERE e.company_id = NEW.company_id AND e.seq = kept.recorded AND e.seq > kept.last AND e.action = 'AUDIT_ARCHIVED';
  IF said IS DISTINCT FROM jsonb_build_object('archive', kept.number, 'first', kept.first, 'last', kept.last,
    'bytes', kept.length, 'sha256', encode(kept.sha256, 'hex'), 'frontier', encode(kept.frontier, 'hex'))
  THEN
    RAISE EXCEPTION 'no entry of the log says that this was archived' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT coalesce((SELECT a.frontier FROM public.audit_archive a
    WHERE a.company_id = NEW.company_id AND a.number = NEW.number - 1), '') INTO before;
  IF kept.frontier IS DISTINCT FROM public.audit_edge(NEW.company_id, before, kept.first, kept.last) THEN
    RAISE EXCEPTION 'the entries are not those of the archive' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO head FROM public.audit_head h WHERE h.company_id = NEW.company_id;
  IF lines[1] NOT LIKE '%/audit/' || NEW.company_id
    OR lines[2] IS DISTINCT FROM head.size::text OR head.size < kept.recorded
    OR lines[3] IS DISTINCT FROM encode(public.audit_root(head.frontier), 'base64')
  THEN
    RAISE EXCEPTION 'no checkpoint covers the archive' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sound BEFORE INSERT ON audit_removal FOR EACH ROW EXECUTE FUNCTION audit_removal_is_sound();
ALTER TABLE audit_removal ENABLE ALWAYS TRIGGER sound;
"""
NO_SOUND = "DROP TRIGGER sound ON audit_removal; DROP FUNCTION audit_removal_is_sound();"

REMOVE = """
CREATE FUNCTION audit_remove_archived(wanted integer, note text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  log bigint := public.sundial_company();
  upto bigint;
  gone bigint;
BEGIN
  SELECT a.last INTO upto FROM public.audit_archive a WHERE a.company_id = log AND a.number = wanted;
  INSERT INTO public.audit_removal (company_id, number, last, removed_at, note)
    VALUES (log, wanted, coalesce(upto, 0), now(), audit_remove_archived.note);
  DELETE FROM public.audit_personal p WHERE p.company_id = log AND p.seq <= upto;
  DELETE FROM public.audit_entry e WHERE e.company_id = log AND e.seq <= upto;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION audit_remove_archived(integer, text) FROM PUBLIC;
GRANT CREATE ON SCHEMA public TO sundial_archivist;
ALTER FUNCTION audit_remove_archived(integer, text) OWNER TO sundial_archivist;
REVOKE CREATE ON SCHEMA public FROM sundial_archivist;
"""
NO_REMOVE = "DROP FUNCTION audit_remove_archived(integer, text)"


def _key(*names: str) -> tuple[str, models.CompositePrimaryKey]:
    return "pk", models.CompositePrimaryKey(*names, blank=True, editable=False, primary_key=True, serialize=False)


class Migration(migrations.Migration):
    """Old entries may leave the table, for an archive that the log itself vouches for."""

    dependencies = [("audit", "0003_search")]

    operations = [
        migrations.CreateModel(
            name="Archive",
            fields=[
                _key("company_id", "number"),
                ("company_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("length", models.BigIntegerField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("frontier", models.BinaryField()),
                ("recorded", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ArchiveKey",
            fields=[
                _key("company_id", "archive", "kind", "subject"),
                ("company_id", models.BigIntegerField()),
                ("archive", models.IntegerField()),
                ("kind", models.TextField()),
                ("subject", models.BigIntegerField()),
                ("halves", models.IntegerField()),
                ("wrapped", models.BinaryField()),
            ],
            options={
                "db_table": "audit_archive_key",
                "indexes": [models.Index(fields=["company_id", "kind", "subject"], name="audit_archive_key_whose")],
            },
        ),
        migrations.CreateModel(
            name="Removal",
            fields=[
                _key("company_id", "number"),
                ("company_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("last", models.BigIntegerField()),
                ("removed_at", models.DateTimeField()),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                ("company_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("months", models.SmallIntegerField()),
            ],
        ),
        TenantTable("audit_archive"),
        AppendOnly("audit_archive"),
        TenantTable("audit_archive_key"),
        TenantTable("audit_removal"),
        AppendOnly("audit_removal"),
        TenantTable("audit_rule", across=("company_id", "months")),
        migrations.RunSQL(ROLE, NO_ROLE),
        migrations.RunSQL(MAY_GO, AS_BEFORE),
        migrations.RunSQL(TREE, NO_TREE),
        migrations.RunSQL(SOUND, NO_SOUND),
        migrations.RunSQL(REMOVE, NO_REMOVE),
    ]
