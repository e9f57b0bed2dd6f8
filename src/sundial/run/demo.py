"""The demo platform: two companies, their people, a month of believable history, and random passwords in a file.

Everything is made through the same actions that pages use, each with the moment at which it is said to have happened.
"""

import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from sundial import __version__
from sundial.protocol.settings import Value
from sundial.run import demo_history, demo_large, demo_people, demo_tasks, demo_vault
from sundial.run.demo_large import Say, Size
from sundial.run.simulate import ReadyDevice
from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as account_queries
from sundial.server.billing import actions as billing
from sundial.server.billing import queries as billing_queries
from sundial.server.companies import actions as companies
from sundial.server.companies import queries as company_queries
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import actions as device_actions
from sundial.server.devices.types import Installation
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.tracking import actions as tracking

FILE = "demo.json"
DAYS = 30
SEED = 1
PLAN = "Pro"
TRAVELLERS = (8, 21)  # of the employees; they sign in from somewhere new
HOURS = {day: ["09:00", "18:00"] for day in ("sun", "mon", "tue", "wed", "thu")}  # as people work in Dhaka

FIRST = (
    "Amina", "Bilal", "Chandra", "Dalia", "Emeka", "Farida", "Gita", "Hamza", "Ines", "Jamal", "Keiko",
    "Laila", "Mateo", "Nadia", "Omar", "Priya", "Quentin", "Rima", "Samir", "Tahmina", "Umar", "Vera",
    "Wanjiru", "Ximena", "Yusuf", "Zara", "Anik", "Bushra", "Colm", "Dina", "Elif", "Faisal", "Greta",
    "Hasan",
)  # fmt: skip
LAST = (
    "Rahman", "Okafor", "Silva", "Haddad", "Novak", "Chowdhury", "Mensah", "Ito", "Lindgren", "Karim",
    "Moreau", "Ahmed", "Costa", "Banerjee", "Walsh", "Demir", "Khan", "Petrov", "Adeyemi", "Sato",
)  # fmt: skip

# Who changed what, how many days ago: a month in which somebody looked for the right measure.
POLICY_STORY: tuple[tuple[int, dict[str, Value]], ...] = (
    (27, {"screenshot_interval_seconds": 300}),
    (25, {"screenshot_quality": 80, "max_screenshot_size_mb": 3}),
    (19, {"idle_threshold_seconds": 600}),
    (14, {"notification_interval_minutes": 60}),
    (9, {"screenshot_interval_seconds": 900, "screenshot_quality": 75}),
    (3, {"screenshot_interval_seconds": 600, "screenshot_quality": 85}),
)


@dataclass(frozen=True)
class Login:
    """Someone of the demo and their password, as demo.json lists them."""

    id: int
    email: str
    password: str

    def listed(self, *, with_id: bool = False) -> dict[str, Any]:
        """The entry of demo.json."""
        entry: dict[str, Any] = {"email": self.email, "password": self.password}
        return {"id": self.id, **entry} if with_id else entry


def path(data_dir: Path) -> Path:
    """Where the accounts of the demo are written."""
    return data_dir / FILE


def seed(*, data_dir: Path, base_url: str, now: datetime) -> dict[str, Any]:
    """Make the demo platform once; a second call gives back what the first one wrote."""
    file = path(data_dir)
    if file.exists():
        return dict(json.loads(file.read_text()))
    with transaction.atomic():
        made = _platform(base_url, now)
    _write(file, made)
    return made


def _write(file: Path, made: dict[str, Any]) -> None:
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        json.dump(made, target, indent=1)
    fresh.replace(file)


def _platform(base_url: str, now: datetime) -> dict[str, Any]:
    start = now - timedelta(days=DAYS)
    owner_user = accounts.create_owner(email="owner@sundial.example", acting=Acting.system(), now=start)
    owner = _with_password(owner_user.pk, owner_user.email)
    acting = Acting("person", owner.id, owner.email, Role.OWNER, None, "127.0.0.1")
    return {
        "base_url": base_url,
        "owner": owner.listed(),
        "companies": [
            _active(acting, start, now),
            _trial(acting, now - timedelta(days=6)),
        ],
    }


def _with_password(user_id: int, email: str) -> Login:
    password = secrets.token_urlsafe(12)
    accounts.set_password(user_id=user_id, password=password)
    return Login(user_id, email, password)


def _active(owner: Acting, start: datetime, now: datetime) -> dict[str, Any]:
    made = _company(owner, "Meghna Textiles", "meghna.example", CompanyStatus.ACTIVE, start, employees=30)
    company_id: int = made["id"]
    with acting_for(company_id):
        companies.change_company(
            acting=owner, company_id=company_id, changes={"classic_clients": True}, now=start + timedelta(hours=1)
        )
        companies.change_ways(acting=_admin_of(made), changes={"working_hours": HOURS}, now=start + timedelta(hours=3))
        for days, changes in POLICY_STORY:
            moment = now - timedelta(days=days, hours=days % 8 + 1)
            tracking.change_policy(acting=owner, company_id=company_id, changes=changes, now=moment)
    plan = billing_queries.plan_named(PLAN)
    assert plan is not None, "every platform begins with it"
    billing.change_plan(acting=owner, company_id=company_id, plan_id=plan.id, now=start + timedelta(hours=1))
    travellers = [(made["employees"][n]["id"], made["employees"][n]["email"]) for n in TRAVELLERS]
    demo_people.travel(company_id=company_id, people=travellers, start=start, now=now)
    staff = _staff(made)
    demo_tasks.write_tasks(staff, seed=SEED, days=DAYS, now=now)
    demo_vault.write_vault(staff.admin, staff.people, now=now)
    return made


def _staff(made: dict[str, Any]) -> demo_tasks.Staff:
    people = [Acting("person", one["id"], one["email"], Role.EMPLOYEE, made["id"]) for one in made["employees"]]
    return demo_tasks.Staff(made["id"], _admin_of(made), people)


def _trial(owner: Acting, start: datetime) -> dict[str, Any]:
    made = _company(owner, "Lindgren & Sato", "lindgren.example", CompanyStatus.TRIAL, start, employees=4)
    company_id: int = made["id"]
    with acting_for(company_id):
        companies.change_company(
            acting=owner, company_id=company_id, changes={"policy_delegated": True}, now=start + timedelta(hours=2)
        )
        tracking.change_policy(
            acting=_admin_of(made),
            company_id=company_id,
            changes={"screenshots_enabled": False},
            now=start + timedelta(days=1),
        )
    made["policy_delegated"] = True
    return made


def _admin_of(made: dict[str, Any]) -> Acting:
    email = made["admin"]["email"]
    found = account_queries.account_with_email(email)
    assert found is not None, "the administrator was made a moment ago"
    return Acting("person", found.id, email, Role.ADMIN, made["id"], "127.0.0.1")


def _company(
    owner: Acting, name: str, domain: str, status: CompanyStatus, start: datetime, *, employees: int
) -> dict[str, Any]:
    founded = lifecycle.found_company(
        acting=owner,
        name=name,
        admin_email=f"admin@{domain}",
        admin_first_name="Nasrin",
        admin_last_name="Akter",
        time_zone="Asia/Dhaka",
        status=status,
        now=start,
    )
    admin = _with_password(founded.admin_id, f"admin@{domain}")
    acting = Acting("person", admin.id, admin.email, Role.ADMIN, founded.company_id, "127.0.0.1")
    take_on = _taker(acting, domain, founded.company_id, start)
    manager = take_on("Rafiq", "Hossain", Role.MANAGER, 0)
    people = [take_on(FIRST[n], LAST[n % len(LAST)], Role.EMPLOYEE, n + 1) for n in range(employees)]
    half = [one.id for one in people[: max(1, employees // 2)]]
    companies.make_team(company_id=founded.company_id, name="Design", members=half, managers=[manager.id])
    everyone = [(admin, Role.ADMIN), (manager, Role.MANAGER), *((one, Role.EMPLOYEE) for one in people)]
    demo_people.settle(admin=acting, people=[(one.id, one.email, role) for one, role in everyone], start=start)
    key = company_queries.company(founded.company_id).company_key
    return {
        "id": founded.company_id,
        "name": name,
        "company_key": key,
        "policy_delegated": False,
        "admin": admin.listed(),
        "manager": manager.listed(),
        "employees": [one.listed(with_id=True) for one in people],
    }


def _taker(acting: Acting, domain: str, company_id: int, start: datetime) -> Callable[[str, str, Role, int], Login]:
    def take_on(first: str, last: str, role: Role, hours: int) -> Login:
        moment = start + timedelta(hours=2 + hours)
        email = f"{first}.{last}@{domain}".lower()
        with acting_for(company_id):
            row = companies.add_person(
                acting=acting,
                company_id=company_id,
                email=email,
                first_name=first,
                last_name=last,
                role=role,
                now=moment,
            )
        return _with_password(row.user_id, email)

    return take_on


def seed_large(*, data_dir: Path, size: Size, now: datetime, say: Say, owner_dsn: str | None = None) -> dict[str, Any]:
    """Add the large company to a demo that stands, once; its accounts stand in the same file."""
    file = path(data_dir)
    made: dict[str, Any] = json.loads(file.read_text())
    if any(one["name"] == demo_large.NAME for one in made["companies"]):
        return made
    found = account_queries.account_with_email(made["owner"]["email"])
    assert found is not None, "the demo has an owner"
    owner = Acting("person", found.id, found.email, Role.OWNER, None, "127.0.0.1")
    names = demo_large.believable_names(FIRST, LAST)
    large = demo_large.seed(owner=owner, names=names, size=size, now=now, say=say, owner_dsn=owner_dsn)
    made["companies"].append(
        {
            "id": large.company_id,
            "name": demo_large.NAME,
            "company_key": company_queries.company(large.company_id).company_key,
            "policy_delegated": False,
            "admin": _with_password(large.admin.id or 0, large.admin.label).listed(),
            "manager": _with_password(*large.manager).listed(),
            "employees": [_with_password(*one).listed(with_id=True) for one in large.employees],
        }
    )
    _write(file, made)
    return made


def enrol_agents(company: dict[str, Any], count: int, *, now: datetime) -> list[ReadyDevice]:
    """A device for each of the company's first employees, enrolled by code as a person would; the rest never sync."""
    company_id: int = company["id"]
    found = account_queries.account_with_email(company["admin"]["email"])
    assert found is not None, "the demo's administrator exists"
    admin = Acting("person", found.id, found.email, Role.ADMIN, company_id, "127.0.0.1")
    devices = []
    for number, person in enumerate(company["employees"][:count], start=1):
        moment = now - timedelta(days=DAYS - 1, minutes=-7 * number)
        with acting_for(company_id), transaction.atomic():
            code = device_actions.make_enrolment_code(acting=admin, user_id=person["id"], now=moment)
        machine = Installation(f"MT-LT-{number:03d}", "Simulated Linux", __version__, f"demo-{number}")
        enrolled = device_actions.enrol(code=code.code, installation=machine, ip="127.0.0.1", now=moment)
        devices.append(ReadyDevice(enrolled.device_id, enrolled.token, company_id))
    return devices


def write_history(dsn: str, company: dict[str, Any], devices: Sequence[ReadyDevice], *, now: datetime) -> int:
    """What those with a device did in the month; how many facts. The same for every demo founded on the same day."""
    people = zip(company["employees"], devices, strict=False)  # the last employees have no device
    members = [demo_history.Member(company["id"], person["id"], device.device_id) for person, device in people]
    written = demo_history.write_history(dsn=dsn, members=members, seed=SEED, days=DAYS - 1, now=now)
    demo_tasks.choose_tasks(company["id"])
    return written
