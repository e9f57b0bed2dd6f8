"""Writes about companies, their people, and how both are arranged."""

from sundial.server.companies.actions.attributes import (
    Removed,
    add_attribute,
    remove_attribute,
    set_attributes,
)
from sundial.server.companies.actions.company import change_company, create_company, reactivate, suspend
from sundial.server.companies.actions.departments import add_department, change_department, delete_department
from sundial.server.companies.actions.entrance import (
    invite,
    invite_again,
    note_failed_sign_in,
    note_sign_in,
    note_sign_out,
    set_password,
    watch_sign_ins,
)
from sundial.server.companies.actions.importing import Plan, import_people, plan_import, text_of_list
from sundial.server.companies.actions.lending import lend_attributes
from sundial.server.companies.actions.limits import require_seat, set_limits
from sundial.server.companies.actions.looks import change_looks, nearest_colour, set_photo
from sundial.server.companies.actions.mailing import request_invitation, send_in_looks
from sundial.server.companies.actions.people import add_person, edit_person, set_status
from sundial.server.companies.actions.teams import (
    add_team,
    delete_team,
    make_team,
    put_in_team,
    rename_team,
    take_out_of_team,
)
from sundial.server.companies.actions.uses import register_attribute_use, uses_of_attribute
from sundial.server.companies.actions.ways import change_ways

__all__ = [
    "Plan",
    "Removed",
    "add_attribute",
    "add_department",
    "add_person",
    "add_team",
    "change_company",
    "change_department",
    "change_looks",
    "change_ways",
    "create_company",
    "delete_department",
    "delete_team",
    "edit_person",
    "import_people",
    "invite",
    "invite_again",
    "lend_attributes",
    "make_team",
    "nearest_colour",
    "note_failed_sign_in",
    "note_sign_in",
    "note_sign_out",
    "plan_import",
    "put_in_team",
    "reactivate",
    "register_attribute_use",
    "remove_attribute",
    "rename_team",
    "request_invitation",
    "require_seat",
    "send_in_looks",
    "set_attributes",
    "set_limits",
    "set_password",
    "set_photo",
    "set_status",
    "suspend",
    "take_out_of_team",
    "text_of_list",
    "uses_of_attribute",
    "watch_sign_ins",
]
