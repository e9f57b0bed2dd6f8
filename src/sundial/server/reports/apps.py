"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Pages of sums over days, and their exports."""

    name = "sundial.server.reports"
    label = "reports"
