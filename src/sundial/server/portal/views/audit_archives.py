"""Archives of old audit entries: which there are, what is in them, the files; and the rule by which they are made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sundial.server.audit import actions, queries
from sundial.server.audit.types import Action, Archive
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.lists import FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.portal.forms import ArchiveRuleForm
from sundial.server.portal.views.audit import words_of
from sundial.server.ui.types import Filter

_HEAD = ("archive", "first entry", "last entry", "from", "to", "bytes", "sha256", "here")


@allow(Role.OWNER, Role.ADMIN, Role.EMPLOYEE)
@require_http_methods(["GET", "POST"])
def archives(request: HttpRequest) -> HttpResponseBase:
    """The archives that hold what the reader may read, newest first."""
    acting = acting_of_page(request)
    if request.method == "POST":
        return _change_rule(request, acting)
    return _listed(request, acting, None if acting.role is Role.EMPLOYEE else _rule_form(acting))


def _change_rule(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """By those who read the whole log."""
    log, form = queries.log_read_by(acting), _rule_form(acting, request.POST)
    if not form.is_valid():
        return _listed(request, acting, form)
    months = form.cleaned_data["months"] or None
    actions.change_archive_rule(acting=acting, log=log, months_kept=months, now=clock.now())
    messages.success(request, _("Saved. What is old enough is archived tonight."))
    return redirect("audit-archives")


def _rule_form(acting: Acting, sent: QueryDict | None = None) -> ArchiveRuleForm:
    return ArchiveRuleForm(sent, initial={"months": queries.archived_after(queries.log_read_by(acting)) or 0})


def _listed(request: HttpRequest, acting: Acting, form: ArchiveRuleForm | None) -> HttpResponseBase:
    whole = actions.archives_read_by(acting)
    found = [row for row in whole if _is_of(row[0], request.GET.get("year", ""))]
    if form and request.GET.get("format") == "csv":
        return as_csv("audit-archives", _HEAD, [_cells(one, here) for one, here in found])
    years = sorted({one.first_at.year for one, _here in whole}, reverse=True)
    context = {
        "archive_form": form,
        "page": paged(request, found),
        "filters": (Filter("year", _("Year"), tuple((str(year), str(year)) for year in years)),) if years else (),
        "filtered": narrowed(request),
        "formats": FORMATS if form else (),
    }
    return render(request, "portal/audit_archives.html", context, status=422 if form and form.errors else 200)


def _is_of(archive: Archive, year: str) -> bool:
    return not year or str(archive.first_at.year) == year


def _cells(one: Archive, here: bool) -> tuple[object, ...]:
    return (one.number, one.first, one.last, one.first_at, one.last_at, one.length, one.sha256, here)


@allow(Role.OWNER, Role.ADMIN, Role.EMPLOYEE)
@require_GET
def archive(request: HttpRequest, number: int) -> HttpResponse:
    """What is in one archive for this reader, newest first, read back from its file."""
    acting = acting_of_page(request)
    one = actions.archive_read_by(acting, number)
    found = actions.archived_entries(
        acting,
        one,
        action_type=request.GET.get("action_type", ""),
        search=request.GET.get("search", "").strip(),
        page=wanted_page(request),
    )
    what = Filter("action_type", _("What"), tuple((str(action), words_of(action)) for action in sorted(Action)))
    context = {
        "archive": one,
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(entry, words_of(entry.action_type)) for entry in found.items],
        "filters": (what,),
        "filtered": narrowed(request),
        "capped": found.capped,
        "about_self": acting.role is Role.EMPLOYEE,
    }
    return render(request, "portal/audit_archive.html", context)


@allow(Role.OWNER, Role.ADMIN)
@require_GET
def archive_file(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The file of an archive; that it was fetched is recorded."""
    pieces = actions.fetch_archive(acting=acting_of_page(request), number=number, now=clock.now())
    answer = StreamingHttpResponse(pieces, content_type="application/gzip")
    answer["Content-Disposition"] = f'attachment; filename="audit-archive-{number:06d}.jsonl.gz"'
    return answer
