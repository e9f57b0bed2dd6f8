"""`companies/{id}/exports` and `companies/{id}/close`: taking everything away, and ending a company."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.words import holds
from sundial.server.lifecycle import actions, queries
from sundial.server.lifecycle.types import ExportFacts, ExportState
from sundial.server.portal.api.answers import answers, creates
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of
from sundial.server.portal.api.repeating import PARAMETER

router = Router(tags=["companies"])
_REPEATABLE = {"parameters": [PARAMETER]}


class ExportOut(Schema):
    """An export of everything that a company has, without its content; `percent` says how much of it is made."""

    id: int
    state: ExportState
    asked_at: datetime
    asked_by_owner: bool
    percent: int
    bytes: int
    made_at: datetime | None
    expires_at: datetime | None
    fetched_at: datetime | None
    problem: str


class ExportPage(Listing):
    """One page of exports."""

    items: list[ExportOut]


class ClosedOut(Schema):
    """A company that is closed: until `delete_at` reactivating opens it again."""

    id: int
    closed_at: datetime
    delete_at: datetime
    deleted_at: datetime | None


class ExportSearch(Paging):
    """Which exports to list."""

    ordering: Literal["asked_at", "-asked_at"] = "-asked_at"
    search: Words = Field("", description="`owner` or `admin`, who asked; a state; parts of a day such as 2026-11.")


@router.get("/{id:company_id}/exports", response=answers(ExportPage), summary="List a company's exports")
def list_exports(request: HttpRequest, company_id: int, asked: Query[ExportSearch]) -> dict[str, Any]:
    """The twenty newest. For the OWNER, and for ADMINs of the company."""
    found = queries.exports(acting_of(request), company_id, ordering=asked.ordering)
    return page_of([one for one in found if holds(_words_of(one), asked.search)], asked, _shown)


@router.post(
    "/{id:company_id}/exports",
    response=creates(ExportOut, 201),
    openapi_extra=_REPEATABLE,
    summary="Have a company exported",
)
def ask_export(request: HttpRequest, company_id: int) -> Status[Any]:
    """Made in the background; the company's ADMINs are written to when it is ready. 409 while one is being made.

    For the OWNER, and for ADMINs of the company.
    """
    acting = acting_of(request)
    companies.company_for(acting, company_id)
    made = actions.ask_export(acting=acting, company_id=company_id, now=clock.now())
    return Status(201, _shown(next(one for one in queries.exports(acting, company_id) if one.id == made)))


@router.get(
    "/{id:company_id}/exports/{id:export_id}/file", response=answers(None), summary="Fetch an export of a company"
)
def fetch_export(request: HttpRequest, company_id: int, export_id: int) -> StreamingHttpResponse:
    """A zip of JSON lines and pictures, for ADMINs of the company alone: its OWNER never reads it. It is audited."""
    acting = acting_of(request)
    if acting.company_id != company_id:
        raise NotFound
    pieces = actions.fetch_export(acting=acting, export_id=export_id, now=clock.now())
    answer = StreamingHttpResponse(pieces, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="company-{export_id}.zip"'
    return answer


@router.post(
    "/{id:company_id}/close", response=creates(ClosedOut, 200), openapi_extra=_REPEATABLE, summary="Close a company"
)
def close(request: HttpRequest, company_id: int) -> dict[str, Any]:
    """Its devices, sessions and tokens end now, its data goes in thirty days. OWNER only.

    409 without an export that is ready, and for one that is closed already.
    """
    acting = acting_of(request)
    companies.company_for(acting, company_id)
    if not acting.is_owner:
        raise NotAllowed("Only the owner of the platform may close a company.")
    actions.close_company(acting=acting, company_id=company_id, now=clock.now())
    told = queries.closing(company_id)
    if told is None:
        raise NotFound
    return {"id": company_id, **{name: getattr(told, name) for name in ("closed_at", "delete_at", "deleted_at")}}


def _words_of(one: ExportFacts) -> str:
    return f"{'owner' if one.asked_by_owner else 'admin'} {one.state} {one.asked_at} {one.made_at or ''}"


def _shown(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ExportOut.model_fields}
