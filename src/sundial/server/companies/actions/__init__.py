"""Writes about companies, their people and their teams."""

from sundial.server.companies.actions.company import change_company, create_company, reactivate, suspend
from sundial.server.companies.actions.people import add_person, edit_person, make_team, set_status

__all__ = [
    "add_person",
    "change_company",
    "create_company",
    "edit_person",
    "make_team",
    "reactivate",
    "set_status",
    "suspend",
]
