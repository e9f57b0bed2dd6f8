import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sundial.server.lib.rls import TenantTable

# What belongs together is of the same company: said to PostgreSQL, which Django's single keys cannot.
OF_THE_SAME_COMPANY = [
    migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_same_company FOREIGN KEY (company_id, {column}) "
        f"REFERENCES {target} (company_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_same_company",
    )
    for table, column, target in (
        ("tasks_task", "project_id", "tasks_project"),
        ("tasks_comment", "task_id", "tasks_task"),
    )
]
SCOPED = [TenantTable(table) for table in ("tasks_project", "tasks_task", "tasks_comment", "tasks_mailwish")]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("lib", "0001_scope"),
        ("companies", "0002_plan_and_ways"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("hue", models.SmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
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
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True, default="")),
                ("status", models.CharField(default="OPEN", max_length=12)),
                ("progress", models.SmallIntegerField(default=0)),
                ("due_date", models.DateField(null=True)),
                ("estimate_minutes", models.IntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                (
                    "assigned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "assigned_to",
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
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasks.project"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tasks.task"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MailWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("wanted", models.BooleanField()),
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
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("company", "user"), name="tasks_mail_wish_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(fields=("company", "id"), name="tasks_project_in_company"),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at__isnull", True)), fields=("company", "name"), name="tasks_project_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(("hue__gte", 0), ("hue__lte", 8)), name="tasks_project_hue_known"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["company", "assigned_to", "status"], name="tasks_task_by_person"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["company", "project", "status"], name="tasks_task_by_project"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["company", "due_date"], name="tasks_task_by_day"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("company", "id"), name="tasks_task_in_company"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("progress__gte", 0), ("progress__lte", 100)), name="tasks_progress_is_a_share"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["OPEN", "IN_PROGRESS", "DONE"])), name="tasks_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("completed_at__isnull", False), ("status", "DONE")),
                    models.Q(models.Q(("status", "DONE"), _negated=True), ("completed_at__isnull", True)),
                    _connector="OR",
                ),
                name="tasks_done_has_its_time",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["company", "task", "id"], name="tasks_comment_by_task"),
        ),
        *OF_THE_SAME_COMPANY,
        *SCOPED,
    ]
