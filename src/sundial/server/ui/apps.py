"""The app that owns the look."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Base templates, parts and their tags; it has no tables."""

    name = "sundial.server.ui"
    label = "ui"
    verbose_name = "User interface"
