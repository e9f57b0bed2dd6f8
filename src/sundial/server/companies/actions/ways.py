"""How a company works, as its administrators say: zone, hours, what people may do, how long data is kept."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from sundial.server.companies import rules
from sundial.server.companies.actions.checks import require_admin
from sundial.server.companies.actions.limits import locked_company
from sundial.server.companies.actions.telling import note_of_company
from sundial.server.companies.models import Company
from sundial.server.companies.rules import networks, working
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid

WAYS = ("time_zone", "working_hours", "day_minutes", "retention", "people_delete_screenshots", "networks")


@transaction.atomic
def change_ways(*, acting: Acting, changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Change how one's own company works (`WAYS`); answers what differs, which alone is written and audited."""
    company_id = require_admin(acting, "Only an administrator of the company may change its settings.")
    row = locked_company(company_id)
    wanted = _checked(row, changes)
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changed:
        return {}
    old = {name: getattr(row, name) for name in changed}
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=[*changed])
    words = f"Settings changed: {', '.join(sorted(changed)).replace('_', ' ')}"
    values = {"old_values": old, "new_values": changed}
    note_of_company(acting, company_id, "SETTINGS_CHANGED", words, values, now)
    hints.send("company", str(company_id))
    return changed


def _checked(row: Company, changes: Mapping[str, Any]) -> dict[str, Any]:
    wanted = {name: changes[name] for name in WAYS if name in changes}
    if unknown := set(changes) - set(wanted):
        raise Invalid(dict.fromkeys(sorted(unknown), "There is no such setting."))
    problems = {name: _problem(row, name, value) for name, value in wanted.items()}
    if faults := {name: text for name, text in problems.items() if text}:
        raise Invalid(faults)
    if "working_hours" in wanted:
        wanted["working_hours"] = working.as_stored(wanted["working_hours"])
    if "networks" in wanted:
        wanted["networks"] = networks.as_stored(wanted["networks"])
    return wanted


def _problem(row: Company, name: str, value: object) -> str:
    if name in _PROBLEMS:
        return _PROBLEMS[name](value)
    if name == "retention":
        return working.retention_problem(value, row.retention_limit_days)
    return "" if isinstance(value, bool) else "Say yes or no."


def _zone_problem(value: object) -> str:
    known = isinstance(value, str) and rules.known_time_zone(value)
    return "" if known else "No such time zone; write one like Asia/Dhaka."


_PROBLEMS: dict[str, Callable[[object], str]] = {
    "time_zone": _zone_problem,
    "working_hours": working.hours_problem,
    "day_minutes": working.minutes_problem,
    "networks": networks.networks_problem,
}
