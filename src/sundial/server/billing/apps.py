"""The billing app."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Plans, subscriptions, invoices and limits."""

    name = "sundial.server.billing"
    label = "billing"
