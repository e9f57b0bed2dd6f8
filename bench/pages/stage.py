"""The platform that is measured: what the placeholders of the table of routes stand for, and somebody of every role."""

from typing import Any

import psycopg
from django.test import Client

from sundial.run import demo_large
from sundial.server.accounts.models import User

CALLERS = ("owner", "admin", "manager", "employee")
_MEMBER = """
SELECT min(user_id) FROM companies_membership m WHERE company_id = %(company)s AND role = %(role)s
  AND (role <> 'EMPLOYEE' OR EXISTS (SELECT FROM activity_worksession w WHERE w.user_id = m.user_id))
"""
_KNOWN = {
    "owner": "SELECT min(id) FROM accounts_user WHERE is_owner",
    "team": "SELECT min(id) FROM companies_team WHERE company_id = %(company)s",
    "department": "SELECT min(id) FROM companies_department WHERE company_id = %(company)s",
    "device": "SELECT min(id) FROM devices_device WHERE user_id = %(employee)s AND company_id = %(company)s",
    "session": "SELECT max(id) FROM activity_worksession WHERE user_id = %(employee)s AND company_id = %(company)s",
    "screenshot": "SELECT max(id) FROM activity_screenshot WHERE user_id = %(employee)s AND company_id = %(company)s",
    "task": "SELECT max(id) FROM tasks_task WHERE assigned_to_id = %(employee)s AND company_id = %(company)s",
    "project": "SELECT max(id) FROM tasks_project WHERE company_id = %(company)s",
    "manual": "SELECT max(id) FROM activity_manualtime WHERE company_id = %(company)s",
    "plan": "SELECT max(id) FROM billing_plan",
}


def known(owner_dsn: str) -> dict[str, int]:
    """The ids of the large company, its people and what is theirs; what it has none of is left out."""
    with psycopg.connect(owner_dsn, autocommit=True) as owner:

        def one(statement: str, **values: Any) -> int | None:
            row = owner.execute(statement, values).fetchone()
            return row[0] if row else None

        found: dict[str, int | None] = {
            "company": one("SELECT id FROM companies_company WHERE name = %(name)s", name=demo_large.NAME)
        }
        for role in ("admin", "manager", "employee"):
            found[role] = one(_MEMBER, company=found["company"], role=role.upper())
        for name, statement in _KNOWN.items():
            found[name] = one(statement, **found)
    return {name: value for name, value in found.items() if value is not None}


def signed_in(ids: dict[str, int]) -> dict[str, Client]:
    """A browser for each caller."""
    clients = {}
    for caller in CALLERS:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.force_login(User.objects.get(id=ids[caller]), backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["company_id"] = None if caller == "owner" else ids["company"]
        session.save()
        clients[caller] = client
    return clients
