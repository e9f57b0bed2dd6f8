"""Reads about plans, terms, invoices and sums; and how their figures are said."""

from sundial.server.billing.queries.features import why_not
from sundial.server.billing.queries.invoices import invoice, invoices, unpaid
from sundial.server.billing.queries.plans import plan, plan_named, plan_of, plans, terms, use_of
from sundial.server.billing.queries.sums import Growth, days_of, growth, newest, platform_days
from sundial.server.billing.rules import near, size

__all__ = [
    "Growth",
    "days_of",
    "growth",
    "invoice",
    "invoices",
    "near",
    "newest",
    "plan",
    "plan_named",
    "plan_of",
    "plans",
    "platform_days",
    "size",
    "terms",
    "unpaid",
    "use_of",
    "why_not",
]
