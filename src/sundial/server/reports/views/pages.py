"""The list of reports, and each of them."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.server.billing import queries as billing
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Feature
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.lists import PAGE_SIZE, Counted, paged, wanted_page
from sundial.server.reports import queries, rules
from sundial.server.reports.types import Asked, Column, Cut, Form, Line, Report, Sheet
from sundial.server.reports.views import exports
from sundial.server.reports.views.exports import IN_COMPANY
from sundial.server.reports.views.narrowing import filters_of, period_of, tabs_of
from sundial.server.reports.views.words import named, period_words
from sundial.server.ui.rules import plain
from sundial.server.ui.types import Link

_WIDE = {Report.MONTHLY, Report.HEATMAP}
_LONGEST_NAME = 80


@allow(*IN_COMPANY)
@require_GET
def index(request: HttpRequest) -> HttpResponseBase:
    """The reports that one may read."""
    known = named()
    shown = [
        (known[one], reverse("report", args=[one])) for one in known if one in queries.readable(acting_of_page(request))
    ]
    return render(request, "reports/index.html", {"reports": shown})


@allow(*IN_COMPANY)
@require_GET
def report(request: HttpRequest, name: str) -> HttpResponseBase:
    """One report: as a page, or as a file in the `format` that the address asks for."""
    acting, now = acting_of_page(request), clock.now()
    if name not in set(Report):
        raise Http404
    asked = queries.ask(acting, Report(name), request.GET.dict(), now=now)
    if request.GET.get("format") in set(Form):
        return exports.take(request, acting, asked, Form(request.GET["format"]), now=now)
    page = wanted_page(request)
    found = queries.sheet(acting, asked, now=now, cut=Cut((page - 1) * PAGE_SIZE, PAGE_SIZE))
    return render(request, "reports/report.html", _context(request, acting, asked, found))


def _context(request: HttpRequest, acting: Acting, asked: Asked, found: Sheet) -> dict[str, Any]:
    why_no_pdf = billing.why_not(acting.company_id or 0, Feature.PDF)
    return {
        "crumbs": [Link(_("Reports"), reverse("reports"))],
        "sheet": found,
        "heading": named()[asked.report].title,
        "period_words": period_words(asked.period),
        "period": period_of(request, asked, found.today),
        "tabs": tabs_of(request, asked),
        "filters": filters_of(acting, asked),
        "search": _search_words(acting, asked),
        "formats": tuple(form for form in Form if form is not Form.PDF or not why_no_pdf),
        "not_offered": [("PDF", why_no_pdf)] if why_no_pdf else [],
        "page": paged(request, Counted(found.lines, found.count, wanted_page(request))),
        "rows": [_row(acting, asked, found.columns, line) for line in found.lines],
        "total": _total(asked, found),
        "wide": asked.report in _WIDE,
        "narrowed": asked.narrowed,
        "fresh": reverse("report", args=[asked.report]),
        "own": acting.role is Role.EMPLOYEE,
    }


def _search_words(acting: Acting, asked: Asked) -> str:
    if asked.report is Report.TOP:
        return _("Search names")
    return "" if acting.role is Role.EMPLOYEE or asked.report is Report.HEATMAP else _("Search people")


def _row(acting: Acting, asked: Asked, columns: tuple[Column, ...], line: Line) -> list[dict[str, Any]]:
    cells = [_cell(asked, column, cell) for column, cell in zip(columns, line.cells, strict=True)]
    if line.user_id is not None:
        at = 1 if line.day else 0
        cells[at]["href"] = _href(acting, line)
    return cells


def _cell(asked: Asked, column: Column, cell: Any) -> dict[str, Any]:
    # Most hours of a week are empty: a dash lets the others be seen. Files have the numbers.
    words = rules.words_of((cell or None) if asked.report is Report.HEATMAP else cell, column.kind)
    if column.kind == "words":
        words = plain(words, _LONGEST_NAME)
    if isinstance(cell, date):
        words = date_format(cell, "D j M Y")
    return {"text": words, "label": column.label, "end": column.kind not in {"words", "day"}, "href": ""}


def _href(acting: Acting, line: Line) -> str:
    """The day behind a line, or the person's days one by one."""
    if line.day is None:
        return f"{reverse('report', args=[Report.DAILY])}?person={line.user_id}&range=month"
    place = reverse("my-day") if line.user_id == acting.id else reverse("person-day", args=[line.user_id])
    return f"{place}?date={line.day}"


def _total(asked: Asked, found: Sheet) -> list[dict[str, Any]]:
    if not found.count:
        return []
    cells = [_cell(asked, column, cell) for column, cell in zip(found.columns, found.total, strict=True)]
    return [one if cell is not None else {**one, "text": ""} for one, cell in zip(cells, found.total, strict=True)]
