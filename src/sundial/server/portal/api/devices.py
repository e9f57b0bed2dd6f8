"""`devices`: what is enrolled, codes to enrol more, and ending one."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field, StrictInt

from sundial.server.devices import actions, queries
from sundial.server.devices.types import DeviceKind, DeviceRow, Presence
from sundial.server.lib import clock
from sundial.server.lib.errors import NotFound
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.api.answers import answers, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["devices"])
_REPEATABLE = {"parameters": [PARAMETER]}


class DeviceOut(Schema):
    """A device: whose it is, whether it is there, and what it last said of itself."""

    id: int
    user_id: int
    user: str
    kind: DeviceKind
    hostname: str
    os: str
    app_version: str
    enrolled_at: datetime
    revoked_at: datetime | None
    presence: Presence
    streaming: bool
    last_seen_at: datetime | None
    last_agent_sync_at: datetime | None
    policy_version: int | None
    policy_etag: str
    state: str
    effective_etag: str
    withheld: list[str]
    error: str
    queue_waiting: int
    lost: list[dict[str, Any]]
    reported_at: datetime | None


class DevicePage(Listing):
    """One page of devices."""

    items: list[DeviceOut]


class CodeIn(Schema):
    """For whom a code is."""

    model_config = ConfigDict(extra="forbid")

    user_id: StrictInt = Field(json_schema_extra={"description": "A person of your company."})


class CodeOut(Schema):
    """A code that lets one device in, once."""

    code: str
    expires_at: datetime


class DeviceSearch(Paging):
    """Which devices to list."""

    state: Literal["", "online", "offline", "never_synced", "revoked"] = ""
    user_id: int | None = Field(None, ge=1, le=HIGHEST_ID)
    ordering: Literal[
        "hostname", "-hostname", "enrolled_at", "-enrolled_at", "last_seen_at", "-last_seen_at", "policy_version",
        "-policy_version", "app_version", "-app_version", "user", "-user", "id", "-id",
    ] = "-last_seen_at"  # fmt: skip
    search: Words = Field("", description="Words of host names, systems, versions or addresses of people.")


@router.get("", response=answers(DevicePage), summary="List devices")
def list_devices(request: HttpRequest, asked: Query[DeviceSearch]) -> dict[str, Any]:
    """All of the company for an ADMIN, of their teams for a MANAGER, their own for everyone."""
    found = queries.devices(
        acting_of(request),
        now=clock.now(),
        search=asked.search,
        state=asked.state,
        user_id=asked.user_id,
        ordering=asked.ordering,
        page=asked.page,
        page_size=asked.page_size,
    )
    items = [_shown(row) for row in found.items] if found.page == asked.page else []
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.post(
    "/enrolment-codes", response=creates(CodeOut, 201), openapi_extra=_REPEATABLE, summary="Make an enrolment code"
)
def make_enrolment_code(request: HttpRequest, payload: CodeIn) -> Status[Any]:
    """It works once, for ten minutes. For anyone by an ADMIN, for oneself by everyone in a company."""
    acting = acting_of(request)
    if not 0 < payload.user_id <= HIGHEST_ID:
        raise NotFound
    made = actions.make_enrolment_code(acting=acting, user_id=payload.user_id, now=clock.now())
    return Status(201, {"code": made.code, "expires_at": made.expires_at})


@router.get("/{id:device_id}", response=answers(DeviceOut), summary="Read a device")
def read_device(request: HttpRequest, device_id: int) -> dict[str, Any]:
    """One device."""
    return _shown(queries.device(acting_of(request), device_id, now=clock.now()))


@router.post(
    "/{id:device_id}/revoke", response=creates(DeviceOut, 200), openapi_extra=_REPEATABLE, summary="Revoke a device"
)
def revoke_device(request: HttpRequest, device_id: int) -> dict[str, Any]:
    """Its token is dead everywhere within a second; it is told to stop for good. ADMIN, or the person whose it is."""
    acting = acting_of(request)
    lifecycle.revoke_device(acting=acting, device_id=device_id, now=clock.now())
    return _shown(queries.device(acting, device_id, now=clock.now()))


def _shown(row: DeviceRow) -> dict[str, Any]:
    facts = {name: getattr(row, name) for name in DeviceOut.model_fields if name != "user"}
    return {**facts, "user": row.email}
