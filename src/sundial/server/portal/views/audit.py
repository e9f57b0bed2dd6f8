"""The audit log as people read it: who did what, when, from where; the whole of it as a file that can be checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sundial.protocol.switches import NAMED
from sundial.server.audit import actions, queries
from sundial.server.audit.types import Action, Difference, EntryView, Filters, OwnAct
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import NotFound
from sundial.server.lib.lists import Counted, narrowed, paged, wanted_page
from sundial.server.portal.views.policy_words import change
from sundial.server.ui.types import Change, Filter

_READERS = (Role.OWNER, Role.ADMIN, Role.EMPLOYEE)
_MONTHS = 12
_FIRST_YEAR, _LAST_YEAR = 1970, 9000  # what no log holds is not asked for
_CHANGED = ("old_values", "new_values")
_SPELLED = ("role", "state", "status")


@dataclass(frozen=True)
class Act:
    """An owner's act on a company, in words."""

    company_id: int
    company: str
    word: str
    changes: list[Change]
    at: datetime


def words_of(name: str) -> str:
    """A name of the log as people read it: POLICY_CHANGED is "Policy changed"."""
    return name.replace("_", " ").capitalize()


def day_in(text: str) -> datetime | None:
    """The start of the day written as YYYY-MM-DD, in the page's time zone; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return None
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def month_in(text: str) -> tuple[datetime, datetime] | None:
    """The month written as YYYY-MM, from its start to the start of the next; None for anything else."""
    start = day_in(f"{text}-01")
    if start is None:
        return None
    return start, (start + timedelta(days=32)).replace(day=1)


def _months(now: datetime) -> tuple[tuple[str, str], ...]:
    """The last twelve months by name: "who changed the policy in December" is one choice."""
    today = timezone.localtime(now).date().replace(day=1)
    found = []
    for _back in range(_MONTHS):
        found.append((today.strftime("%Y-%m"), dateformat.format(today, "F Y")))
        today = (today - timedelta(days=1)).replace(day=1)
    return tuple(found)


def filters_in(request: HttpRequest, acting: Acting) -> Filters:
    """What the address asks for; `to` is the last day shown."""
    user = request.GET.get("user", "").strip()
    last = day_in(request.GET.get("to", ""))
    month = month_in(request.GET.get("month", ""))
    return Filters(
        action_type=request.GET.get("action_type", ""),
        user=user,
        called=companies.addresses_called(acting, user),
        since=day_in(request.GET.get("from", "")) or (month[0] if month else None),
        until=last + timedelta(days=1) if last else month[1] if month else None,
        search=request.GET.get("search", "").strip(),
    )


def _shown_filters(acting: Acting) -> tuple[Filter, ...]:
    what = Filter("action_type", _("What"), tuple((str(one), words_of(one)) for one in sorted(Action)))
    when = (Filter("month", _("Month"), _months(clock.now())), Filter("from", _("Days"), kind="days"))
    if acting.role is Role.EMPLOYEE:
        return (what, *when)
    return (what, Filter("user", _("Who"), kind="text", hint=_("name or e-mail")), *when)


@allow(*_READERS)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """The log the reader may see, newest first."""
    acting = acting_of_page(request)
    found = queries.entries(acting, filters_in(request, acting), page=wanted_page(request))
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(one, words_of(one.action_type)) for one in found.items],
        "filters": _shown_filters(acting),
        "filtered": narrowed(request),
        "capped": found.capped,
        "archived": queries.archived_upto(acting),
        "about_self": acting.role is Role.EMPLOYEE,
        "may_export": acting.role in {Role.OWNER, Role.ADMIN},
        "asked": _asked(request),
        "acts": _acts(acting) if acting.is_owner else (),
    }
    return render(request, "portal/audit.html", context)


def _asked(request: HttpRequest) -> str:
    """The filters of the address, to be carried into an export."""
    query = request.GET.copy()
    for name in ("page", "format"):
        query.pop(name, None)
    return query.urlencode()


def _acts(acting: Acting) -> list[Act]:
    names = {one.id: one.name for one in companies.companies_of(acting)}
    return [_act(one, names) for one in queries.own_acts(acting).items if one.log in names]


def _act(one: OwnAct, names: Mapping[int, str]) -> Act:
    old, new = (one.details.get(name) or {} for name in _CHANGED)
    changes = [_in_words(Difference(name, old.get(name), value)) for name, value in new.items()]
    return Act(one.log, names[one.log], words_of(one.action_type), changes, one.at)


@allow(*_READERS)
@require_GET
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry with everything it says, and what it changed side by side."""
    one = _entry(acting_of_page(request), seq)
    context = {
        "entry": one,
        "word": words_of(one.action_type),
        "changes": [_in_words(row) for row in queries.differences(one)],
        "details": _rest(one),
        "exactly": json.dumps(one.details, indent=2, ensure_ascii=False, default=str),
    }
    return render(request, "portal/audit_entry.html", context)


def _entry(acting: Acting, seq: int) -> EntryView:
    """From the table, or else from an archive."""
    try:
        return queries.entry(acting, seq)
    except NotFound:
        return actions.archived_entry(acting, seq)


def _rest(one: EntryView) -> list[tuple[str, str]]:
    """What the entry says beyond what it changed."""
    return [(words_of(name), _told(name, value)) for name, value in one.details.items() if name not in _CHANGED]


def _in_words(row: Difference) -> Change:
    known = NAMED.get(row.name)
    if known and known.type_problem(row.old) is None and known.type_problem(row.new) is None:
        return change(row.name, row.old, row.new)
    return Change(words_of(row.name), _told(row.name, row.old), _told(row.name, row.new))


def _told(name: str, value: Any) -> str:
    """A value in words; a state or a role as people say it, and not as the log spells it."""
    return words_of(value) if name in _SPELLED and isinstance(value, str) and value else _said(value)


def _said(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, Mapping):
        return ", ".join(f"{words_of(str(name))}: {_said(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        between = "; " if any(isinstance(one, Mapping) for one in value) else ", "
        return between.join(_said(one) for one in value)
    return str(value)


@allow(Role.OWNER, Role.ADMIN)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The log as a file: a signed bundle that `sundial audit verify` checks, or CSV and JSON to read."""
    form = request.GET.get("format", "bundle")
    if form not in actions.CONTENT_TYPES:
        raise NotFound
    acting = acting_of_page(request)
    pieces = actions.export(acting=acting, form=form, filters=filters_in(request, acting), now=clock.now())
    answer = StreamingHttpResponse(pieces, content_type=actions.CONTENT_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="audit-log.{actions.ENDINGS[form]}"'
    return answer
