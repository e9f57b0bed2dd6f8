"""Lists of a million rows: indexes that hold all that counting and turning pages asks; what is stored is added up."""

from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

# Whatever writes pictures, and however many at once: the sums are changed by what the statement changed.
COUNT = """
CREATE FUNCTION sundial_count_stored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO activity_stored AS s (company_id, user_id, pictures, bytes)
        SELECT company_id, user_id, -count(*), -sum(bytes + thumb_bytes) FROM gone
        WHERE state IN ('received', 'ready') GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (company_id, user_id) DO UPDATE
            SET pictures = s.pictures + excluded.pictures, bytes = s.bytes + excluded.bytes;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO activity_stored AS s (company_id, user_id, pictures, bytes)
        SELECT company_id, user_id, count(*), sum(bytes + thumb_bytes) FROM fresh
        WHERE state IN ('received', 'ready') GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (company_id, user_id) DO UPDATE
            SET pictures = s.pictures + excluded.pictures, bytes = s.bytes + excluded.bytes;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER stored_more AFTER INSERT ON activity_screenshot REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION sundial_count_stored();
CREATE TRIGGER stored_otherwise AFTER UPDATE ON activity_screenshot REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION sundial_count_stored();
CREATE TRIGGER stored_less AFTER DELETE ON activity_screenshot REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION sundial_count_stored();
INSERT INTO activity_stored (company_id, user_id, pictures, bytes)
SELECT company_id, user_id, count(*), sum(bytes + thumb_bytes) FROM activity_screenshot
WHERE state IN ('received', 'ready') GROUP BY 1, 2;
"""
FORGET = """
DROP TRIGGER stored_more ON activity_screenshot;
DROP TRIGGER stored_otherwise ON activity_screenshot;
DROP TRIGGER stored_less ON activity_screenshot;
DROP FUNCTION sundial_count_stored();
"""


class Migration(migrations.Migration):
    dependencies = (("activity", "0008_months"),)

    operations = (
        migrations.CreateModel(
            name="Stored",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "company_id", "user_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("company_id", models.BigIntegerField()),
                ("user_id", models.BigIntegerField()),
                ("pictures", models.BigIntegerField()),
                ("bytes", models.BigIntegerField()),
            ],
            options={"db_table": "activity_stored"},
        ),
        TenantTable("activity_stored"),
        migrations.RunSQL(COUNT, FORGET),
        migrations.RemoveIndex("screenshot", "activity_screenshot_by_time"),
        migrations.AddIndex(
            "screenshot",
            models.Index(
                fields=["company", "taken_at", "id"], include=("user", "state"), name="activity_screenshot_in_turn"
            ),
        ),
        migrations.RemoveIndex("worksession", "activity_worksession_by_time"),
        migrations.AddIndex(
            "worksession",
            models.Index(
                fields=["company", "started_at", "id"],
                include=("user", "ended_by"),
                name="activity_worksession_in_turn",
            ),
        ),
        migrations.AddIndex(
            "worksession",
            models.Index(
                condition=models.Q(("ended_by__in", ("", "person")), _negated=True),
                fields=["company", "ended_by", "started_at"],
                name="activity_worksession_unusual",
            ),
        ),
    )
