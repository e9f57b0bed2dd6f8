"""What the owner's sums need of every company's agents: whether they are here, and their version; never whose name."""

from django.db import migrations

from sundial.server.lib.rls import GrantTo

DEVICE = ("id", "company_id", "user_id", "kind", "revoked_at")
REPORT = (
    "device_id",
    "company_id",
    "stream_open_since",
    "stream_gateway",
    "had_stream",
    "stream_closed_at",
    "clean_close",
    "last_seen_at",
    "last_agent_sync_at",
    "last_poll_at",
    "app_version",
    "state",
)


def _across(table: str, columns: tuple[str, ...]) -> list[migrations.RunSQL | GrantTo]:
    policy = f"CREATE POLICY across ON {table} FOR SELECT TO sundial_across USING (true)"
    return [
        migrations.RunSQL(policy, f"DROP POLICY across ON {table}"),
        GrantTo("sundial_across", f"SELECT ({', '.join(columns)})", table),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("devices", "0001_initial"),
    ]

    operations = [
        *_across("devices_device", DEVICE),
        *_across("devices_report", REPORT),
        GrantTo("sundial_across", "SELECT (name, alive_at)", "devices_gateway"),
    ]
