"""The people of a company: who is here, who is online, who has come in yet; and taking somebody on."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Arrival, MemberStatus, Person
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.portal.forms import PersonForm
from sundial.server.portal.views.asked import number_in
from sundial.server.ui.rules import plain
from sundial.server.ui.types import Filter

_CSV_HEAD = (
    "id", "e-mail", "first name", "last name", "role", "status", "department", "teams", "invited", "signed in",
    "last sync",
)  # fmt: skip


def company_of(acting: Acting) -> int:
    """The company of someone on a page of a company."""
    if acting.company_id is None:
        raise NotFound
    return acting.company_id


def _filters(acting: Acting) -> tuple[Filter, ...]:
    roles = ((Role.ADMIN, _("Administrator")), (Role.MANAGER, _("Manager")), (Role.EMPLOYEE, _("Employee")))
    came = (
        (Arrival.CAME, _("Have signed in")),
        (Arrival.INVITED, _("Invited, not yet here")),
        (Arrival.NOBODY, _("Not invited yet")),
    )
    found = [
        Filter("role", _("Role"), tuple((str(role), word) for role, word in roles)),
        Filter("status", _("Status"), ((MemberStatus.ACTIVE, _("Active")), (MemberStatus.INACTIVE, _("Inactive")))),
        Filter("arrival", _("Came in"), tuple((str(one), word) for one, word in came)),
    ]
    if departments := queries.tree():
        choices = tuple((str(row.id), plain(row.path, 80)) for row in departments)
        found.append(Filter("department", _("Department"), choices))
    if teams := queries.teams(acting):
        found.append(Filter("team", _("Team"), tuple((str(one.pk), plain(one.name, 60)) for one in teams)))
    if pool := list(queries.attributes()):
        found.append(Filter("attribute", _("Attribute"), tuple((row.name, row.name) for row in pool)))
    return tuple(found)


def _found(request: HttpRequest, acting: Acting) -> QuerySet[Any]:
    """The people that the address asks for."""
    department, team = number_in(request, "department"), number_in(request, "team")
    return queries.people(
        acting,
        search=request.GET.get("search", ""),
        role=request.GET.get("role", ""),
        status=request.GET.get("status", ""),
        arrival=request.GET.get("arrival", ""),
        departments=None if department is None else queries.with_those_below(department),
        team=team,
        attribute=request.GET.get("attribute", ""),
        ordering=request.GET.get("ordering", "name"),
    )


@allow(Role.ADMIN, Role.MANAGER)
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """Everyone whom the reader may see, with where they stand now."""
    acting, now = acting_of_page(request), clock.now()
    found = _found(request, acting)
    if request.GET.get("format") == "csv":
        return _export(acting, [queries.as_person(row) for row in found])
    page = paged(request, found)
    shown = [queries.as_person(row) for row in page.object_list]
    presence = devices.presence_of_people(company_of(acting), [one.id for one in shown], now=now)
    may_change = acting.role is Role.ADMIN
    context = {
        "page": page,
        "rows": [(one, presence[one.id]) for one in shown],
        "filters": _filters(acting),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "may_change": may_change,
        "departments": queries.tree() if may_change else (),
        "teams": queries.teams(acting) if may_change else (),
        "attributes": list(queries.attributes()) if may_change else (),
        "as_of": now,
    }
    return render(request, "portal/people.html", context)


def _export(acting: Acting, found: list[Person]) -> HttpResponseBase:
    ids = [one.id for one in found]
    presence = devices.presence_of_people(company_of(acting), ids, now=clock.now())
    teams = queries.teams_of(ids)
    lines = [
        (
            one.id,
            one.email,
            one.first_name,
            one.last_name,
            one.role,
            one.status,
            one.department,
            "; ".join(seat.team for seat in teams.get(one.id, ())),
            one.invited_at,
            one.signed_in_at,
            presence[one.id].last_agent_sync_at,
        )
        for one in found
    ]
    return as_csv("people", _CSV_HEAD, lines)


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Take someone on; their one-time link is shown once and mailed."""
    acting = acting_of_page(request)
    form = PersonForm(request.POST or None, departments=queries.tree())
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_person(acting=acting, company_id=company_of(acting), now=clock.now(), **form.cleaned_data)
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            link = actions.invite(user_id=row.user_id, company_id=row.company_id)
            context = {"person": queries.as_person(row), "link": link}
            return render(request, "portal/person_added.html", context, status=201)
    return render(request, "portal/person_new.html", {"form": form}, status=422 if form.errors else 200)


def show_refusal(form: Any, refusal: Invalid) -> None:
    """Put each text of a refusal beside its field, or above the form."""
    for name, text in refusal.fields.items():
        form.add_error(name if name in form.fields else None, text)
