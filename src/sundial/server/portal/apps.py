"""The portal app; loading it registers the system checks."""

from django.apps import AppConfig

from sundial.server.portal import checks

__all__ = ["PortalConfig", "checks"]


class PortalConfig(AppConfig):
    """Pages and API."""

    name = "sundial.server.portal"
    label = "portal"
