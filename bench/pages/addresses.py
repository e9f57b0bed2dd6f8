"""What is asked for: every page that the table of routes lists, and the lists with their filters and last pages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tests.architecture.routes import ROUTES

# Files, streams, bytes, doors of the first system, and an attribute that the large company does not have: no pages.
_NO_PAGES = re.compile(
    r"format=|/export/$|export\.|\.(css|png|webp|csv|whl|json|pdf)$|/(image|thumb|pdf|photo\.webp)/?$"
)
_NO_PAGE_OF = ("login", "logout", "password/", "api/v1/docs", "ui/", "download/", "api/v1/audit/export", "me/export/",
               "attributes/finance/")  # fmt: skip
_PEOPLE = ("admin", "manager", "employee")
_READERS = ("admin", "manager")
LAST = 999_999  # past the end: the last page


@dataclass(frozen=True, slots=True)
class Place:
    """An address, as one of the callers."""

    caller: str
    path: str


def places(known: Mapping[str, object], today: date) -> list[Place]:
    """All that is measured; `known` says what the placeholders of the table stand for."""
    found = dict.fromkeys(_listed(known))
    found |= dict.fromkeys(_with_filters(known, today))
    return list(found)


def _listed(known: Mapping[str, object]) -> list[Place]:
    """Each row of the table that this platform can fill in, for each role to whom it answers."""
    found = []
    for row in ROUTES:
        named = set(re.findall(r"{(\w+)}", row.path))
        if (
            row.method != "GET"
            or row.path.startswith(_NO_PAGE_OF)
            or _NO_PAGES.search(row.path)
            or not named <= {*known}
        ):
            continue
        if row.is_json and not row.path.startswith("api/v1"):
            continue
        for caller in ("owner", *_PEOPLE):
            if row.expected[caller] == 200:
                found.append(Place(caller, "/" + row.path.format(**known)))
    return found


def _with_filters(known: Mapping[str, object], today: date) -> list[Place]:
    person, team, department = known["employee"], known["team"], known["department"]
    day, year = today - timedelta(days=40), today - timedelta(days=364)
    long = f"from={year}&to={today}"
    said = {
        "/dashboard/": _PEOPLE,
        "/me/?date={day}": _PEOPLE,
        "/me/day/?date={day}": ("employee",),
        "/employees/?search=rahman": _READERS,
        "/employees/?ordering=-last_seen": _READERS,
        "/employees/?page={last}": _READERS,
        "/employees/?team={team}": _READERS,
        "/employees/?department={department}": _READERS,
        "/employees/?role=EMPLOYEE&status=ACTIVE": _READERS,
        "/employees/{person}/day/?date={day}": _READERS,
        "/agent-sync-status/?state=online": _READERS,
        "/agent-sync-status/?state=never": _READERS,
        "/agent-sync-status/?search=rahman": _READERS,
        "/agent-sync-status/?page={last}": _READERS,
        "/devices/?page={last}": _READERS,
        "/devices/?search=rahman": _READERS,
        "/sessions/?page=2": _PEOPLE,
        "/sessions/?page={last}": _PEOPLE,
        "/sessions/?search=rahman": _READERS,
        "/sessions/?person={person}": _READERS,
        "/sessions/?state=open": _READERS,
        "/sessions/?state=admin": _READERS,
        "/sessions/?from={day}&to={day}": _PEOPLE,
        "/manual-time/?state=ASKED": _PEOPLE,
        "/screenshots/?page={last}": _PEOPLE,
        "/screenshots/?page=500": _READERS,
        "/screenshots/?person={person}": _READERS,
        "/screenshots/?person={person}&page={last}": _READERS,
        "/screenshots/?date={day}": _PEOPLE,
        "/screenshots/?person={person}&date={day}": _READERS,
        "/screenshots/?from={year}&to={day}": _READERS,
        "/activity/?{long}": _PEOPLE,
        "/activity/?{long}&kind=website": _PEOPLE,
        "/activity/?{long}&person={person}": _READERS,
        "/activity/?{long}&search=fire": _PEOPLE,
        "/activity/name/?name=Firefox&{long}": _PEOPLE,
        "/tasks/?status=all": _PEOPLE,
        "/tasks/?person={person}": _READERS,
        "/tasks/?search=a": _PEOPLE,
        "/alerts/?search=rahman": _READERS,
        "/alerts/?state=all&page={last}": _READERS,
        "/audit-logs/?page=2": ("owner", "admin", "employee"),
        "/audit-logs/?page={last}": ("owner", "admin", "employee"),
        "/audit-logs/?action_type=POLICY_CHANGED": ("owner", "admin", "employee"),
        "/audit-logs/?action_type=SCREENSHOT_VIEWED&page={last}": ("admin",),
        "/audit-logs/?user=admin@padma.example": ("admin",),
        "/audit-logs/?user=nobody@padma.example": ("owner", "admin"),
        "/audit-logs/?month={month}": ("owner", "admin", "employee"),
        "/audit-logs/?month={month}&action_type=POLICY_CHANGED": ("admin",),
        "/audit-logs/?from={day}&to={day}&page={last}": ("admin",),
        "/audit-logs/?search=policy": ("owner", "admin", "employee"),
        "/audit-logs/?search=looked": ("admin",),
        "/audit-logs/?search=nowhere": ("owner", "admin", "employee"),
        "/owner/?search=padma": ("owner",),
        "/api/v1/users?search=rahman&page=50": ("admin",),
        "/api/v1/sessions?user_id={person}": _READERS,
        "/api/v1/sessions?page={last}": _READERS,
        "/api/v1/screenshots?user_id={person}": _READERS,
        "/api/v1/screenshots?page={last}": _READERS,
        "/api/v1/audit?search=policy": ("admin",),
    }
    for name in ("daily", "monthly", "top", "utilisation", "heatmap", "comparison", "attendance"):
        callers = _READERS if name == "comparison" else _PEOPLE
        said[f"/reports/{name}/?{{long}}"] = callers
        for narrowed in ("person={person}", "team={team}", "department={department}", "search=rahman", "page={last}"):
            said[f"/reports/{name}/?{{long}}&{narrowed}"] = ("admin",)
    words = {
        "person": person, "team": team, "department": department, "day": day, "year": year, "long": long,
        "last": LAST, "month": f"{day:%Y-%m}",
    }  # fmt: skip
    return [Place(caller, path.format(**words)) for path, callers in said.items() for caller in callers]
