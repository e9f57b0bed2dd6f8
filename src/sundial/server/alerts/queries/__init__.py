"""Reads of alerts, of what they are raised from, and of what people were told."""

from sundial.server.alerts.queries.history import ToldPage, history, last_told, message
from sundial.server.alerts.queries.listing import (
    READERS,
    AlertFilters,
    AlertPage,
    alert,
    alerts,
    company_of,
    of_ids,
    open_alerts,
    unread_count,
    unread_ids,
)
from sundial.server.alerts.queries.measuring import (
    mails_waiting,
    measure_company,
    measure_platform,
    thresholds,
    working_companies,
)
from sundial.server.alerts.queries.recipients import Recipient, mails_of, recipients
from sundial.server.alerts.queries.words import rule_word

__all__ = [
    "READERS",
    "AlertFilters",
    "AlertPage",
    "Recipient",
    "ToldPage",
    "alert",
    "alerts",
    "company_of",
    "history",
    "last_told",
    "mails_of",
    "mails_waiting",
    "measure_company",
    "measure_platform",
    "message",
    "of_ids",
    "open_alerts",
    "recipients",
    "rule_word",
    "thresholds",
    "unread_count",
    "unread_ids",
    "working_companies",
]
