"""The alerts app."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What somebody should look into, raised and resolved by a job."""

    name = "sundial.server.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"
