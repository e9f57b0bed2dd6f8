"""The vault app."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Files that open by their rules alone."""

    name = "sundial.server.vault"
    label = "vault"
