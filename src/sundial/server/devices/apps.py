"""The Django app of devices."""

from django.apps import AppConfig


class DevicesConfig(AppConfig):
    """Names the app; there is nothing to do when it is ready."""

    name = "sundial.server.devices"
    label = "devices"
    default_auto_field = "django.db.models.BigAutoField"
