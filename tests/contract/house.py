"""People, companies and devices as an outsider makes them: by the doors, never by the code behind them."""

import functools
import itertools
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.running import Platform

_NUMBER = itertools.count(1)
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PASSWORD = "a long enough pass phrase"


def fresh(name: str) -> str:
    """An address that nobody has."""
    return f"{name}.{next(_NUMBER)}.{secrets.token_hex(3)}@outside.example"


@dataclass(eq=False)
class Person:
    """Someone with an account, and a token to speak with."""

    base_url: str
    email: str
    password: str
    id: int = 0
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What shows who speaks."""
        return {"Authorization": f"Token {self.token}"}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request as this person."""
        headers = {**self.headers, **more.pop("headers", {})}
        return ask(self.base_url, method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Read."""
        return self.ask("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        """Send JSON."""
        return self.ask("POST", path, json=json, **more) if json is not None else self.ask("POST", path, **more)

    def patch(self, path: str, json: Any, **more: Any) -> httpx.Response:
        """Change."""
        return self.ask("PATCH", path, json=json, **more)


def plain_client(base_url: str, **more: Any) -> httpx.Client:
    """A client with nothing of anyone; it never speaks TLS, whose preparations cost more than all the rest."""
    return httpx.Client(base_url=base_url, timeout=20, verify=False, **more)


@functools.cache
def _shared(base_url: str) -> httpx.Client:
    return plain_client(base_url)


def ask(base_url: str, method: str, path: str, **more: Any) -> httpx.Response:
    """One request by nobody in particular."""
    client = _shared(base_url)
    try:
        return client.request(method, path, **more)
    finally:
        client.cookies.clear()


def hang_up(base_url: str) -> None:
    """Close what `ask` keeps open."""
    _shared(base_url).close()


def known(platform: Platform, account: dict[str, Any]) -> Person:
    """Someone of the demo, signed in by `/api/login`."""
    return signed_in(Person(platform.base_url, account["email"], account["password"]))


def signed_in(person: Person) -> Person:
    """The same person with a token."""
    answer = ask(person.base_url, "POST", "/api/login", json={"email": person.email, "password": person.password})
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    person.id, person.token = data["id"], data["active_token"]
    return person


@contextmanager
def in_browser(person: Person) -> Iterator[httpx.Client]:
    """A client with the person's web session, as the sign-in page gives it."""
    with plain_client(person.base_url) as client:
        page = client.get("/login/")
        form = {"csrfmiddlewaretoken": csrf_of(page), "email": person.email, "password": person.password}
        answer = client.post("/login/", data=form)
        assert answer.status_code == 302, answer.text
        yield client


def csrf_of(page: httpx.Response) -> str:
    """The token in a page's form."""
    found = _CSRF.search(page.text)
    assert found, page.text
    return found.group(1)


def password_fields(page: httpx.Response) -> list[str]:
    """The names of a page's password fields, in order."""
    return re.findall(r'<input type="password" name="([^"]+)"', page.text)


def set_password(base_url: str, link: str, password: str = PASSWORD) -> None:
    """Follow a one-time link and choose a password."""
    with plain_client(base_url, follow_redirects=True) as client:
        page = client.get(link)
        assert page.status_code == 200, page.text
        names = password_fields(page)
        form = {"csrfmiddlewaretoken": csrf_of(page), **dict.fromkeys(names, password)}
        answer = client.post(str(page.url), data=form)
        assert answer.status_code == 200, answer.text


@dataclass
class Firm:
    """A company of a test's own."""

    owner: Person
    id: int
    key: str
    admin: Person
    people: dict[str, Person] = field(default_factory=dict)

    def take_on(self, role: str, name: str = "") -> Person:
        """Someone more, who can sign in."""
        email = fresh(name or role.lower())
        asked = {"email": email, "first_name": "Ada", "last_name": "Byron", "role": role}
        answer = self.admin.post("/api/v1/users", asked)
        assert answer.status_code == 201, answer.text
        set_password(self.admin.base_url, answer.json()["set_password_link"])
        return signed_in(Person(self.admin.base_url, email, PASSWORD))

    @property
    def manager(self) -> Person:
        """Its manager, made when first asked for."""
        return self._one("MANAGER")

    @property
    def employee(self) -> Person:
        """Its employee, made when first asked for."""
        return self._one("EMPLOYEE")

    def _one(self, role: str) -> Person:
        if role not in self.people:
            self.people[role] = self.take_on(role)
        return self.people[role]

    def policy(self) -> httpx.Response:
        """The policy as the public API tells it."""
        return self.owner.get(f"/api/v1/companies/{self.id}/policy")

    def save(self, **changes: Any) -> httpx.Response:
        """A save by the owner, at the first system's door."""
        return self.save_by(self.owner, changes)

    def save_by(self, person: Person, changes: dict[str, Any]) -> httpx.Response:
        """A save by this person."""
        return person.post("/api/update-company-policy/", {"company_id": self.id, **changes})

    def log(self, **filters: Any) -> list[dict[str, Any]]:
        """The newest entries of its audit log."""
        answer = self.admin.get("/api/v1/audit", params={"page_size": 100, **filters})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def enrol(self, person: Person | None = None, hostname: str = "desk") -> "Device":
        """A device of this person (else of the employee), enrolled by a code."""
        person = person or self.employee
        made = self.admin.post("/api/v1/devices/enrolment-codes", {"user_id": person.id})
        assert made.status_code == 201, made.text
        return enrolled(self.owner.base_url, made.json()["code"], hostname)


def found(owner: Person, status: str = "ACTIVE") -> Firm:
    """A new company whose administrator can sign in."""
    email = fresh("admin")
    asked = {"name": f"Outside {secrets.token_hex(4)}", "admin_email": email, "status": status}
    answer = owner.post("/api/v1/companies", asked)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    set_password(owner.base_url, made["set_password_link"])
    admin = signed_in(Person(owner.base_url, email, PASSWORD))
    return Firm(owner, made["id"], made["company_key"], admin)


MACHINE = {"os": "Linux", "app_version": "1.0.0", "boot_id": "boot-1"}


@dataclass
class Device:
    """An enrolled device, as its agent knows it."""

    base_url: str
    device_id: int
    token: str
    company_id: int
    company_name: str
    keys: list[dict[str, str]]

    @property
    def headers(self) -> dict[str, str]:
        """What shows which device speaks."""
        return {"Authorization": f"Bearer {self.token}"}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request as this device."""
        headers = {**self.headers, **more.pop("headers", {})}
        return ask(self.base_url, method, path, headers=headers, **more)

    def policy(self, **headers: str) -> httpx.Response:
        """One poll."""
        return self.ask("GET", "/agent/v1/policy", headers=headers)

    def report(self, policy: dict[str, Any], state: str = "applied", **more: Any) -> httpx.Response:
        """One report about a policy."""
        return self.ask("POST", "/agent/v1/status", json=status_of(policy, state, **more))


def status_of(policy: dict[str, Any], state: str = "applied", about: Any = None, **more: Any) -> dict[str, Any]:
    """A report that the policy is in this state; `about` says more of the policy."""
    named = {name: policy[name] for name in ("epoch", "version", "etag")}
    named |= {"state": state, "effective_etag": policy["etag"], "withheld": [], **(about or {})}
    said = {"boot_id": "boot-1", "app_version": "1.0.0", "os": "Linux", "policy": named}
    return said | {"queue": {"waiting": 0, "lost": []}, "capabilities": {}} | more


def enrolled(base_url: str, code: str, hostname: str = "desk") -> Device:
    """The device that this code lets in."""
    answer = ask(base_url, "POST", "/agent/v1/enrol", json={"code": code, "hostname": hostname, **MACHINE})
    assert answer.status_code == 201, answer.text
    return Device(base_url, **answer.json())
