"""The demo platform: two companies, their people, a month of believable history, and random passwords in a file.

Everything is made through the same actions that pages use, each with the moment at which it is said to have happened.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from sundial import __version__
from sundial.protocol.settings import Value
from sundial.run import demo_history, demo_large, demo_people, demo_tasks, demo_vault
from sundial.run.demo_large import Say, Size
from sundial.run.demo_story import Story
from sundial.run.simulate import ReadyDevice
from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as account_queries
from sundial.server.activity import actions as activity
from sundial.server.billing import actions as billing
from sundial.server.billing import queries as billing_queries
from sundial.server.billing.jobs import count_all
from sundial.server.companies import actions as companies
from sundial.server.companies import queries as company_queries
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices import actions as device_actions
from sundial.server.devices.types import Installation
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.files import write_whole
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.tracking import actions as tracking

FILE = "demo.json"
DAYS = 30
SETTLED = timedelta(hours=8)  # after its founding a company has its people
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


def seed(*, data_dir: Path, base_url: str, agents: int, now: datetime) -> tuple[dict[str, Any], list[ReadyDevice]]:
    """Make the demo platform once, and a device for so many; a second call gives back what the first one wrote."""
    file = path(data_dir)
    if file.exists():
        return dict(json.loads(file.read_text())), []
    devices: list[ReadyDevice] = []
    with transaction.atomic():
        made = _platform(base_url, agents, devices, now)
    _write(file, made)
    return made, devices


def _write(file: Path, made: dict[str, Any]) -> None:
    write_whole(file, json.dumps(made, indent=1).encode())


def _platform(base_url: str, agents: int, devices: list[ReadyDevice], now: datetime) -> dict[str, Any]:
    start = now - timedelta(days=DAYS)
    owner_user = accounts.create_owner(email="owner@sundial.example", acting=Acting.system(), now=start)
    owner = _with_password(owner_user.pk, owner_user.email)
    acting = Acting("person", owner.id, owner.email, Role.OWNER, None, "127.0.0.1")
    return {
        "base_url": base_url,
        "owner": owner.listed(),
        "companies": [
            _active(acting, start, now, agents, devices),
            _trial(acting, now - timedelta(days=6)),
        ],
    }


def _with_password(user_id: int, email: str) -> Login:
    password = secrets.token_urlsafe(12)
    accounts.set_password(user_id=user_id, password=password)
    return Login(user_id, email, password)


def _active(owner: Acting, start: datetime, now: datetime, agents: int, devices: list[ReadyDevice]) -> dict[str, Any]:
    made, story = _company(owner, "Meghna Textiles", "meghna.example", CompanyStatus.ACTIVE, start, employees=30)
    company_id: int = made["id"]
    staff, ready = _staff(made), start + SETTLED
    switch = partial(companies.change_company, acting=owner, company_id=company_id, changes={"classic_clients": True})
    story.at(ready, switch)
    plan = billing_queries.plan_named(PLAN)
    assert plan is not None, "every platform begins with it"
    story.at(ready, partial(billing.change_plan, acting=owner, company_id=company_id, plan_id=plan.id))
    story.at(ready, partial(companies.change_ways, acting=staff.admin, changes={"working_hours": HOURS}))
    _enrolments(story, made, agents, devices, ready + timedelta(hours=3))
    for days, changes in POLICY_STORY:
        moment = now - timedelta(days=days, hours=days % 8 + 1)
        story.at(moment, partial(tracking.change_policy, acting=owner, company_id=company_id, changes=changes))
    demo_people.travel(story, [staff.people[n] for n in TRAVELLERS], start=ready + timedelta(hours=6), now=now)
    demo_people.ask_for_time(story, staff.people, now=now)
    demo_tasks.write_tasks(story, staff, seed=SEED, days=DAYS, now=now)
    demo_vault.write_vault(story, staff.admin, staff.people, now=now)
    story.tell()
    return made


def _enrolments(story: Story, company: dict[str, Any], count: int, devices: list[ReadyDevice], start: datetime) -> None:
    """The first employees enrol their computers, one after the other, before the first day that is recorded."""
    admin = _admin_of(company)
    for number, person in enumerate(company["employees"][:count], start=1):

        def enrol(*, now: datetime, number: int = number, user_id: int = person["id"]) -> None:
            devices.append(_enrolled(admin, user_id, number, now))

        story.at(start + timedelta(minutes=4 * number), enrol)


def _staff(made: dict[str, Any]) -> demo_tasks.Staff:
    people = [Acting("person", one["id"], one["email"], Role.EMPLOYEE, made["id"]) for one in made["employees"]]
    return demo_tasks.Staff(made["id"], _admin_of(made), people)


def _trial(owner: Acting, start: datetime) -> dict[str, Any]:
    made, story = _company(owner, "Lindgren & Sato", "lindgren.example", CompanyStatus.TRIAL, start, employees=4)
    company_id: int = made["id"]
    delegate = partial(companies.change_company, company_id=company_id, changes={"policy_delegated": True})
    story.at(start + SETTLED, partial(delegate, acting=owner))
    narrow = partial(tracking.change_policy, company_id=company_id, changes={"screenshots_enabled": False})
    story.at(start + timedelta(days=1), partial(narrow, acting=_admin_of(made)))
    story.tell()
    made["policy_delegated"] = True
    return made


def _admin_of(made: dict[str, Any]) -> Acting:
    email = made["admin"]["email"]
    found = account_queries.account_with_email(email)
    assert found is not None, "the administrator was made a moment ago"
    return Acting("person", found.id, email, Role.ADMIN, made["id"], "127.0.0.1")


def _company(
    owner: Acting, name: str, domain: str, status: CompanyStatus, start: datetime, *, employees: int
) -> tuple[dict[str, Any], Story]:
    """A company with its people; the story tells what they do after that."""
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
    with acting_for(founded.company_id):
        places = demo_people.found_departments(admin=acting, now=start + timedelta(hours=1))
    take_on = _taker(acting, domain, founded.company_id, start + timedelta(hours=2))
    manager = take_on("Rafiq", "Hossain", Role.MANAGER, 0)
    people = [take_on(FIRST[n], LAST[n % len(LAST)], Role.EMPLOYEE, n + 1) for n in range(employees)]
    half = [one.id for one in people[: max(1, employees // 2)]]
    companies.make_team(company_id=founded.company_id, name="Design", members=half, managers=[manager.id])
    everyone = [(admin, Role.ADMIN), (manager, Role.MANAGER), *((one, Role.EMPLOYEE) for one in people)]
    people_listed = [(one.id, one.email, role) for one, role in everyone]
    story = Story(founded.company_id)
    demo_people.settle(story, admin=acting, people=people_listed, places=places, start=start + SETTLED)
    key = company_queries.company(founded.company_id).company_key
    made = {
        "id": founded.company_id,
        "name": name,
        "company_key": key,
        "policy_delegated": False,
        "admin": admin.listed(),
        "manager": manager.listed(),
        "employees": [one.listed(with_id=True) for one in people],
    }
    return made, story


def _taker(acting: Acting, domain: str, company_id: int, start: datetime) -> Callable[[str, str, Role, int], Login]:
    def take_on(first: str, last: str, role: Role, number: int) -> Login:
        moment = start + timedelta(minutes=10 * number)
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
    """A device for each of the company's first employees; the rest never sync."""
    admin, people = _admin_of(company), company["employees"][:count]
    return [_enrolled(admin, person["id"], number, now) for number, person in enumerate(people, start=1)]


def _enrolled(admin: Acting, user_id: int, number: int, now: datetime) -> ReadyDevice:
    """A device, enrolled by code as a person would."""
    company_id = admin.company_id or 0
    with acting_for(company_id), transaction.atomic():
        code = device_actions.make_enrolment_code(acting=admin, user_id=user_id, now=now)
    machine = Installation(f"MT-LT-{number:03d}", "Simulated Linux", __version__, f"demo-{number}")
    enrolled = device_actions.enrol(code=code.code, installation=machine, ip="127.0.0.1", now=now)
    return ReadyDevice(enrolled.device_id, enrolled.token, company_id)


def write_history(dsn: str, company: dict[str, Any], devices: Sequence[ReadyDevice], *, now: datetime) -> int:
    """What those with a device did in the month; how many facts. The same for every demo founded on the same day."""
    people = zip(company["employees"], devices, strict=False)  # the last employees have no device
    members = [demo_history.Member(company["id"], person["id"], device.device_id) for person, device in people]
    written = demo_history.write_history(dsn=dsn, members=members, seed=SEED, days=DAYS - 1, now=now)
    demo_tasks.choose_tasks(company["id"])
    device_actions.heard_of(company_id=company["id"], device_ids=[one.device_id for one in devices], now=now)
    _sum_up(now)
    return written


def _sum_up(now: datetime) -> None:
    """Make the sums that the worker would make within minutes, so that the first look finds them."""
    activity.sum_days(now=now)
    count_all(now=now)
