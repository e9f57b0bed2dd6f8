"""`companies/{id}/policy`: the tracking policy in force, all its versions, and saving a new one."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Body, Query, Router, Schema
from pydantic import Field

from sundial.protocol.etags import matches, quoted
from sundial.protocol.settings import EDITABLE
from sundial.protocol.switches import SWITCHES
from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid
from sundial.server.portal.api.answers import Refused, answers, changes
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words
from sundial.server.tracking import actions, queries
from sundial.server.tracking.types import Difference, Head, VersionRow

router = Router(tags=["tracking policy"])

Value = bool | int


class PolicyOut(Schema):
    """The tracking policy in force; `etag` is what `If-Match` takes, in quotes."""

    company_id: int
    scope: str
    epoch: int
    version: int
    etag: str
    settings: dict[str, Value]
    sections: dict[str, Any]
    saved_at: datetime


class SavedBy(Schema):
    """Who saved a version, as the reader may know it."""

    role: str
    label: str


class Change(Schema):
    """One setting, or switch of a section (`websites.detail`), that a version changed."""

    name: str
    label: str
    unit: str
    old: Value
    new: Value
    text: str


class VersionOut(Schema):
    """One version, and what it changed."""

    epoch: int
    version: int
    saved_at: datetime
    saved_by: SavedBy
    settings: dict[str, Value]
    sections: dict[str, Any]
    differences: list[Change]
    restored_from: int | None
    current: bool


class VersionPage(Listing):
    """One page of versions."""

    items: list[VersionOut]


class VersionSearch(Paging):
    """Which versions to list."""

    ordering: Literal["version", "-version"] = "-version"
    search: Words = Field("", description="Words of who saved it and of the settings that it changed, or its number.")


def _property(setting: Any) -> dict[str, Any]:
    if setting.kind == "bool":
        return {"type": "boolean", "description": setting.label}
    limits = {"minimum": setting.minimum, "maximum": setting.maximum}
    return {
        "type": "integer",
        "description": f"{setting.label}{setting.spaced_unit and ','}{setting.spaced_unit}",
        **limits,
    }


_SETTINGS = {setting.name: _property(setting) for setting in EDITABLE}
_SECTIONS = {
    section: {
        "type": "object",
        "properties": {
            one.name.partition(".")[2]: _property(one) for one in SWITCHES if one.name.partition(".")[0] == section
        },
    }
    for section in sorted({one.name.partition(".")[0] for one in SWITCHES})
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the policy that you changed. Without it: 428.",
    "schema": {"type": "string"},
}
_BODY = {**_SETTINGS, "sections": {"type": "object", "properties": _SECTIONS}}
_SAVING = {
    "parameters": [_IF_MATCH],
    "requestBody": {"content": {"application/json": {"schema": {"properties": _BODY}}}},
}
_IF_NONE_MATCH = {**_IF_MATCH, "name": "If-None-Match", "description": "The ETag you have: 304 if it is in force."}


@router.get(
    "/{id:company_id}/policy",
    response={**answers(PolicyOut), 304: None},
    openapi_extra={"parameters": [_IF_NONE_MATCH]},
    summary="Read the tracking policy",
)
def read_policy(request: HttpRequest, company_id: int, response: HttpResponse) -> Any:
    """The policy in force, with its ETag. Everyone in the company may read it."""
    head = queries.head_for(acting_of(request), company_id)
    known = request.headers.get("If-None-Match")
    if known is not None and matches(known, head.etag):
        return HttpResponse(status=304, headers={"ETag": quoted(head.etag)})
    response["ETag"] = quoted(head.etag)
    return _shown(head)


@router.patch(
    "/{id:company_id}/policy",
    response=changes(PolicyOut, 412, 428),
    openapi_extra=_SAVING,
    summary="Change the tracking policy",
)
def change_policy(
    request: HttpRequest, company_id: int, response: HttpResponse, payload: Body[dict[str, Any]]
) -> dict[str, Any]:
    """Save these settings, and the switches in `sections`, as the next version, and have every agent apply it.

    412 with the difference if someone else saved meanwhile; 422 with `fields` for what is out of range; OWNER, or an
    ADMIN whom the OWNER lets.
    """
    acting = acting_of(request)
    actions.require_may_change(acting, company_id)
    if_match = request.headers.get("If-Match")
    if if_match is None:
        raise Refused(428, "precondition_required", "Send If-Match with the ETag of the policy that you changed.")
    settings, sections = _parts(payload)
    saved = actions.change_policy(
        acting=acting,
        company_id=company_id,
        changes=settings,
        sections=sections,
        if_match=if_match,
        now=clock.now(),
    )
    response["ETag"] = quoted(saved.head.etag)
    return _shown(saved.head)


def _parts(payload: dict[str, Any]) -> tuple[dict[str, object], dict[str, object]]:
    """Settings and sections, the settings sent as they are or as the `settings` of a policy that was read."""
    rest = dict(payload)
    sections = _object("sections", rest.pop("sections", {}))
    settings = _object("settings", rest.pop("settings")) if set(rest) == {"settings"} else rest
    return settings, sections


def _object(name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Invalid({name: "Must be an object."})
    return value


@router.get("/{id:company_id}/policy/versions", response=answers(VersionPage), summary="List all versions")
def list_versions(request: HttpRequest, company_id: int, asked: Query[VersionSearch]) -> dict[str, Any]:
    """All versions ever, each with what it changed."""
    found = queries.versions(
        acting_of(request),
        company_id,
        search=asked.search,
        ordering=asked.ordering,
        page=asked.page,
        page_size=asked.page_size,
    )
    items = [_version(row) for row in found.items] if found.page == asked.page else []
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


def _shown(head: Head) -> dict[str, Any]:
    return {name: getattr(head, name) for name in PolicyOut.model_fields}


def _version(row: VersionRow) -> dict[str, Any]:
    return {
        "epoch": row.epoch,
        "version": row.version,
        "saved_at": row.saved_at,
        "saved_by": {"role": str(row.saved_by.role), "label": row.saved_by.label},
        "settings": row.settings,
        "sections": row.sections,
        "differences": [_difference(one) for one in row.differences],
        "restored_from": row.restored_from,
        "current": row.current,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Change.model_fields}
