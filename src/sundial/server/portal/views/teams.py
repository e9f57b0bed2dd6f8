"""Teams: who is in them, and who manages them and so sees the people in them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Lender
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed, NotFound
from sundial.server.lib.ids import id_in
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.portal.forms import TeamForm
from sundial.server.portal.views.lending import Refused, lend, lent_context
from sundial.server.portal.views.people import show_refusal
from sundial.server.ui.rules import plain

_CSV_HEAD = ("id", "team", "people", "managers")
_MEMBERS_HEAD = ("id", "e-mail", "name", "role", "manages")


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def teams(request: HttpRequest) -> HttpResponseBase:
    """The teams the reader may see: all of the company, or those they manage; and a new one."""
    acting = acting_of_page(request)
    form = TeamForm(request.POST or None)
    if request.method == "POST":
        if acting.role is not Role.ADMIN:
            raise NotAllowed
        if form.is_valid():
            try:
                team = actions.add_team(acting=acting, name=form.cleaned_data["name"], now=clock.now())
            except Invalid as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("The team is made; put people into it."))
                return redirect("team", team.pk)
    return _listed(request, acting, form)


def _listed(request: HttpRequest, acting: Acting, form: TeamForm) -> HttpResponseBase:
    found = queries.teams(acting, search=request.GET.get("search", ""), ordering=request.GET.get("ordering", "name"))
    if request.GET.get("format") == "csv":
        rows = queries.team_rows(found)
        lines = [(row.id, row.name, row.people, "; ".join(one.name for one in row.managers)) for row in rows]
        return as_csv("teams", _CSV_HEAD, lines)
    page = paged(request, found)
    context = {
        "page": page,
        "rows": queries.team_rows(page.object_list),
        "form": form,
        "formats": FORMATS,
        "filtered": narrowed(request),
        "may_change": acting.role is Role.ADMIN,
    }
    return render(request, "portal/teams.html", context, status=422 if form.errors else 200)


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, team_id: int) -> HttpResponseBase:
    """One team: who is in it, who manages it, and what that lets them see; its name may be changed."""
    acting = acting_of_page(request)
    row = queries.team(acting, team_id)
    form = TeamForm(request.POST or None, initial={"name": row.name})
    if request.method == "POST":
        if acting.role is not Role.ADMIN:
            raise NotAllowed
        if form.is_valid():
            try:
                actions.rename_team(acting=acting, team_id=team_id, name=form.cleaned_data["name"], now=clock.now())
            except Invalid as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("Saved."))
                return redirect("team", team_id)
    return _shown(request, acting, team_id, form)


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def lends(request: HttpRequest, team_id: int) -> HttpResponseBase:
    """Lend the people of a team exactly these; searching beside what was refused leads back to the team."""
    acting = acting_of_page(request)
    refused = lend(request, Lender.TEAM, team_id) if request.method == "POST" else None
    if refused is None:
        return redirect(f"{reverse('team', args=[team_id])}?{request.GET.urlencode()}")
    form = TeamForm(initial={"name": queries.team(acting, team_id).name})
    return _shown(request, acting, team_id, form, refused)


def _shown(
    request: HttpRequest, acting: Acting, team_id: int, form: TeamForm, refused: Refused | None = None
) -> HttpResponseBase:
    row, seats = queries.team(acting, team_id), queries.seats_of(team_id)
    words = request.GET.get("search", "").lower().split()
    shown = [seat for seat in seats if all(word in f"{seat.person.name} {seat.person.email}".lower() for word in words)]
    if request.GET.get("format") == "csv":
        lines = [(s.person.id, s.person.email, s.person.name, s.person.role, s.manages) for s in shown]
        return as_csv("team", _MEMBERS_HEAD, lines)
    may_change = acting.role is Role.ADMIN
    context = {
        **lent_context(Lender.TEAM, team_id, refused),
        "team": row,
        "page": paged(request, shown),
        "people": len(seats),
        "managers": [seat.person for seat in seats if seat.manages],
        "form": form,
        "others": _others(acting, {seat.person.id for seat in seats}) if may_change else (),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "may_change": may_change,
    }
    return render(request, "portal/team.html", context, status=422 if form.errors or refused else 200)


def _others(acting: Acting, here: set[int]) -> list[tuple[int, str]]:
    """The people who could join; in one select, as companies have hundreds rather than thousands."""
    rows = queries.people(acting).exclude(user_id__in=here)
    return [(one.id, plain(f"{one.name} · {one.email}", 100)) for one in map(queries.as_person, rows)]


@allow(Role.ADMIN)
@require_POST
def member(request: HttpRequest, team_id: int) -> HttpResponse:
    """Put somebody into a team, let them manage it or not, or take them out."""
    acting, user_id = acting_of_page(request), id_in(request.POST.get("user", ""))
    what: str = request.POST.get("what", "")
    told: dict[str, Any] = {"acting": acting, "team_id": team_id, "user_id": user_id, "now": clock.now()}
    if what == "out":
        actions.take_out_of_team(**told)
    elif what in {"in", "manages"}:
        actions.put_in_team(**told, manages=what == "manages")
    else:
        raise NotFound
    messages.success(request, _("Saved."))
    return redirect("team", team_id)


@allow(Role.ADMIN)
@require_POST
def delete(request: HttpRequest, team_id: int) -> HttpResponse:
    """Dissolve a team; its people stay."""
    actions.delete_team(acting=acting_of_page(request), team_id=team_id, now=clock.now())
    messages.success(request, _("The team was dissolved; its people stay in the company."))
    return redirect("teams")
