"""Writes about companies, their people and their teams."""

from sundial.server.companies.actions.company import change_company, create_company, reactivate, suspend
from sundial.server.companies.actions.entrance import (
    invite,
    invite_again,
    note_failed_sign_in,
    note_sign_in,
    note_sign_out,
    set_password,
)
from sundial.server.companies.actions.limits import require_seat, set_limits
from sundial.server.companies.actions.people import add_person, edit_person, make_team, set_status

__all__ = [
    "add_person",
    "change_company",
    "create_company",
    "edit_person",
    "invite",
    "invite_again",
    "make_team",
    "note_failed_sign_in",
    "note_sign_in",
    "note_sign_out",
    "reactivate",
    "require_seat",
    "set_limits",
    "set_password",
    "set_status",
    "suspend",
]
