"""`reports`: the figures of the reports' pages, a page of lines at a time."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from sundial.server.lib import clock
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.lib.words import holds
from sundial.server.portal.api.answers import answers
from sundial.server.portal.api.doors import acting_of
from sundial.server.portal.api.paging import Listing, Paging, Words, page_of, pages_of
from sundial.server.reports import queries
from sundial.server.reports.types import Cell, Column, Cut, Line, Report, Sheet

router = Router(tags=["reports"])


class ColumnOut(Schema):
    """A column: lengths are in seconds, shares of 1, clocks in seconds after the midnight at which the day began."""

    key: str
    label: str
    kind: Literal["words", "length", "share", "count", "day", "clock"]
    sortable: bool = Field(description="Whether the lines can be ordered by it.")


class ReportName(Schema):
    """A report that you may read."""

    name: str
    href: str


class ReportList(Listing):
    """The reports that you may read."""

    items: list[ReportName]


class ReportOut(Listing):
    """One page of a report: each item by the keys of the columns, with whose it is where it is about one person."""

    report: str
    title: str
    since: date = Field(serialization_alias="from")
    until: date = Field(serialization_alias="to")
    time_zone: str
    as_of: datetime
    columns: list[ColumnOut]
    items: list[dict[str, Any]]
    total: dict[str, Any]
    notes: list[str]


class ReportsSearch(Paging):
    """Which reports to list."""

    ordering: Literal["", "name", "-name"] = Field("", description="As on the pages, if left out.")
    search: Words = Field("", description="Words of names.")


class ReportSearch(Paging):
    """Which days, whose, and in which order."""

    since: Words = Field("", alias="from", description="The first day, like 2026-11-01; with `to`, at most 366 days.")
    until: Words = Field("", alias="to", description="The last day, which is included.")
    range: Literal["", "today", "yesterday", "week", "last-week", "month", "last-month"] = Field(
        "", description="A stretch that has a name, where no days are given."
    )
    month: Words = Field("", description="Of the monthly report: like 2026-11.")
    person: int | None = Field(
        None, ge=1, le=HIGHEST_ID, description="A person's id; everyone you may see, if left out."
    )
    team: int | None = Field(None, ge=1, le=HIGHEST_ID, description="A team's id.")
    department: int | None = Field(
        None, ge=1, le=HIGHEST_ID, description="A department's id; those in it are included."
    )
    kind: Literal["app", "website"] = Field("app", description="Of the top report: what is listed.")
    by: Literal["team", "department"] = Field("team", description="Of the comparison: what stands side by side.")
    ordering: Words = Field("", description="A `sortable` column's key; `-` in front for the largest first.")


@router.get("", response=answers(ReportList), summary="List reports")
def list_reports(request: HttpRequest, asked: Query[ReportsSearch]) -> dict[str, Any]:
    """The reports that you may read, each with its address."""
    names = [one for one in queries.readable(acting_of(request)) if holds(one, asked.search)]
    if asked.ordering:
        names.sort(reverse=asked.ordering == "-name")
    return page_of(names, asked, lambda one: {"name": str(one), "href": f"/api/v1/reports/{one}"})


@router.get("/{name}", response=answers(ReportOut), summary="Read a report", by_alias=True)
def read_report(request: HttpRequest, name: str, asked: Query[ReportSearch]) -> dict[str, Any]:
    """Of the company for an ADMIN, of their teams for a MANAGER, else one's own; without days, those of the page."""
    acting, now = acting_of(request), clock.now()
    queries.readable(acting)
    if name not in set(Report):
        raise NotFound
    told = _told(asked)
    found = queries.sheet(
        acting,
        queries.ask(acting, Report(name), told, now=now),
        now=now,
        cut=Cut((asked.page - 1) * asked.page_size, asked.page_size),
    )
    if asked.ordering.removeprefix("-") not in {"", *(one.key for one in found.columns if one.sortable)}:
        raise Invalid({"ordering": "This report has no column of this key that it can be ordered by."})
    return _shown(found, asked)


def _told(asked: ReportSearch) -> dict[str, str]:
    for name, text in (
        ("from", asked.since),
        ("to", asked.until),
        ("month", f"{asked.month}-01" if asked.month else ""),
    ):
        if text and not _is_day(text):
            raise Invalid({name: "Write a day like 2026-11-21, a month like 2026-11."})
    plain = asked.model_dump(exclude={"page", "page_size", "since", "until"}, exclude_none=True)
    return {name: str(value) for name, value in plain.items()} | {"from": asked.since, "to": asked.until}


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _shown(found: Sheet, paging: Paging) -> dict[str, Any]:
    return {
        "report": found.report,
        "title": found.title,
        "since": found.period.since,
        "until": found.period.until,
        "time_zone": found.zone,
        "as_of": found.as_of,
        "columns": [{name: getattr(one, name) for name in ColumnOut.model_fields} for one in found.columns],
        "items": [_item(found.columns, line) for line in found.lines],
        "total": _by_key(found.columns[1:], found.total[1:]),
        "notes": list(found.notes),
        "count": found.count,
        "page": paging.page,
        "pages": pages_of(paging, found.count),
    }


def _item(columns: tuple[Column, ...], line: Line) -> dict[str, Any]:
    made = _by_key(columns, line.cells)
    return made if line.user_id is None else {"user_id": line.user_id, **made}


def _by_key(columns: tuple[Column, ...], cells: tuple[Cell, ...]) -> dict[str, Any]:
    return {column.key: cell for column, cell in zip(columns, cells, strict=True)}
