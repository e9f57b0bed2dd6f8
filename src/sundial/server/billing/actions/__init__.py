"""Writes about plans, subscriptions, invoices and sums."""

from sundial.server.billing.actions.days import count_company
from sundial.server.billing.actions.features import change_looks, require_feature
from sundial.server.billing.actions.invoices import (
    discard_invoice,
    draft_invoice,
    mark_paid,
    send_invoice,
    void_invoice,
)
from sundial.server.billing.actions.plans import delete_plan, edit_plan, make_plan
from sundial.server.billing.actions.subscribing import change_plan, preview

__all__ = [
    "change_looks",
    "change_plan",
    "count_company",
    "delete_plan",
    "discard_invoice",
    "draft_invoice",
    "edit_plan",
    "make_plan",
    "mark_paid",
    "preview",
    "require_feature",
    "send_invoice",
    "void_invoice",
]
