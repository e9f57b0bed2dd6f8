import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

# What belongs together is of the same company: said to PostgreSQL, which Django's single keys cannot.
OF_THE_SAME_COMPANY = [
    migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_same_company FOREIGN KEY (company_id, {column}) "
        f"REFERENCES {target} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_same_company",
    )
    for table, column, target in (
        ("vault_folder", "parent_id", "vault_folder"),
        ("vault_file", "folder_id", "vault_folder"),
        ("vault_version", "file_id", "vault_file"),
        ("vault_upload", "file_id", "vault_file"),
        ("vault_upload", "folder_id", "vault_folder"),
        ("vault_share", "file_id", "vault_file"),
        ("vault_denial", "file_id", "vault_file"),
    )
]
SCOPED = [
    TenantTable("vault_folder"),
    TenantTable("vault_file", across=("company_id", "binned_at", "erased_at")),
    TenantTable("vault_version", across=("company_id", "size", "company_key", "erased_at")),
    TenantTable("vault_companykey", across=("company_id", "number", "root", "retired_at")),
    TenantTable("vault_upload", across=("company_id", "expires_at")),
    TenantTable("vault_share"),
    TenantTable("vault_denial"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lib", "0001_scope"),
        ("companies", "0003_people_and_looks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Folder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("folded", models.CharField(max_length=1024)),
                ("created_at", models.DateTimeField()),
                ("binned_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.folder"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("folded", models.CharField(max_length=1024)),
                ("rule_text", models.TextField(blank=True, default="")),
                ("rule_language", models.SmallIntegerField(default=1)),
                ("version", models.IntegerField(default=0)),
                ("size", models.BigIntegerField(default=0)),
                ("media_type", models.CharField(default="application/octet-stream", max_length=127)),
                ("revision", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("binned_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "binned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "folder",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.folder"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("opened", models.IntegerField(default=0)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.file"),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                ("length", models.BigIntegerField()),
                ("received", models.BigIntegerField(default=0)),
                ("wrapped_key", models.BinaryField()),
                ("company_key", models.IntegerField()),
                ("storage", models.UUIDField()),
                ("rule_text", models.TextField(blank=True, default="")),
                ("rule_language", models.SmallIntegerField(default=1)),
                ("media_type", models.CharField(default="", max_length=127)),
                ("begun_at", models.DateTimeField()),
                ("touched_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.file"
                    ),
                ),
                (
                    "folder",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.folder"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("size", models.BigIntegerField()),
                ("media_type", models.CharField(max_length=127)),
                ("chunks", models.IntegerField()),
                ("storage", models.UUIDField()),
                ("wrapped_key", models.BinaryField(null=True)),
                ("company_key", models.IntegerField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("created_at", models.DateTimeField()),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.file"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CompanyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("wrapped", models.BinaryField()),
                ("root", models.IntegerField()),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("company", "number"), name="vault_companykey_once")],
            },
        ),
        migrations.CreateModel(
            name="Denial",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("door", models.CharField(max_length=8)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.file"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "file", "-id"], name="vault_denial_by_file")],
            },
        ),
        migrations.AddConstraint(
            model_name="folder",
            constraint=models.UniqueConstraint(fields=("company", "id"), name="vault_folder_in_company"),
        ),
        migrations.AddConstraint(
            model_name="folder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("binned_at__isnull", True)),
                fields=("company", "parent", "folded"),
                name="vault_folder_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="folder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("binned_at__isnull", True), ("parent", None)),
                fields=("company", "folded"),
                name="vault_folder_top_once",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(
                condition=models.Q(("binned_at__isnull", True)),
                fields=["company", "folded", "id"],
                name="vault_file_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="file",
            index=models.Index(fields=["company", "owner"], name="vault_file_by_owner"),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.UniqueConstraint(fields=("company", "id"), name="vault_file_in_company"),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.UniqueConstraint(
                condition=models.Q(("binned_at__isnull", True)),
                fields=("company", "folder", "folded"),
                name="vault_file_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.UniqueConstraint(
                condition=models.Q(("binned_at__isnull", True), ("folder", None)),
                fields=("company", "folded"),
                name="vault_file_top_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="file",
            constraint=models.CheckConstraint(
                condition=models.Q(("erased_at__isnull", True), ("binned_at__isnull", False), _connector="OR"),
                name="vault_file_erased_is_binned",
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["company", "file"], name="vault_share_by_file"),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.UniqueConstraint(fields=("company", "digest"), name="vault_share_once"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["company", "owner"], name="vault_upload_by_owner"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["expires_at"], name="vault_upload_by_end"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(fields=("company", "storage"), name="vault_upload_storage_once"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__gte", 0), ("received__lte", models.F("length"))),
                name="vault_upload_within_its_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("company", "id"), name="vault_version_in_company"),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("company", "file", "number"), name="vault_version_once"),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(fields=("company", "storage"), name="vault_version_storage_once"),
        ),
        *OF_THE_SAME_COMPANY,
        *SCOPED,
    ]
