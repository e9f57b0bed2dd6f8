from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """The outbox of every room and the consoles that listen to it."""

    name = "sundial.server.realtime"
    label = "realtime"
    default_auto_field = "django.db.models.BigAutoField"
