"""Writes about departments: the tree in which a company says where people belong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.companies import queries
from sundial.server.companies.actions.checks import checked_text, require_admin
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.actions.telling import note_of_company, tell_console
from sundial.server.companies.models import Department, Membership
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid

DEEPEST = 8


@transaction.atomic
def add_department(*, acting: Acting, name: str, parent_id: int | None, now: datetime) -> Department:
    """A new department, inside another one or at the top."""
    company_id = require_admin(acting)
    locked_company(company_id)  # two who arrange the tree at once see one another
    row = Department(company_id=company_id, name=checked_text("name", name, 80, required=True))
    row.parent_id = _checked_parent(row, parent_id)
    _require_free(row)
    row.save()
    _note(acting, row, "DEPARTMENT_CREATED", f"The department {row.name} was made", {"parent_id": parent_id}, now)
    return row


@transaction.atomic
def change_department(*, acting: Acting, department_id: int, changes: Mapping[str, Any], now: datetime) -> Department:
    """Rename a department, or move it with all that lies in it (`parent_id`); what stays the same writes nothing."""
    locked_company(require_admin(acting))
    row = queries.department(department_id)
    old = {"name": row.name, "parent_id": row.parent_id}
    if "name" in changes:
        row.name = checked_text("name", changes["name"], 80, required=True)
    if "parent_id" in changes:
        row.parent_id = _checked_parent(row, changes["parent_id"])
    new = {"name": row.name, "parent_id": row.parent_id}
    if new == old:
        return row
    _require_free(row)
    row.save(update_fields=["name", "parent_id"])
    changed = [name for name in new if new[name] != old[name]]
    values = {"old_values": {one: old[one] for one in changed}, "new_values": {one: new[one] for one in changed}}
    _note(acting, row, "DEPARTMENT_CHANGED", f"The department {old['name']} was changed", values, now)
    return row


@transaction.atomic
def delete_department(*, acting: Acting, department_id: int, now: datetime) -> int:
    """Dissolve a department: its people and the departments in it move up one step. Answers how many people did."""
    locked_company(require_admin(acting))
    row = queries.department(department_id)
    moved = Membership.objects.filter(department=row).update(department_id=row.parent_id)
    for inside in Department.objects.filter(parent=row).order_by("id"):
        inside.parent_id = row.parent_id
        _require_free(inside)
        inside.save(update_fields=["parent_id"])
    details = {"parent_id": row.parent_id, "people": moved}
    _note(acting, row, "DEPARTMENT_REMOVED", f"The department {row.name} was dissolved", details, now)
    row.delete()
    return moved


def _checked_parent(row: Department, parent_id: int | None) -> int | None:
    """Where a department may lie: not in itself, nor in what lies in it, and not too deep."""
    if parent_id is None:
        return None
    depths = {one.id: one.depth for one in queries.tree()}
    if parent_id not in depths:
        raise Invalid({"parent_id": "There is no such department."})
    inside = queries.with_those_below(row.pk) if row.pk else set()
    if parent_id in inside:
        raise Invalid({"parent_id": "A department cannot lie in itself."})
    height = max((depths[one] for one in inside), default=0) - depths.get(row.pk, 0)
    if depths[parent_id] + 1 + height >= DEEPEST:
        raise Invalid({"parent_id": f"Departments lie at most {DEEPEST} deep."})
    return parent_id


def _require_free(row: Department) -> None:
    others = Department.objects.filter(parent_id=row.parent_id, name=row.name).exclude(id=row.pk or 0)
    if others.exists():
        raise Invalid({"name": f"There is a department called {row.name} in the same place already."})


def _note(acting: Acting, row: Department, action: str, words: str, details: dict[str, Any], now: datetime) -> None:
    note_of_company(acting, row.company_id, action, words, {"department_id": row.pk, **details}, now)
    data = {"department": row.name, "id": row.pk}
    tell_console(company_id=row.company_id, kind="department_updated", data=data, acting=acting, now=now)
