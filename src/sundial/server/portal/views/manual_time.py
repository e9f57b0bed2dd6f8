"""Manual time: what people ask for, what becomes of it, and entering some."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.activity import actions, queries
from sundial.server.activity.actions import Manual
from sundial.server.activity.types import ManualKind, ManualState, ManualView
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import MemberStatus
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Conflict, Invalid
from sundial.server.lib.lists import FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.portal.forms import ManualTimeForm
from sundial.server.portal.views.asked import days_filter, people_filter, person_id, stretch, today
from sundial.server.portal.views.day import Nothing, zone_of
from sundial.server.portal.views.manual_words import manual_row, state_words
from sundial.server.tasks import queries as tasks
from sundial.server.ui.rules import clock_length, plain
from sundial.server.ui.types import Filter

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
_EXPORTED_AT_ONCE = 500
_MOST_TASKS = 200
_MOST_PEOPLE = 1000
_CSV_HEAD = (
    "id", "person", "email", "from", "to", "seconds", "of it recorded anyway", "kind", "reason", "state", "asked at",
    "asked by", "decided by", "decided at", "answer",
)  # fmt: skip


@allow(*_IN_COMPANY)
@require_GET
def manual_times(request: HttpRequest) -> HttpResponseBase:
    """What was asked for: of the company, of their teams, or their own."""
    acting, now = acting_of_page(request), clock.now()
    if request.GET.get("format") == "csv":
        return as_csv("manual-time", _CSV_HEAD, map(_line, _all(request, acting, now)))
    found = _found(request, acting, now, page=wanted_page(request))
    rows = [manual_row(acting, one) for one in found.items]
    states = Filter("state", _("State"), tuple((str(key), word) for key, word in state_words().items()))
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": rows,
        "own": acting.role is Role.EMPLOYEE,
        "waiting": queries.waiting_manual(acting),
        "waiting_href": f"{reverse('manual-times')}?state={ManualState.ASKED}",
        "filters": (*people_filter(acting), days_filter(), states),
        "formats": FORMATS,
        "nothing": _nothing(request),
        "zone": zone_of(acting),
        "as_of": now,
    }
    return render(request, "portal/manual_times.html", context)


@allow(*_IN_COMPANY)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for time of one's own; or, as an ADMIN, enter somebody's."""
    acting, now = acting_of_page(request), clock.now()
    people = _people(acting)
    mine = tasks.open_tasks_of(acting.company_id or 0, acting.id or 0, _MOST_TASKS)
    offered = [(one.id, plain(one.title, 80)) for one in mine]
    initial = {"day": today(now), "person": acting.id}
    form = ManualTimeForm(request.POST or None, initial=initial, people=people, tasks=offered)
    if request.method == "POST" and form.is_valid():
        try:
            return _entered(request, acting, form.cleaned_data, now)
        except Invalid as refusal:
            _say(form, refusal)
    context = {"form": form, "zone": zone_of(acting), "enters": bool(people)}
    return render(request, "portal/manual_time_new.html", context, status=422 if form.errors else 200)


@allow(Role.ADMIN, Role.MANAGER)
@require_POST
def decide(request: HttpRequest, manual_id: int, verdict: str) -> HttpResponse:
    """Approve or refuse what somebody asked for."""
    if verdict not in {"approve", "refuse"}:
        raise Http404
    answer, approve = request.POST.get("reason", ""), verdict == "approve"
    acting = acting_of_page(request)
    try:
        actions.decide_manual(acting=acting, manual_id=manual_id, approve=approve, answer=answer, now=clock.now())
    except Conflict:
        messages.info(request, _("This was decided or withdrawn already; nothing was changed."))
    except Invalid:
        messages.error(request, _("Nothing was changed: say why it is refused."))
    else:
        done = _("Approved: it counts as work now.") if approve else _("Refused. The person is told, with your words.")
        messages.success(request, done)
    return redirect("manual-times")


@allow(*_IN_COMPANY)
@require_POST
def withdraw(request: HttpRequest, manual_id: int) -> HttpResponse:
    """Ask no more."""
    try:
        actions.withdraw_manual(acting=acting_of_page(request), manual_id=manual_id, now=clock.now())
    except Conflict:
        messages.info(request, _("This was decided or withdrawn already; nothing was changed."))
    else:
        messages.success(request, _("Withdrawn."))
    return redirect("manual-times")


def _entered(request: HttpRequest, acting: Acting, given: dict[str, Any], now: datetime) -> HttpResponse:
    start, end = _between(given["day"], given["start"], given["end"])
    whose = given["person"] or acting.id or 0
    own = whose == acting.id
    task = given["task"] if own else None
    manual = Manual(start, end, given["reason"], ManualKind(given["kind"]), task)
    recorded = queries.recorded_in(acting, whose, start, end, now=now)
    if acting.role is not Role.ADMIN:
        actions.ask_manual(acting=acting, manual=manual, now=now)
        messages.success(request, _("Asked for. It counts once it is approved."))
    else:
        actions.enter_manual(acting=acting, user_id=whose, manual=manual, now=now)
        messages.success(request, _("Entered: it counts as work now."))
    if recorded:
        said = _("%(length)s of this time was recorded as work anyway, and counts once.")
        messages.info(request, said % {"length": clock_length(recorded / 1000)})
    return redirect("manual-times")


def _say(form: ManualTimeForm, refusal: Invalid) -> None:
    """The action's words beside the form's fields."""
    places = {"started_at": "start", "ended_at": "end"}
    for name, text in refusal.fields.items():
        form.add_error(places.get(name, name), text)


def _between(day: date, start: time, end: time) -> tuple[datetime, datetime]:
    """From one time of a day to another; one that is not later is on the day after."""
    last = day if end > start else day + timedelta(days=1)
    low, high = timezone.make_aware(datetime.combine(day, start)), timezone.make_aware(datetime.combine(last, end))
    return low, high


def _people(acting: Acting) -> list[tuple[int, str]]:
    """For whom this reader may enter time; nobody but themselves: none."""
    if acting.role is not Role.ADMIN:
        return []
    rows = companies.people(acting, status=MemberStatus.ACTIVE)[:_MOST_PEOPLE]
    return [(one.id, plain(one.name, 60)) for one in map(companies.as_person, rows)]


def _found(request: HttpRequest, acting: Acting, now: datetime, **more: Any) -> Any:
    since, until = stretch(request)
    return queries.manual_times(
        acting,
        now=now,
        user_id=person_id(request),
        since=since,
        until=until,
        state=request.GET.get("state", ""),
        search=request.GET.get("search", ""),
        **more,
    )


def _all(request: HttpRequest, acting: Acting, now: datetime) -> Iterator[ManualView]:
    page, pages = 1, 1
    while page <= pages:
        found = _found(request, acting, now, page=page, page_size=_EXPORTED_AT_ONCE)
        yield from found.items
        page, pages = page + 1, found.pages


def _line(one: ManualView) -> tuple[object, ...]:
    times = (one.started_at, one.ended_at, one.ms // 1000, one.recorded_ms // 1000)
    asked = (one.asked_at, one.asked_by_name)
    words = (str(one.kind), one.reason, str(one.state))
    return (one.id, one.name, one.email, *times, *words, *asked, one.decided_by_name, one.decided_at, one.answer)


def _nothing(request: HttpRequest) -> Nothing:
    if narrowed(request):
        return Nothing(
            _("No manual time fits"), _("Try another word, or remove a filter."), _("Show all"), reverse("manual-times")
        )
    return Nothing(
        _("No manual time yet"),
        _("Worked away from the computer, or forgot to start? Enter the time, and somebody approves it."),
        _("Enter time"),
        reverse("manual-time-new"),
    )
