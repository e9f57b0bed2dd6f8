"""What happens to one person at one moment from several sides: in some order, and never in a deadlock."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from sundial.server.devices import actions, queries
from sundial.server.devices.models import Acknowledgement, Device
from sundial.server.devices.types import DeviceActing, Enrolled, acting_device
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import SundialError
from sundial.server.lib.scope import acting_for
from sundial.server.lifecycle.actions import let_go, suspend_company
from sundial.server.tracking.actions import change_policy, set_delegation
from tests.cast import Cast, make_person
from tests.server.devices.plays import LAPTOP, address, enrol


def _at_once(*deeds: Callable[[], object]) -> None:
    """Do all of it in threads of their own, started together; a refusal is an answer, anything else is not."""
    gate = threading.Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> None:
        gate.wait()
        try:
            deed()
        except SundialError:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(one, deeds))


@pytest.mark.parametrize("turn", range(4))
def test_a_person_is_let_go_while_devices_are_enrolled_and_revoked(cast: Cast, turn: int) -> None:
    person = make_person(cast.admin, Role.EMPLOYEE, f"leaver{turn}")
    devices = [enrol(cast, person) for _ in range(3)]
    codes = [
        actions.make_enrolment_code(acting=cast.admin.acting, user_id=person.id, now=cast.now).code for _ in range(3)
    ]

    def leave() -> None:
        with acting_for(cast.company.pk):
            let_go(acting=cast.admin.acting, user_id=person.id, now=cast.now)

    def revoke(device_id: int) -> Callable[[], object]:
        return lambda: actions.revoke(acting=cast.admin.acting, device_id=device_id, now=cast.now)

    def come(code: str) -> Callable[[], object]:
        return lambda: actions.enrol(code=code, installation=LAPTOP, ip=address(), now=cast.now)

    _at_once(leave, *[revoke(one.device_id) for one in devices], *[come(code) for code in codes])
    with acting_for(cast.company.pk), transaction.atomic():
        left = Device.objects.filter(user_id=person.id, revoked_at__isnull=True)
        assert not left.exists()
    assert all(holder.ended for one in devices if (holder := queries.holder_of(one.token)))


@pytest.mark.parametrize("turn", range(3))
def test_devices_come_speak_and_go_while_the_company_is_changed(cast: Cast, turn: int) -> None:
    company_id = cast.company.pk
    devices = [enrol(cast) for _ in range(3)]
    code = actions.make_enrolment_code(acting=cast.admin.acting, user_id=cast.employee.id, now=cast.now).code

    def delegate(on: bool) -> Callable[[], object]:
        return lambda: set_delegation(acting=cast.owner.acting, company_id=company_id, delegated=on, now=cast.now)

    def speak(enrolled: Enrolled, etag: str) -> Callable[[], object]:
        by = DeviceActing(
            acting_device(enrolled.device_id, company_id, None), enrolled.device_id, enrolled.user_id, company_id
        )
        said = {"etag": etag, "kinds": ["idle"], "text_sha256": "0" * 64, "at": cast.now}
        return lambda: actions.acknowledge(by=by, **said, now=cast.now)

    def change() -> None:
        change_policy(
            acting=cast.owner.acting, company_id=company_id, changes={"screenshot_quality": 60 + turn}, now=cast.now
        )

    _at_once(
        *[delegate(turn % 2 == 0) for _ in range(2)],
        *[speak(one, f"{turn}") for one in devices],
        *[
            lambda one=one: actions.revoke(acting=cast.admin.acting, device_id=one.device_id, now=cast.now)
            for one in devices
        ],
        lambda: actions.enrol(code=code, installation=LAPTOP, ip=address(), now=cast.now),
        lambda: suspend_company(acting=cast.owner.acting, company_id=company_id, reason="unpaid", now=cast.now),
        change,
    )
    with acting_for(company_id), transaction.atomic():
        assert Acknowledgement.objects.count() == len(devices)
        assert Device.objects.filter(revoked_at__isnull=False).count() == len(devices)
