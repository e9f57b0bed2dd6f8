"""A company as large as pages must bear: 1,000 people, a year, what 100 million spans come to, a million audit entries.

People, teams and departments are made through the same actions that pages use; the year is written in sets. The spans
of being away are real, those of applications and websites stand only in their sums: no page reads them.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from django.db import connection, transaction

from sundial.run import demo_large_audit, demo_large_tasks, demo_large_year
from sundial.server.activity import actions as activity
from sundial.server.activity import storage
from sundial.server.companies import actions as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import actions as devices
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle

NAME, DOMAIN = "Padma Group", "padma.example"
HOURS = {day: ["09:00", "17:30"] for day in ("mon", "tue", "wed", "thu", "sat", "sun")}
DEPARTMENTS = (
    "Spinning", "Weaving", "Dyeing", "Cutting", "Sewing", "Finishing", "Quality", "Shipping", "Purchasing", "Sales",
    "Accounts", "People", "Software",
)  # fmt: skip
TEAM_SIZE, MANAGED = 20, 3
SIGN_IN = 3  # employees who get a password

Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How large; the ordinary numbers are those that pages are measured with."""

    people: int = 1000
    days: int = 365
    entries: int = 1_000_000
    screenshots: int = 1_000_000


@dataclass(frozen=True)
class Large:
    """The company, its administrator, the manager of three of its teams, and the first of their people."""

    company_id: int
    admin: Acting
    manager: tuple[int, str]
    employees: tuple[tuple[int, str], ...]


def seed(
    *,
    owner: Acting,
    names: Sequence[tuple[str, str]],
    size: Size,
    now: datetime,
    say: Say,
    owner_dsn: str | None = None,
) -> Large:
    """Make the company and its year; minutes. `names` are first and last names to make people of.

    With `owner_dsn`, the login that owns the tables, the log is written in half the time and PostgreSQL knows them.
    """
    start = now - timedelta(days=size.days)
    say(f"Founding {NAME} with {size.people} people…")
    with transaction.atomic():
        made, people = _people(owner, names, size, start)
    with acting_for(made.company_id):
        with transaction.atomic():
            devices.ready_devices(acting=owner, company_id=made.company_id, count=size.people, now=start)
            _keys(made.company_id, people, start)
        demo_large_tasks.write(made.admin, people, start, now)
        say(f"Writing what {size.people} people did in {size.days} days…")
        demo_large_year.write(made.company_id, size.days, size.screenshots / size.people, now)
    say("Summing the months…")
    _tidy(owner_dsn)
    activity.drain(company_id=made.company_id, now=now)
    say(f"Writing {size.entries} audit entries…")
    with demo_large_audit.without_words(owner_dsn):
        demo_large_audit.write(made.company_id, made.admin, people, size.entries, start, now)
    _tidy(owner_dsn)
    return made


def _tidy(owner_dsn: str | None) -> None:
    """PostgreSQL learns what there is, and that all of it may be read from indexes alone."""
    if owner_dsn:
        with psycopg.connect(owner_dsn, autocommit=True) as owner:
            owner.execute("VACUUM (ANALYZE)")


def _people(owner: Acting, names: Sequence[tuple[str, str]], size: Size, start: datetime) -> tuple[Large, list[int]]:
    founded = lifecycle.found_company(
        acting=owner,
        name=NAME,
        admin_email=f"admin@{DOMAIN}",
        admin_first_name="Shirin",
        admin_last_name="Sultana",
        time_zone=demo_large_year.ZONE,
        status=CompanyStatus.ACTIVE,
        now=start,
    )
    company_id = founded.company_id
    admin = Acting("person", founded.admin_id, f"admin@{DOMAIN}", Role.ADMIN, company_id, "127.0.0.1")
    with acting_for(company_id):
        companies.change_ways(acting=admin, changes={"working_hours": HOURS}, now=start)
        departments = [
            companies.add_department(acting=admin, name=name, parent_id=None, now=start).pk for name in DEPARTMENTS
        ]
        manager = _take_on(admin, "Rokeya", "Begum", f"manager@{DOMAIN}", Role.MANAGER, start)
        people = []
        for n in range(size.people):
            first, last = names[n % len(names)]
            people.append(_take_on(admin, first, last, _address(names, n), Role.EMPLOYEE, start))
        _seat(people, [departments[n // TEAM_SIZE % len(departments)] for n in range(size.people)])
        for number, at in enumerate(range(0, size.people, TEAM_SIZE)):
            managers = [manager] if number < MANAGED else []
            companies.make_team(
                company_id=company_id, name=f"Team {number + 1}", members=people[at : at + TEAM_SIZE], managers=managers
            )
    known = tuple((user_id, _address(names, n)) for n, user_id in enumerate(people[:SIGN_IN]))
    return Large(company_id, admin, (manager, f"manager@{DOMAIN}"), known), people


def _address(names: Sequence[tuple[str, str]], n: int) -> str:
    first, last = names[n % len(names)]
    return f"{first}.{last}.{n}@{DOMAIN}".lower()


def _take_on(admin: Acting, first: str, last: str, email: str, role: Role, now: datetime) -> int:
    row = companies.add_person(
        acting=admin,
        company_id=admin.company_id or 0,
        email=email,
        first_name=first,
        last_name=last,
        role=role,
        now=now,
    )
    return row.user_id


def _seat(people: Sequence[int], departments: Sequence[int]) -> None:
    """Each person's department, all at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE companies_membership m SET department_id = seat.department
            FROM unnest(%s::bigint[], %s::bigint[]) AS seat(person, department) WHERE m.user_id = seat.person""",
            [list(people), list(departments)],
        )


def _keys(company_id: int, people: Sequence[int], now: datetime) -> None:
    """Each person's own key, under which no picture lies yet."""
    keys = [(user_id, storage.new_key(company_id, user_id)) for user_id in people]
    with connection.cursor() as cursor:
        cursor.executemany(
            """INSERT INTO activity_personkey (company_id, user_id, wrapped, outside, made_at)
            VALUES (%s, %s, %s, %s, %s)""",
            [(company_id, user_id, key.wrapped, key.outside, now) for user_id, key in keys],
        )


def believable_names(first: Sequence[str], last: Sequence[str]) -> list[tuple[str, str]]:
    """Every first name with every last name, mixed, the same each time."""
    pairs = [(one, other) for one in first for other in last]
    random.Random(1).shuffle(pairs)  # noqa: S311 - believable people, no secret
    return pairs
