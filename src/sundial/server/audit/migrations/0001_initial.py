from django.db import migrations, models

from sundial.server.lib.rls import AppendOnly, TenantTable

# Personal values may only ever be erased, half by half; not even the owner of the table may do more with them,
# and a replication role skips no trigger that is ENABLE ALWAYS.
ERASE_ONLY = """
CREATE FUNCTION audit_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
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
  RAISE EXCEPTION 'personal values of the audit log can only be erased' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER erase_only BEFORE UPDATE OR DELETE ON audit_personal
  FOR EACH ROW EXECUTE FUNCTION audit_erase_only();
CREATE TRIGGER erase_only_truncate BEFORE TRUNCATE ON audit_personal
  FOR EACH STATEMENT EXECUTE FUNCTION sundial_append_only();
ALTER TABLE audit_personal ENABLE ALWAYS TRIGGER erase_only;
ALTER TABLE audit_personal ENABLE ALWAYS TRIGGER erase_only_truncate;
"""
NO_ERASE_ONLY = """
DROP TRIGGER erase_only ON audit_personal;
DROP TRIGGER erase_only_truncate ON audit_personal;
DROP FUNCTION audit_erase_only();
"""

# The platform's owners see their own acts in every company, without who they were about.
OWNERS_ACTS = """
CREATE POLICY across ON audit_entry FOR SELECT TO sundial_across USING (actor_role = 'OWNER');
GRANT SELECT (company_id, seq, at, action, actor_kind, actor_id, actor_role, target_kind, details)
  ON audit_entry TO sundial_across;
"""
NO_OWNERS_ACTS = "DROP POLICY across ON audit_entry"


class Migration(migrations.Migration):
    initial = True

    dependencies = [("lib", "0001_scope")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("company_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
                ("frontier", models.BinaryField(default=bytes)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("action", models.TextField()),
                ("actor_kind", models.TextField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_role", models.TextField()),
                ("target_kind", models.TextField()),
                ("target_id", models.BigIntegerField(null=True)),
                ("details", models.TextField()),
                ("about_commitment", models.BinaryField(max_length=32)),
                ("actor_commitment", models.BinaryField(max_length=32)),
                ("leaf_hash", models.BinaryField(max_length=32)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company_id", "action", "-seq"], name="audit_entry_action"),
                    models.Index(fields=["company_id", "at"], name="audit_entry_at"),
                    models.Index(fields=["company_id", "actor_id", "actor_kind", "-seq"], name="audit_entry_actor"),
                    models.Index(fields=["company_id", "target_id", "target_kind", "-seq"], name="audit_entry_target"),
                    models.Index(
                        condition=models.Q(("actor_role", "OWNER")),
                        fields=["actor_id", "-at"],
                        name="audit_entry_owner",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="audit_entry_from_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Personal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("seq", models.BigIntegerField()),
                ("actor", models.TextField(null=True)),
                ("ip", models.TextField(null=True)),
                ("actor_salt", models.BinaryField(max_length=16, null=True)),
                ("description", models.TextField(null=True)),
                ("target", models.TextField(null=True)),
                ("more", models.TextField(null=True)),
                ("about_salt", models.BinaryField(max_length=16, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["company_id", "actor", "-seq"], name="audit_personal_actor")],
            },
        ),
        TenantTable("audit_head", across=("company_id", "size")),
        TenantTable("audit_entry"),
        AppendOnly("audit_entry"),
        migrations.RunSQL(OWNERS_ACTS, NO_OWNERS_ACTS),
        TenantTable("audit_personal"),
        migrations.RunSQL(ERASE_ONLY, NO_ERASE_ONLY),
    ]
