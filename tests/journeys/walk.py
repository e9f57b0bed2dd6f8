"""Every page that stands in the table of routes, for each role, with ids of the demo in its address."""

import re
from collections.abc import Mapping
from contextlib import closing
from typing import Any, Protocol

from tests.architecture.routes import CLASSIC, PAGES, SIGNING, Row
from tests.journeys.conftest import Platform
from tests.journeys.desktop import Served, Server

OK = 200
# Addresses that answer with something else than a page of their own: files, pictures, pieces of pages, redirects.
NOT_PAGES = re.compile(
    r"\.(css|png|csv|webp|whl)$|/(pdf|image|thumb|progress|meaning|unread)/$|(^|/)export/|format="
    r"|reports/exports/\{|suspended|inactive|no-such|^login$"
    r"|^console/."  # what the console's own page asks for
    r"|^vault/(files/\{file\}/(content|standing)/|s/)"  # bytes, an answer, links: they are made for the test
    r"|^policy-configuration/$"  # the same page by the first tracker's address
)
# Where it makes no difference how much a company has.
FULL_ANYWAY = re.compile(r"\{|/new/$|^(login|password|account|download|settings|policy)/|import/$|/remove/$")
# What people find behind a filter, in a drawer, or where nothing fits.
ALSO = {
    "owner": ("/owner/?search=nowhere&status=TRIAL", "/owner/company/{trial}/", "/owner/invoices/?search=zzz"),
    "admin": (
        "/employees/?search=zzz",
        "/devices/?standing=offline",
        "/agent-sync-status/?state=never_synced",
        "/agent-sync-status/contact/?ids={employee}",
        "/audit-logs/?action_type=POLICY_CHANGED&from=2026-01-01&user=owner",
        "/me/day/?date=2020-02-02",
        "/sessions/?state=open",
        "/screenshots/?search=zzz",
        "/activity/name/?kind=app&name={app}",
        "/tasks/?search=zzz",
        "/manual-time/?state=ASKED",
        "/console/?tab=attributes",
        "/console/?tab=rules",
        "/console/?tab=audit",
        "/console/?tab=health",
        "/reports/monthly/?from=2020-01-01&to=2020-01-31",
    ),
    "manager": ("/employees/?search=zzz", "/tasks/?search=zzz"),
    "employee": ("/me/day/?date=2020-02-02", "/audit-logs/?search=zzz"),
}


def account_of(platform: Platform, role: str) -> dict[str, Any] | None:
    """Who plays the role in the demo; `trial` is the administrator of the company that has almost nothing yet.

    `nobody` has not signed in.
    """
    first, second = platform.demo["companies"][:2]
    known: dict[str, dict[str, Any]] = {
        "owner": platform.demo["owner"],
        "admin": first["admin"],
        "manager": first["manager"],
        "employee": first["employees"][0],
        "trial": second["admin"],
    }
    return known.get(role)


class Shown(Served, Protocol):
    """A platform with its demo."""

    demo: dict[str, Any]


def ids_of(platform: Shown) -> dict[str, str]:
    """One of each kind of thing that the demo's first company has, by the placeholders of the table of routes."""
    first, second = platform.demo["companies"][:2]
    employee = first["employees"][0]["id"]
    with (
        closing(Server(platform, first["admin"])) as admin,
        closing(Server(platform, first["employees"][0])) as person,
        closing(Server(platform, platform.demo["owner"])) as owner,
    ):
        kinds = ("department", "team", "project")
        found = {kind: admin.get(f"{kind}s")["items"][0]["id"] for kind in kinds}
        found |= {kind: person.get(f"{kind}s")["items"][0]["id"] for kind in ("session", "task", "screenshot")}
        found["file"] = person.get("files")["items"][0]["id"]
        found["folder"] = admin.get("folders")["items"][0]["id"]
        found["plan"] = owner.get("plans")["items"][0]["id"]
        found["invoice"] = _invoice(owner, first["id"])
        found["app"] = admin.get("usage", kind="app")["items"][0]["name"]
    found |= {"company": first["id"], "trial": second["id"], "employee": employee}
    found["report_export"] = 1  # whichever it is, the page asks the same
    return {name: str(value) for name, value in found.items()}


def _invoice(owner: Server, company: int) -> int:
    period = {"period_start": "2026-10-01", "period_end": "2026-10-31"}
    lines = [{"text": "Help on the telephone", "quantity": 2, "unit_cents": 5_000}]
    made = owner.post(f"companies/{company}/invoices", {**period, "lines": lines})
    return int(owner.post(f"companies/{company}/invoices/{made['id']}/send", {})["id"])


def pages_of(role: str, ids: Mapping[str, str]) -> list[str]:
    """Every page that this role may open."""
    if role == "nobody":
        paths = [f"/{row.path}" for row in _shown_to(role)]
    elif role == "trial":
        paths = [f"/{row.path}" for row in _shown_to("admin") if not FULL_ANYWAY.search(row.path)]
    else:
        paths = [f"/{row.path}" for row in _shown_to(role)] + [*ALSO[role]]
    if role != "admin":
        paths = [path for path in paths if not path.startswith("/ui/")]  # the same for everyone
    return [path.format(**ids) for path in dict.fromkeys(paths)]


def _shown_to(role: str) -> list[Row]:
    rows = [row for row in (*SIGNING, *CLASSIC, *PAGES) if row.method == "GET" and not row.is_json]
    return [row for row in rows if row.expected[role] == OK and not NOT_PAGES.search(row.path)]
