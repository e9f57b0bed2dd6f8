"""The Django app of the tracking policy."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Names the app; there is nothing to do when it is ready."""

    name = "sundial.server.tracking"
    label = "tracking"
    default_auto_field = "django.db.models.BigAutoField"
