"""Writes about alerts and about reaching people."""

from sundial.server.alerts.actions.forgetting import forget_old, forget_person
from sundial.server.alerts.actions.mailing import send_digests
from sundial.server.alerts.actions.places import note_place
from sundial.server.alerts.actions.reaching import contact_people, note_mailed, notify_people
from sundial.server.alerts.actions.reading import SNOOZE_HOURS, mark_all_read, mark_read, snooze
from sundial.server.alerts.actions.wanting import change_thresholds, choose_mails
from sundial.server.alerts.actions.watching import watch_company, watch_platform

__all__ = [
    "SNOOZE_HOURS",
    "change_thresholds",
    "choose_mails",
    "contact_people",
    "forget_old",
    "forget_person",
    "mark_all_read",
    "mark_read",
    "note_mailed",
    "note_place",
    "notify_people",
    "send_digests",
    "snooze",
    "watch_company",
    "watch_platform",
]
