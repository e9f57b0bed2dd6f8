"""The small cast of every play: owner, admin, manager and employee of one company, a stranger from another."""

import functools
import itertools
import os
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.test import Client

from sundial.server.accounts.models import User
from sundial.server.accounts.storage import SessionStore
from sundial.server.companies.actions import add_person, make_team
from sundial.server.companies.models import Company
from sundial.server.companies.types import CompanyStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import found_company

PASSWORD = "correct horse battery staple"
_numbers = itertools.count(1)


@functools.cache
def _hash() -> str:
    # Argon2 is slow on purpose: once a run is enough.
    return make_password(PASSWORD)


@dataclass(frozen=True)
class Player:
    """Someone on the stage: signed in through `client`, acting through `acting`."""

    user: User
    acting: Acting
    client: Client
    email: str
    password: str = PASSWORD

    @property
    def id(self) -> int:
        """The user's id."""
        return self.user.pk


@dataclass(frozen=True)
class Cast:
    """Everybody, and the two companies they belong to."""

    owner: Player
    company: Company
    admin: Player
    manager: Player
    employee: Player
    other: Company
    stranger: Player
    now: datetime


def unique(word: str) -> str:
    """A word that no other test uses: nothing is ever flushed."""
    return f"{word}-{os.getpid()}-{next(_numbers)}"


def address(name: str) -> str:
    """An e-mail address that no other test uses."""
    return f"{unique(name)}@example.test"


def _player(user: User, role: Role, company_id: int | None) -> Player:
    user.password = _hash()
    user.save(update_fields=["password"])
    acting = Acting("person", user.pk, user.email, role, company_id, "127.0.0.1")
    return Player(user, acting, _signed_in(user, company_id), user.email)


def _signed_in(user: User, company_id: int | None) -> Client:
    """A browser with a session as signing in leaves it: signing in itself would ask the database 30 times."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["company_id"] = company_id
    session.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def make_owner() -> Player:
    """Someone who runs the platform."""
    user = User.objects.create(email=address("owner"), is_owner=True, created_at=clock.now())
    return _player(user, Role.OWNER, None)


def make_company(owner: Player, name: str = "company", founded_at: datetime | None = None) -> tuple[Company, Player]:
    """A fresh company and its ADMIN."""
    founded = found_company(
        acting=owner.acting,
        name=unique(name),
        admin_email=address("admin"),
        admin_first_name="Ada",
        admin_last_name="Admin",
        status=CompanyStatus.ACTIVE,
        now=founded_at or clock.now(),
    )
    with acting_for(founded.company_id), transaction.atomic():
        company = Company.objects.get(id=founded.company_id)
    return company, _player(User.objects.get(id=founded.admin_id), Role.ADMIN, founded.company_id)


def make_person(admin: Player, role: Role, name: str, added_at: datetime | None = None) -> Player:
    """One more person in the admin's company."""
    company_id = admin.acting.company_id
    assert company_id is not None
    with acting_for(company_id):
        row = add_person(
            acting=admin.acting,
            company_id=company_id,
            email=address(name),
            first_name=name.title(),
            last_name="Player",
            role=role,
            now=added_at or clock.now(),
        )
    return _player(User.objects.get(id=row.user_id), role, company_id)


def make_cast(founded_at: datetime | None = None) -> Cast:
    """Two companies and five people; the manager manages the employee's team."""
    owner = make_owner()
    company, admin = make_company(owner, founded_at=founded_at)
    manager = make_person(admin, Role.MANAGER, "manager", founded_at)
    employee = make_person(admin, Role.EMPLOYEE, "employee", founded_at)
    make_team(company_id=company.pk, name="Team", members=[employee.id], managers=[manager.id])
    other, stranger = make_company(owner, "other")
    return Cast(owner, company, admin, manager, employee, other, stranger, clock.now())
