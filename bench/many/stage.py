"""The company that is measured, made set by set: people in two sites, an attribute, files with a few rules."""

from dataclasses import dataclass

from django.db import transaction
from django.test import Client

from sundial.server.accounts.models import User
from sundial.server.companies import actions as companies
from sundial.server.companies.models import Membership
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import found_company
from sundial.server.vault.models import File

ATTRIBUTE = "night"
RULES = (ATTRIBUTE, f"not {ATTRIBUTE}", "role = employee", "time >= 00:00", f"{ATTRIBUTE} or role = admin")
_FIRST = ("Ada", "Bilal", "Chandra", "Dilara", "Emre", "Farida", "Gustav", "Hasina", "Imran", "Jutta")
_LAST = ("Ahmed", "Bergmann", "Chowdhury", "Das", "Engel", "Faruqi", "Gomes", "Haque", "Islam", "Jansen", "Khan")


@dataclass(frozen=True)
class Stage:
    """Who asks, and of which company."""

    company_id: int
    admin_id: int
    employee_id: int


def make(people: int, changed: int, files: int) -> Stage:
    """A company of so many people, of whom `changed` have "north" in their address."""
    now = clock.now()
    owner = User.objects.create(email="owner@example.test", is_owner=True, created_at=now)
    acting = Acting("person", owner.pk, owner.email, Role.OWNER, None, "127.0.0.1")
    founded = found_company(
        acting=acting, name="Many", admin_email="admin@example.test", status=CompanyStatus.ACTIVE, now=now
    )
    admin = Acting("person", founded.admin_id, "admin@example.test", Role.ADMIN, founded.company_id, "127.0.0.1")
    with acting_for(founded.company_id), transaction.atomic():
        companies.add_attribute(acting=admin, name=ATTRIBUTE, now=now)
        ids = _people(founded.company_id, people, changed)
        _files(founded.company_id, founded.admin_id, files)
    return Stage(founded.company_id, founded.admin_id, ids[0])


def _people(company_id: int, count: int, changed: int) -> list[int]:
    now = clock.now()
    sites = ["north" if number < changed else "south" for number in range(count)]
    users = User.objects.bulk_create(
        User(email=f"person{number}@{site}.example.test", created_at=now) for number, site in enumerate(sites)
    )
    Membership.objects.bulk_create(
        Membership(
            company_id=company_id,
            user=user,
            first_name=_FIRST[number % len(_FIRST)],
            last_name=f"{_LAST[number % len(_LAST)]} {number}",
            role=Role.EMPLOYEE,
            created_at=now,
        )
        for number, user in enumerate(users)
    )
    return [user.pk for user in users]


def _files(company_id: int, owner_id: int, count: int) -> None:
    now = clock.now()
    File.objects.bulk_create(
        File(
            company_id=company_id,
            owner_id=owner_id,
            name=f"Plan {number:05}.txt",
            folded=f"plan {number:05}.txt",
            rule_text=RULES[number % len(RULES)],
            version=1,
            size=number,
            media_type="text/plain",
            created_at=now,
            updated_at=now,
        )
        for number in range(count)
    )


def signed_in(stage: Stage, user_id: int) -> Client:
    """A browser of this person's, without a window."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(User.objects.get(id=user_id), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["company_id"] = stage.company_id
    session.save()
    return client
