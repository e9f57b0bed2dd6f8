"""lib is an app only so that its migration (roles, scope, append-only) comes before all others."""

from django.apps import AppConfig


class LibConfig(AppConfig):
    """The ground floor."""

    name = "sundial.server.lib"
    label = "lib"
