"""A line of what one works on that was emptied is empty, too; a mark that says nothing of it changes nothing.

Marks until now do not tell the two apart: they stay as they are, and what their sessions say with them.
"""

from importlib import import_module

from django.db import migrations, models

faster = import_module("sundial.server.activity.migrations.0004_faster_facts")
days = import_module("sundial.server.activity.migrations.0003_days")

TAKING = (
    ("state, at, reason, etag, task_id, payload)", "state, at, reason, emptied, etag, task_id, payload)"),
    ("at, coalesce(reason, ''),", "at, coalesce(reason, ''),\n                coalesce(reason = '', false),"),
)
SETTLING = (
    ("state <> 'stopped' AND reason <> ''", "state <> 'stopped' AND (reason <> '' OR emptied)"),
    ("CASE WHEN coalesce(told_note, '') = '' THEN note ELSE told_note END", "coalesce(told_note, note)"),
)


def changed(text: str, changes: tuple[tuple[str, str], ...]) -> str:
    """The function as it was, with these changes."""
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"{old!r} should stand once in what is changed")
        text = text.replace(old, new)
    return text


class Migration(migrations.Migration):
    dependencies = (("activity", "0006_by_end"),)

    operations = (
        migrations.AddField(
            model_name="mark",
            name="emptied",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RunSQL(changed(faster.taking_sessions(), TAKING), faster.taking_sessions()),
        migrations.RunSQL(changed(days.settling(), SETTLING), days.settling()),
    )
