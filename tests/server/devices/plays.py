"""What the plays of this folder share: devices, what they report, and the way in."""

import itertools
import json
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.test import Client

from sundial.server.audit.models import Entry, Personal
from sundial.server.devices import actions
from sundial.server.devices.models import DeviceReport
from sundial.server.devices.types import Enrolled, Installation
from sundial.server.lib.scope import acting_for
from tests.cast import Cast, Player

LAPTOP = Installation(hostname="laptop", os="Debian 12", app_version="1.0.0", boot_id="b1")
_addresses = itertools.count(1)


def address() -> str:
    """An address that no other test tries codes from."""
    number = next(_addresses)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def enrol(cast: Cast, player: Player | None = None, *, hostname: str = "laptop") -> Enrolled:
    """A device of the employee, or of whoever is named, by way of a code."""
    person = player or cast.employee
    code = actions.make_enrolment_code(acting=person.acting, user_id=person.id, now=cast.now).code
    installation = Installation(hostname, LAPTOP.os, LAPTOP.app_version, LAPTOP.boot_id)
    return actions.enrol(code=code, installation=installation, ip=address(), now=cast.now)


def report(company_id: int, device_id: int, **columns: Any) -> None:
    """Write what the gateway would."""
    with acting_for(company_id), transaction.atomic():
        assert DeviceReport.objects.filter(device_id=device_id).update(**columns) == 1


def reported(company_id: int, device_id: int) -> DeviceReport:
    """What is known of a device."""
    with acting_for(company_id), transaction.atomic():
        return DeviceReport.objects.get(device_id=device_id)


def audit(company_id: int, action: str) -> list[tuple[Entry, Personal, dict[str, Any]]]:
    """The entries of this kind in a log, eldest first, with what they say."""
    with acting_for(company_id), transaction.atomic():
        entries = list(Entry.objects.filter(company_id=company_id, action=action).order_by("seq"))
        return [
            (entry, Personal.objects.get(company_id=company_id, seq=entry.seq), json.loads(entry.details))
            for entry in entries
        ]


@dataclass(frozen=True)
class Answer:
    """What a door said."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class Agent:
    """A client of the ordinary doors, with its own address."""

    def __init__(self, token: str = "", *, ip: str | None = None) -> None:
        self.token, self.ip, self.client = token, ip or address(), Client(enforce_csrf_checks=True)

    def post(self, door: str, body: object) -> Answer:
        """Send JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._answer("post", door, data=data, content_type="application/json")

    def get(self, door: str) -> Answer:
        """Ask."""
        return self._answer("get", door)

    def _answer(self, method: str, door: str, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        came = getattr(self.client, method)(f"/agent/v1/{door}", headers=headers, REMOTE_ADDR=self.ip, **more)
        assert came["Content-Type"] == "application/json", came.content[:200]
        return Answer(came.status_code, came.json(), dict(came.headers))
