"""Devices, notices and acknowledgements, as lists for those who may see them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from sundial.server.companies import queries as companies
from sundial.server.devices.models import Acknowledgement, Device, DeviceReport, Notice
from sundial.server.devices.queries.standing import Reports, reports, with_presence, with_standing
from sundial.server.devices.types import DeviceKind, DeviceRow, Presence, Standing
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.scope import acting_for
from sundial.server.lib.words import storable

NOTICES_AT_ONCE = 100
REVOKED = "revoked"

_ORDERINGS = {
    "hostname": "device__hostname",
    "enrolled_at": "device__enrolled_at",
    "last_seen_at": "last_seen_at",
    "policy_version": "policy_version",
    "app_version": "app_version",
    "user": "device__user__email",
    "id": "device_id",
}


@dataclass(frozen=True, slots=True)
class DevicePage:
    """One page of devices."""

    items: tuple[DeviceRow, ...]
    count: int
    page: int
    pages: int


def devices(
    acting: Acting,
    *,
    now: datetime,
    search: str = "",
    state: str = "",
    standing: str = "",
    etag: str = "",
    user_id: int | None = None,
    ordering: str = "-last_seen_at",
    page: int = 1,
    page_size: int = 20,
) -> DevicePage:
    """The devices that `acting` may list; a page past the end is the last.

    `state` is a Presence or `revoked` (left out otherwise); `standing`, towards `etag`, is the list behind a count
    of `progress`. Raises NotAllowed for the OWNER, who sees numbers.
    """
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        rows = _standing(_searched(_visible(acting, now), search), standing, etag)
        rows = _in_state(rows, state)
        if user_id is not None:
            rows = rows.filter(device__user_id=user_id)
        count = rows.count()
        pages = max(1, -(-count // page_size))
        page = min(max(page, 1), pages)
        found = _ordered(rows, ordering)[(page - 1) * page_size : page * page_size]
        return DevicePage(tuple(_row(report) for report in found), count, page, pages)


def device(acting: Acting, device_id: int, *, now: datetime, etag: str = "") -> DeviceRow:
    """One device that `acting` may see; raises NotFound."""
    if acting.company_id is None:
        raise NotFound
    with acting_for(acting.company_id), transaction.atomic():
        report = with_standing(_visible(acting, now), etag).filter(device_id=device_id).first()
        if report is None:
            raise NotFound
        return _row(report)


def notices_after(company_id: int, device_id: int, after: int) -> tuple[list[Notice], bool]:
    """Notices for this device and for all of its company, after that id, oldest first; and whether there are more."""
    mine = Q(device_id=device_id) | Q(device_id__isnull=True)
    with acting_for(company_id), transaction.atomic():
        enrolled = DeviceReport.objects.filter(device_id=device_id).values("device__enrolled_at")
        rows = Notice.objects.filter(mine, id__gt=after, made_at__gte=enrolled).order_by("id")
        found = list(rows[: NOTICES_AT_ONCE + 1])
    return found[:NOTICES_AT_ONCE], len(found) > NOTICES_AT_ONCE


def acknowledgements(acting: Acting, *, user_id: int) -> list[Acknowledgement]:
    """What a person has acknowledged, newest first, for the person and for those who may see them."""
    company_id = company_of(acting)
    with acting_for(company_id), transaction.atomic():
        if acting.id != user_id:
            companies.person(acting, user_id)
        return list(Acknowledgement.objects.filter(user_id=user_id).order_by("-received_at", "-id"))


def ids_called(word: str) -> list[int]:
    """The computers of the company in scope whose names hold this word, those that were revoked included."""
    return list(Device.objects.filter(hostname__icontains=word).order_by().values_list("id", flat=True))


def company_of(acting: Acting) -> int:
    """The company whose devices this person may ask about; NotAllowed for the OWNER, who sees numbers."""
    if acting.company_id is None or acting.role not in {Role.ADMIN, Role.MANAGER, Role.EMPLOYEE}:
        raise NotAllowed("Devices are visible inside their own company only.")
    return acting.company_id


def _visible(acting: Acting, now: datetime) -> Reports:
    rows = with_presence(reports(now)).select_related("device", "device__user")
    if acting.role is Role.ADMIN:
        return rows
    return rows.filter(device__user_id__in=companies.visible_user_ids(acting))


def _searched(rows: Reports, search: str) -> Reports:
    for word in storable(search).split():
        rows = rows.filter(
            Q(device__hostname__icontains=word)
            | Q(device__os__icontains=word)
            | Q(device__user__email__icontains=word)
            | Q(app_version__icontains=word)
        )
    return rows


def _in_state(rows: Reports, state: str) -> Reports:
    if state == REVOKED:
        return rows.filter(device__revoked_at__isnull=False)
    rows = rows.filter(device__revoked_at__isnull=True)
    return rows.filter(presence=state) if state in set(Presence) else rows


def _standing(rows: Reports, standing: str, etag: str) -> Reports:
    rows = with_standing(rows, etag)
    if standing not in set(Standing):
        return rows
    # A page counts an agent that was told and has not answered yet as applying.
    wanted = {Standing.APPLYING, Standing.UNANSWERED} if standing == Standing.APPLYING else {standing}
    return rows.filter(standing__in=wanted, device__kind=DeviceKind.AGENT)


def _ordered(rows: Reports, ordering: str) -> Reports:
    field = F(_ORDERINGS.get(ordering.removeprefix("-"), "last_seen_at"))
    first = field.desc(nulls_last=True) if ordering.startswith("-") else field.asc(nulls_last=True)
    return rows.order_by(first, "device_id")


def _row(report: DeviceReport) -> DeviceRow:
    it, told = report.device, vars(report)
    return DeviceRow(
        id=it.pk,
        user_id=it.user_id,
        email=it.user.email,
        kind=DeviceKind(it.kind),
        hostname=it.hostname,
        os=report.os or it.os,
        app_version=report.app_version or it.app_version,
        enrolled_at=it.enrolled_at,
        revoked_at=it.revoked_at,
        presence=Presence(told["presence"]),
        streaming=report.stream_open_since is not None and told["online"],
        last_seen_at=report.last_seen_at,
        last_agent_sync_at=report.last_agent_sync_at,
        policy_version=report.policy_version,
        policy_etag=report.policy_etag,
        state=report.state,
        effective_etag=report.effective_etag,
        withheld=report.withheld,
        error=report.error,
        session=report.session,
        queue_waiting=report.queue_waiting,
        lost=report.lost,
        capabilities=report.capabilities,
        reported_at=report.reported_at,
        standing=Standing(told["standing"]),
    )
