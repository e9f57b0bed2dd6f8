"""The classic app."""

from django.apps import AppConfig


class ClassicConfig(AppConfig):
    """The first system's doors."""

    name = "sundial.server.classic"
    label = "classic"
