"""What somebody should look into: the list, with reading and putting off."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sundial.server.alerts import actions, queries
from sundial.server.alerts.queries import AlertFilters
from sundial.server.alerts.types import IN_COMPANIES, OF_PLATFORM, AlertRow, Mails
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.ids import ids_in
from sundial.server.lib.lists import FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.lib.way_back import way_back
from sundial.server.ui.types import Filter

_CSV_HEAD = ("id", "alert", "what", "person", "state", "raised", "resolved", "put off until", "times")
_EXPORTED_AT_ONCE = 500


def _filters(acting: Acting) -> tuple[Filter, ...]:
    rules = OF_PLATFORM if acting.is_owner else IN_COMPANIES
    states = (
        ("open", _("Open")),
        ("unread", _("Not read")),
        ("snoozed", _("Put off")),
        ("resolved", _("Resolved")),
    )
    kinds = tuple((str(rule), queries.rule_word(rule)) for rule in rules)
    return (Filter("state", _("State"), states), Filter("rule", _("Alert"), kinds))


def _asked(request: HttpRequest) -> AlertFilters:
    get = request.GET.get
    return AlertFilters(get("state", ""), get("rule", ""), get("search", "").strip())


@allow(*queries.READERS)
@require_GET
def alerts(request: HttpRequest) -> HttpResponseBase:
    """The alerts that the reader may see, newest first."""
    acting, now = acting_of_page(request), clock.now()
    if request.GET.get("format") == "csv":
        return as_csv("alerts", _CSV_HEAD, map(_line, _all(request, acting)))
    found = queries.alerts(acting, _asked(request), now=now, page=wanted_page(request))
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": found.items,
        "filters": _filters(acting),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "unread": queries.unread_count(acting, now=now),
        "may_change": acting.role is Role.ADMIN,
        "mails": queries.mails_of(queries.company_of(acting), acting.id or 0, acting.role),
        "choices": mail_choices(),
        "as_of": now,
    }
    return render(request, "alerts/alerts.html", context)


def mail_choices() -> tuple[tuple[str, str], ...]:
    """When one may be written to, in words."""
    return (
        (Mails.AT_ONCE, _("At once")),
        (Mails.DAILY, _("Once a day, at seven")),
        (Mails.NEVER, _("Never")),
    )


def _all(request: HttpRequest, acting: Acting) -> Iterator[AlertRow]:
    page, pages = 1, 1
    while page <= pages:
        found = queries.alerts(acting, _asked(request), now=clock.now(), page=page, page_size=_EXPORTED_AT_ONCE)
        yield from found.items
        page, pages = page + 1, found.pages


def _line(one: AlertRow) -> tuple[object, ...]:
    moments = (one.raised_at, one.resolved_at, one.snoozed_until)
    return (one.id, one.title, one.text, one.person, one.state, *moments, one.times)


@allow(*queries.READERS)
@require_GET
def unread(request: HttpRequest) -> JsonResponse:
    """How many alerts the reader has not read yet, for the bell in the frame."""
    count = queries.unread_count(acting_of_page(request), now=clock.now())
    label = ngettext("%(n)s alert", "%(n)s alerts", count) % {"n": count}
    return JsonResponse({"unread": count, "label": label})


@allow(*queries.READERS)
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """The reader has read the chosen alerts, or all of them."""
    acting, now = acting_of_page(request), clock.now()
    if request.POST.get("all"):
        actions.mark_all_read(acting=acting, now=now)
    else:
        actions.mark_read(acting=acting, ids=ids_in(request.POST.getlist("ids")), now=now)
    return redirect(way_back(request, "/alerts/", "/alerts/"))


@allow(*queries.READERS)
@require_POST
def snooze(request: HttpRequest, alert_id: int) -> HttpResponse:
    """Have nobody be reminded of an alert for a while."""
    hours = request.POST.get("hours", "")
    known = {str(one): one for one in (0, *actions.SNOOZE_HOURS)}
    acting, now = acting_of_page(request), clock.now()
    actions.snooze(acting=acting, alert_id=alert_id, hours=known.get(hours, -1), now=now)
    said = _("The alert was put off. It stays in this list.") if hours != "0" else _("The alert is back.")
    messages.success(request, said)
    return redirect(way_back(request, "/alerts/", "/alerts/"))
