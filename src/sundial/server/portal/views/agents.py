"""Whose agents are there and whose are not; reminding those whose are not, or writing to them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial import __version__
from sundial.server.alerts import actions
from sundial.server.alerts import queries as alerts
from sundial.server.alerts.types import Told
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Person
from sundial.server.devices import queries
from sundial.server.devices.queries import Syncing, SyncPage
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.ids import ids_in
from sundial.server.lib.lists import FORMATS, Counted, as_csv, narrowed, paged, wanted_page
from sundial.server.lib.outcomes import Outcome
from sundial.server.tracking import queries as tracking
from sundial.server.ui.types import Filter, Link

_RUN_IT = (Role.ADMIN, Role.MANAGER)
_CSV_HEAD = ("id", "person", "address", "state", "last sync", "computers", "agent", "policy rejected", "outdated")
_TOLD_HEAD = ("id", "person", "what", "subject", "by", "when", "mailed", "problem")
_EXPORTED_AT_ONCE = 500


def _states() -> dict[str, str]:
    return {
        "online": _("Online"),
        "offline": _("Offline"),
        "never_synced": _("Never synced"),
        "rejected": _("Policy rejected"),
        "outdated": _("Outdated agent"),
    }


def _found(request: HttpRequest, acting: Acting, **more: Any) -> SyncPage:
    return queries.syncing(
        acting,
        now=clock.now(),
        etag=tracking.head(acting.company_id or 0).etag,
        newest=__version__,
        search=request.GET.get("search", ""),
        state=request.GET.get("state", ""),
        **more,
    )


@allow(*_RUN_IT)
@require_GET
def agents(request: HttpRequest) -> HttpResponseBase:
    """The people that the reader may see, and how their agents stand."""
    acting = acting_of_page(request)
    if request.GET.get("format") == "csv":
        return as_csv("agents", _CSV_HEAD, map(_line, _all(request, acting)))
    found = _found(request, acting, page=wanted_page(request))
    told = alerts.last_told(acting.company_id or 0, [one.user_id for one in found.items])
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": [(one, told.get(one.user_id)) for one in found.items],
        "cards": [(key, word, found.counts[key]) for key, word in _states().items()],
        "filters": (Filter("state", _("State"), tuple(_states().items())),),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "tabs": _tabs(request),
        "newest": __version__,
        "as_of": clock.now(),
    }
    return render(request, "portal/agents.html", context)


def _tabs(request: HttpRequest) -> tuple[Link, ...]:
    pages = ((_("Agents"), "/agent-sync-status/"), (_("What was sent"), "/agent-sync-status/history/"))
    return tuple(Link(word, href, current=request.path == href) for word, href in pages)


def _all(request: HttpRequest, acting: Acting) -> Iterator[Syncing]:
    page, pages = 1, 1
    while page <= pages:
        found = _found(request, acting, page=page, page_size=_EXPORTED_AT_ONCE)
        yield from found.items
        page, pages = page + 1, found.pages


def _line(one: Syncing) -> tuple[object, ...]:
    who = (one.user_id, one.name, one.email)
    words = ["yes" if said else "no" for said in (one.rejected, one.outdated)]
    return (*who, one.presence, one.synced_at, one.computers, " ".join(one.versions), *words)


@allow(*_RUN_IT)
@require_POST
def notify(request: HttpRequest) -> HttpResponse:
    """Remind the chosen people, on their computers and by mail, and say what came of each; or go on to a letter."""
    acting = acting_of_page(request)
    ids = ids_in(request.POST.getlist("only") or request.POST.getlist("ids"))
    if not ids:
        raise Invalid({"ids": _("Choose at least one person.")}, _("Choose at least one person."))
    if request.POST.get("do") == "contact":
        return redirect(f"{reverse('agents-contact')}?{urlencode({'ids': ids}, doseq=True)}")
    outcomes = actions.notify_people(acting=acting, user_ids=ids, now=clock.now())
    return _told(request, acting, outcomes)


@allow(*_RUN_IT)
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Write a mail in one's own words to the chosen people."""
    acting = acting_of_page(request)
    asked = request.POST if request.method == "POST" else request.GET
    ids = ids_in(asked.getlist("only") or asked.getlist("ids"))
    people = _people(acting, ids)
    if not people:
        raise NotFound
    if request.method != "POST":
        return _letter(request, people, {})
    words = {"subject": request.POST.get("subject", ""), "words": request.POST.get("words", "")}
    try:
        outcomes = actions.contact_people(acting=acting, user_ids=ids, now=clock.now(), **words)
    except Invalid as refusal:
        return _letter(request, people, refusal.fields, words, status=422)
    return _told(request, acting, outcomes)


def _letter(
    request: HttpRequest,
    people: Sequence[Person],
    errors: dict[str, str],
    words: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"people": people, "errors": errors, "words": words or {}}
    return render(request, "portal/agents_contact.html", context, status=status)


def _people(acting: Acting, ids: Sequence[int]) -> list[Person]:
    """Those of the chosen whom the reader may see, by name."""
    seen = companies.people(acting).filter(user_id__in=ids)
    return [companies.as_person(row) for row in seen]


def _told(request: HttpRequest, acting: Acting, outcomes: Sequence[Outcome]) -> HttpResponse:
    names = {one.id: one.name for one in _people(acting, [one.id for one in outcomes])}
    context = {
        "outcomes": [(names.get(one.id, _("Nobody of yours")), one) for one in outcomes],
        "done": sum(one.done for one in outcomes),
    }
    return render(request, "portal/agents_told.html", context)


@allow(*_RUN_IT)
@require_GET
def history(request: HttpRequest) -> HttpResponseBase:
    """What people were told, by whom, and whether the mail has left."""
    acting = acting_of_page(request)
    if request.GET.get("format") == "csv":
        return as_csv("messages", _TOLD_HEAD, map(_told_line, _all_told(request, acting)))
    get = request.GET.get
    found = alerts.history(acting, search=get("search", ""), kind=get("kind", ""), page=wanted_page(request))
    kinds = (("notify", _("Reminded")), ("contact", _("Written to")))
    context = {
        "page": paged(request, Counted(found.items, found.count, found.page)),
        "rows": found.items,
        "filters": (Filter("kind", _("What"), kinds),),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "tabs": _tabs(request),
    }
    return render(request, "portal/agents_history.html", context)


def _all_told(request: HttpRequest, acting: Acting) -> Iterator[Told]:
    page, pages = 1, 1
    while page <= pages:
        asked = {"search": request.GET.get("search", ""), "kind": request.GET.get("kind", "")}
        found = alerts.history(acting, **asked, page=page, page_size=_EXPORTED_AT_ONCE)
        yield from found.items
        page, pages = page + 1, found.pages


def _told_line(one: Told) -> tuple[object, ...]:
    return (one.id, one.person, one.kind, one.subject, one.by, one.made_at, one.mailed_at, one.problem)
