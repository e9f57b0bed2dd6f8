from django.db import migrations

from sundial.server.lib.rls import GrantTo


class Migration(migrations.Migration):
    """The checkpoint job sees at one glance which logs are not what was last signed; a frontier is only hashes."""

    dependencies = [("audit", "0001_initial")]

    operations = [GrantTo("sundial_across", "SELECT (frontier)", "audit_head")]
