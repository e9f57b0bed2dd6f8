from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what, when and from where, in an order that nobody can quietly change."""

    name = "sundial.server.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
