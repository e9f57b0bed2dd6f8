"""Codes, and what they let in: one code, one person, one device, within ten minutes."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from sundial.protocol.tokens import digest, new_enrolment_code, new_token, normal_code
from sundial.server.audit.actions import record
from sundial.server.companies import queries as companies
from sundial.server.companies.types import CompanyStatus, MemberStatus
from sundial.server.devices import queries, rules
from sundial.server.devices.actions.holding import hold_person
from sundial.server.devices.actions.telling import token_changed
from sundial.server.devices.models import Device, DeviceReport, DeviceToken, EnrolmentAttempt, EnrolmentCode
from sundial.server.devices.types import (
    ATTEMPT_WINDOW,
    ATTEMPTS_ALLOWED,
    CODE_LIVES_FOR,
    Enrolled,
    Installation,
    NewCode,
    acting_device,
)
from sundial.server.lib import hints
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound, TooMany
from sundial.server.lib.scope import PLATFORM, acting_for
from sundial.server.tracking import queries as tracking

BAD_CODE = "This code is not known, was used already, or has expired. Ask for a new one."
SUSPENDED = "This company is suspended."


def make_enrolment_code(*, acting: Acting, user_id: int, now: datetime) -> NewCode:
    """A code with which this person can enrol one device: made by an ADMIN of their company, or by themselves."""
    company_id = acting.company_id
    if company_id is None or acting.kind != "person":
        raise NotAllowed("Codes are made inside a company.")
    with acting_for(company_id), transaction.atomic():
        person = companies.person(acting, user_id)
        if acting.role is not Role.ADMIN and acting.id != user_id:
            raise NotAllowed("Only an administrator may make a code for someone else.")
        if person.status != MemberStatus.ACTIVE:
            raise Invalid({"user_id": "This person is not active."})
        code, expires_at = new_enrolment_code(), now + CODE_LIVES_FOR
        EnrolmentCode.objects.create(
            company_id=company_id, user_id=user_id, digest=digest(code), made_at=now, expires_at=expires_at
        )
        record(
            acting=acting,
            company_id=company_id,
            action="ENROLMENT_CODE_MADE",
            description=f"A code to enrol a device was made for {person.user.email}",
            details={"minutes": CODE_LIVES_FOR.seconds // 60},
            personal={"target": person.user.email},
            target_kind="person",
            target_id=user_id,
            now=now,
        )
    return NewCode(code, expires_at)


def enrol(*, code: str, installation: Installation, ip: str | None, now: datetime) -> Enrolled:
    """Exchange a code for a device and its token; of two who use one code at once, exactly one wins.

    Raises NotFound for a code that does not work, NotAllowed in a suspended company, TooMany after ten wrong codes
    from one address; wrong ones are counted also when the caller's request is refused.
    """
    address = ip or "unknown"
    _refuse_the_stubborn(address, now)
    company_id = queries.company_of_code(code, now=now)
    if company_id is not None:
        with acting_for(company_id), transaction.atomic():
            enrolled = _redeem(code, company_id, installation, ip, now)
        if enrolled is not None:
            return enrolled
    _count_wrong_code(address, now)
    raise NotFound(BAD_CODE)


def _redeem(code: str, company_id: int, installation: Installation, ip: str | None, now: datetime) -> Enrolled | None:
    """Let the device in; None if the code was used, or its person left, in the meantime."""
    found = _locked_code(code, now)
    if found is None:
        return None
    company = companies.company(company_id)
    if company.status == CompanyStatus.SUSPENDED:
        raise NotAllowed(SUSPENDED)
    device = Device.objects.create(
        company_id=company_id,
        user_id=found.user_id,
        hostname=installation.hostname,
        os=installation.os,
        app_version=installation.app_version,
        enrolled_at=now,
    )
    token = _equip(device, installation.boot_id, now)
    found.used_at, found.device = now, device
    found.save(update_fields=["used_at", "device"])
    _audit(device, ip, now)
    return Enrolled(device.pk, token, company_id, company.name, found.user_id, tracking.public_keys())


def _locked_code(code: str, now: datetime) -> EnrolmentCode | None:
    living = EnrolmentCode.objects.filter(
        digest=digest(normal_code(code) or ""), expires_at__gt=now, used_at__isnull=True
    )
    user_id = living.values_list("user_id", flat=True).first()
    if user_id is None or not hold_person(user_id):
        return None
    # Locked until the commit; whoever waits for it then reads that it was used.
    return living.select_for_update(no_key=True).first()


def _equip(device: Device, boot_id: str, now: datetime) -> str:
    """A token and an empty report for a new device; answers the token."""
    token = new_token("device")
    made = DeviceToken.objects.create(company_id=device.company_id, device=device, digest=digest(token), made_at=now)
    DeviceReport.objects.create(company_id=device.company_id, device=device, boot_id=boot_id)
    token_changed(made)
    hints.send("status", str(device.company_id))
    return token


def _audit(device: Device, ip: str | None, now: datetime) -> None:
    email = companies.names_of([device.user_id])[device.user_id].email
    record(
        acting=acting_device(device.pk, device.company_id, ip),
        company_id=device.company_id,
        action="DEVICE_ENROLLED",
        description=f"A device of {email} was enrolled: {device.hostname}",
        details={"device_id": device.pk, "os": device.os, "app_version": device.app_version},
        personal={"target": email},
        target_kind="person",
        target_id=device.user_id,
        now=now,
    )


def _refuse_the_stubborn(address: str, now: datetime) -> None:
    start = rules.window_of(now)
    with acting_for(PLATFORM), transaction.atomic():
        failures = EnrolmentAttempt.objects.filter(
            address=address, window_start=start, failures__gte=ATTEMPTS_ALLOWED
        ).exists()
    if failures:
        wait = int((start + ATTEMPT_WINDOW - now).total_seconds()) + 1
        raise TooMany("Too many wrong codes from this address. Wait a while.", retry_after=wait)


def _count_wrong_code(address: str, now: datetime) -> None:
    """Count, in one statement, so that wrong codes that come at once are all counted; forget yesterday's."""
    with acting_for(PLATFORM), transaction.atomic():
        EnrolmentAttempt.objects.filter(window_start__lt=now - 144 * ATTEMPT_WINDOW).delete()
        row, _ = EnrolmentAttempt.objects.get_or_create(
            company_id=PLATFORM, address=address, window_start=rules.window_of(now)
        )
        EnrolmentAttempt.objects.filter(pk=row.pk).update(failures=F("failures") + 1)
