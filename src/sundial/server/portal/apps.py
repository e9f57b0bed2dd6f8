"""The portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages and API."""

    name = "sundial.server.portal"
    label = "portal"
