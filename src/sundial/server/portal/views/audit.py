"""The audit log as people read it: who did what, when, from where; the whole of it as a file that can be checked."""

from datetime import UTC, date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.protocol.settings import BY_NAME
from sundial.server.audit import actions, queries
from sundial.server.audit.types import Action, Filters
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import NotFound
from sundial.server.portal.views.lists import Counted, paged, wanted_page
from sundial.server.portal.views.policy_words import change
from sundial.server.ui.types import Change, Filter

_READERS = (Role.OWNER, Role.ADMIN, Role.EMPLOYEE)
_FORMATS = {"bundle": "application/x-tar", "csv": "text/csv; charset=utf-8", "json": "application/json"}


def action_word(action: str) -> str:
    """An action's name as people read it: POLICY_CHANGED is "Policy changed"."""
    return action.replace("_", " ").capitalize()


def day_in(text: str) -> datetime | None:
    """The start of the day written as YYYY-MM-DD, in UTC; None for anything else."""
    try:
        return datetime.combine(date.fromisoformat(text), time.min, UTC)
    except ValueError:
        return None


def filters_in(request: HttpRequest) -> Filters:
    """What the address asks for; `to` is the last day shown."""
    last = day_in(request.GET.get("to", ""))
    return Filters(
        action_type=request.GET.get("action_type", ""),
        user=request.GET.get("user", "").strip(),
        since=day_in(request.GET.get("from", "")),
        until=last + timedelta(days=1) if last else None,
        search=request.GET.get("search", "").strip(),
    )


@allow(*_READERS)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """The log the reader may see, newest first."""
    acting = acting_of_page(request)
    found = queries.entries(acting, filters_in(request), page=wanted_page(request))
    options = tuple((str(action), action_word(action)) for action in sorted(Action))
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(one, action_word(one.action_type)) for one in found.items],
        "filters": (Filter("action_type", _("What"), options),),
        "filtered": bool(set(request.GET) - {"page"}),
        "capped": found.capped,
        "about_self": acting.role is Role.EMPLOYEE,
        "may_export": acting.role in {Role.OWNER, Role.ADMIN},
        "acts": queries.own_acts(acting, page=1).items if acting.is_owner else (),
    }
    return render(request, "portal/audit.html", context)


@allow(*_READERS)
@require_GET
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry with everything it says, and what it changed side by side."""
    one = queries.entry(acting_of_page(request), seq)
    changes = [_in_words(row.name, row.old, row.new) for row in queries.differences(one)]
    rest = {name: value for name, value in one.details.items() if name not in {"old_values", "new_values"}}
    context = {"entry": one, "word": action_word(one.action_type), "changes": changes, "details": rest}
    return render(request, "portal/audit_entry.html", context)


def _in_words(name: str, old: object, new: object) -> Change:
    known = BY_NAME.get(name)
    if known and known.type_problem(old) is None and known.type_problem(new) is None:
        return change(name, old, new)  # type: ignore[arg-type] # both were just found to be of the setting's type
    return Change(name.replace("_", " ").capitalize(), _said(old), _said(new))


def _said(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return str(value)


@allow(Role.OWNER, Role.ADMIN)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The log as a file: a signed bundle that `sundial audit verify` checks, or CSV and JSON to read."""
    form = request.GET.get("format", "bundle")
    if form not in _FORMATS:
        raise NotFound
    acting = acting_of_page(request)
    pieces = actions.export(acting=acting, form=form, now=clock.now())
    answer = StreamingHttpResponse(pieces, content_type=_FORMATS[form])
    ending = "tar" if form == "bundle" else form
    answer["Content-Disposition"] = f'attachment; filename="audit-log.{ending}"'
    return answer
