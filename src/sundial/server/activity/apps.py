"""The Django app of activity."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    """Names the app; there is nothing to do when it is ready."""

    name = "sundial.server.activity"
    label = "activity"
    default_auto_field = "django.db.models.BigAutoField"
