"""The companies app."""

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    """Tenants and their people."""

    name = "sundial.server.companies"
    label = "companies"
