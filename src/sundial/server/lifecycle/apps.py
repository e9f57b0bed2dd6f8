"""The lifecycle app."""

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """Transactions that join apps."""

    name = "sundial.server.lifecycle"
    label = "lifecycle"
