"""`audit`: the log of one's own company; the platform's for the OWNER; about oneself for everyone else."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from sundial.server.audit import actions, queries
from sundial.server.audit.types import Archive, EntryView, Filters, OwnAct
from sundial.server.companies import queries as companies
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.numbers import whole_in
from sundial.server.lib.words import holds
from sundial.server.portal.api.answers import answers
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.moments import moment
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of

router = Router(tags=["audit"])

_READERS = {Role.OWNER, Role.ADMIN, Role.EMPLOYEE}
_EXPORTERS = {Role.OWNER, Role.ADMIN}


class EntryOut(Schema):
    """One entry. `user`, `ip_address` and `description` are null once the person was erased."""

    id: int
    seq: int
    action_type: str
    description: str | None
    details: dict[str, Any]
    user: str | None
    ip_address: str | None
    timestamp: datetime


class EntryPage(Listing):
    """One page of entries."""

    items: list[EntryOut]


class OwnActOut(Schema):
    """An act of the OWNER on a company, without persons."""

    company_id: int
    seq: int
    action_type: str
    details: dict[str, Any]
    timestamp: datetime


class OwnActPage(Listing):
    """One page of the OWNER's acts."""

    items: list[OwnActOut]


class ArchiveOut(Schema):
    """A part of the log that lies in a file; `entry` is the one that says so.

    What tells of the whole log (numbers, size, sum) is null for whoever reads only what is about themselves.
    """

    number: int
    first: int | None = None
    last: int | None = None
    entries: int | None = None
    first_at: datetime
    last_at: datetime
    made_at: datetime
    bytes: int | None = None
    sha256: str | None = None
    entry: int | None = None
    here: bool


class ArchivePage(Listing):
    """One page of archives."""

    items: list[ArchiveOut]


class EntrySearch(Paging):
    """Which entries to list."""

    action_type: Words = ""
    user: Words = Field("", description="Parts of a name or of an e-mail address, or the id of a person.")
    since: Words = Field("", alias="from", description="A day or a moment, ISO 8601.")
    until: Words = Field("", alias="to", description="A day, which is included, or a moment, which is not.")
    ordering: Literal["seq", "-seq"] = "-seq"
    search: Words = ""


class OwnActSearch(Paging):
    """Which of the OWNER's acts to list."""

    ordering: Literal["timestamp", "-timestamp"] = "-timestamp"
    search: Words = Field("", description="Words of names of companies.")


class ArchiveSearch(Paging):
    """Which archives to list."""

    ordering: Literal["number", "-number"] = "-number"
    search: Words = Field("", description="Parts of the number, of the days such as 2025-01, or of the checksum.")


class ExportFormat(Schema):
    """How to export, and which entries; a bundle is always the whole log."""

    action_type: Words = ""
    user: Words = Field("", description="Parts of a name or of an e-mail address, or the id of a person.")
    since: Words = Field("", alias="from", description="A day or a moment, ISO 8601.")
    until: Words = Field("", alias="to", description="A day, which is included, or a moment, which is not.")
    search: Words = ""

    format: Literal["bundle", "csv", "json"] = Field(
        "bundle", description="`bundle` can be checked; the rest is for reading."
    )


@router.get("", response=answers(EntryPage), summary="List entries")
def list_entries(request: HttpRequest, asked: Query[EntrySearch]) -> dict[str, Any]:
    """The company's log for an ADMIN, the platform's for the OWNER, what is about oneself for an EMPLOYEE."""
    acting = _reader(request, _READERS)
    found = queries.entries(
        acting, _filters(acting, asked), ordering=asked.ordering, page=asked.page, page_size=asked.page_size
    )
    items = [_shown(row) for row in found.items] if found.page == asked.page else []
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.get("/own-acts", response=answers(OwnActPage), summary="List the OWNER's acts on companies")
def list_own_acts(request: HttpRequest, asked: Query[OwnActSearch]) -> dict[str, Any]:
    """What the OWNER did to companies; each stands in full in the company's own log. OWNER only."""
    acting = _reader(request, {Role.OWNER})
    named = companies.companies_of(acting, search=asked.search) if asked.search.strip() else None
    logs = None if named is None else [one.id for one in named]
    found = queries.own_acts(acting, logs=logs, ordering=asked.ordering, page=asked.page, page_size=asked.page_size)
    items = [_act(row) for row in found.items] if found.page == asked.page else []
    return {"items": items, "count": found.count, "page": asked.page, "pages": found.pages}


@router.get("/export", response=answers(None), summary="Export the log")
def export(request: HttpRequest, asked: Query[ExportFormat]) -> StreamingHttpResponse:
    """The signed bundle that `sundial audit verify --export` checks, or a file for reading. It is itself audited."""
    acting = _reader(request, _EXPORTERS)
    pieces = actions.export(acting=acting, form=asked.format, filters=_filters(acting, asked), now=clock.now())
    answer = StreamingHttpResponse(pieces, content_type=actions.CONTENT_TYPES[asked.format])
    answer["Content-Disposition"] = f'attachment; filename="audit-log.{actions.ENDINGS[asked.format]}"'
    return answer


@router.get("/archives", response=answers(ArchivePage), summary="List archives")
def list_archives(request: HttpRequest, asked: Query[ArchiveSearch]) -> dict[str, Any]:
    """The archives of old entries, for an EMPLOYEE those that tell of them; `here`: the file is on this server."""
    acting = _reader(request, _READERS)
    shown = _archive_about_self if acting.role is Role.EMPLOYEE else _archive
    rows = [shown(one) for one in actions.archives_read_by(acting)]
    found = [row for row in rows if holds(_words_of(row), asked.search)]
    return page_of(found if asked.ordering == "-number" else found[::-1], asked, lambda row: row)


@router.get("/archives/{id:number}/file", response=answers(None), summary="Fetch an archive")
def fetch_archive(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The sealed file that `sundial audit verify --archive` checks. Fetching it is itself audited."""
    acting = _reader(request, _EXPORTERS)
    pieces = actions.fetch_archive(acting=acting, number=number, now=clock.now())
    answer = StreamingHttpResponse(pieces, content_type="application/gzip")
    answer["Content-Disposition"] = f'attachment; filename="audit-archive-{number:06d}.jsonl.gz"'
    return answer


def _reader(request: HttpRequest, roles: set[Role]) -> Acting:
    acting = acting_of(request)
    if acting.role not in roles:
        raise NotAllowed("You may not read this log.")
    return acting


def _filters(acting: Acting, asked: EntrySearch | ExportFormat) -> Filters:
    user = _user(asked.user.strip())
    return Filters(
        action_type=asked.action_type,
        user=user,
        called=companies.addresses_called(acting, user) if isinstance(user, str) else (),
        since=moment("from", asked.since),
        until=moment("to", asked.until, whole_day=True),
        search=asked.search,
    )


def _user(text: str) -> str | int:
    """An id, if it can be one; else an address."""
    number = whole_in(text, 18)
    return text if number is None else number


def _shown(row: EntryView) -> dict[str, Any]:
    same = ("id", "seq", "action_type", "description", "details", "user", "ip_address")
    return {**{name: getattr(row, name) for name in same}, "timestamp": row.at}


def _archive(told: tuple[Archive, bool]) -> dict[str, Any]:
    one, _here = told
    whole = {name: getattr(one, name) for name in ("first", "last", "entries", "sha256")}
    return {**_archive_about_self(told), **whole, "bytes": one.length, "entry": one.recorded}


def _archive_about_self(told: tuple[Archive, bool]) -> dict[str, Any]:
    one, here = told
    return {**{name: getattr(one, name) for name in ("number", "first_at", "last_at", "made_at")}, "here": here}


def _words_of(row: dict[str, Any]) -> str:
    return f"{row['number']} {row['first_at']} {row['last_at']} {row.get('sha256', '')}"


def _act(row: OwnAct) -> dict[str, Any]:
    return {
        "company_id": row.log,
        "seq": row.seq,
        "action_type": row.action_type,
        "details": row.details,
        "timestamp": row.at,
    }
