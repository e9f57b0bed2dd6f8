"""The people of a company: who is here, who is online, and what an administrator may change."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import MemberStatus, Person
from sundial.server.devices import actions as device_actions
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lib.lists import FORMATS, as_csv, narrowed, paged
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.forms import EditPersonForm, PersonForm
from sundial.server.portal.views.policy_words import acknowledged
from sundial.server.tracking import queries as tracking
from sundial.server.ui.types import Filter

_CSV_HEAD = ("id", "e-mail", "first name", "last name", "role", "status", "last sync")


def _company(acting: Acting) -> int:
    if acting.company_id is None:
        raise NotFound
    return acting.company_id


def _filters() -> tuple[Filter, ...]:
    roles = ((Role.ADMIN, _("Administrator")), (Role.MANAGER, _("Manager")), (Role.EMPLOYEE, _("Employee")))
    return (
        Filter("role", _("Role"), tuple((str(role), word) for role, word in roles)),
        Filter("status", _("Status"), ((MemberStatus.ACTIVE, _("Active")), (MemberStatus.INACTIVE, _("Inactive")))),
    )


@allow(Role.ADMIN, Role.MANAGER)
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """Everyone whom the reader may see, with where they stand now."""
    acting = acting_of_page(request)
    found = queries.people(
        acting,
        search=request.GET.get("search", ""),
        role=request.GET.get("role", ""),
        status=request.GET.get("status", ""),
        ordering=request.GET.get("ordering", "name"),
    )
    now = clock.now()
    if request.GET.get("format") == "csv":
        return _export(acting, [queries.as_person(row) for row in found])
    page = paged(request, found)
    shown = [queries.as_person(row) for row in page.object_list]
    presence = devices.presence_of_people(_company(acting), [one.id for one in shown], now=now)
    context = {
        "page": page,
        "rows": [(one, presence[one.id]) for one in shown],
        "filters": _filters(),
        "formats": FORMATS,
        "filtered": narrowed(request),
        "may_change": acting.role is Role.ADMIN,
        "as_of": now,
    }
    return render(request, "portal/people.html", context)


def _export(acting: Acting, found: list[Person]) -> HttpResponseBase:
    presence = devices.presence_of_people(_company(acting), [one.id for one in found], now=clock.now())
    lines = [
        (
            one.id,
            one.email,
            one.first_name,
            one.last_name,
            one.role,
            one.status,
            getattr(presence[one.id].last_agent_sync_at, "isoformat", str)(),
        )
        for one in found
    ]
    return as_csv("people", _CSV_HEAD, lines)


@allow(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Take someone on; their one-time link is shown once and mailed."""
    acting = acting_of_page(request)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_person(acting=acting, company_id=_company(acting), now=clock.now(), **form.cleaned_data)
        except Invalid as refusal:
            _show(form, refusal)
        else:
            link = actions.invite(user_id=row.user_id, company_id=row.company_id)
            context = {"person": queries.as_person(row), "link": link}
            return render(request, "portal/person_added.html", context, status=201)
    return render(request, "portal/person_new.html", {"form": form}, status=422 if form.errors else 200)


def _show(form: PersonForm, refusal: Invalid) -> None:
    for name, text in refusal.fields.items():
        form.add_error(name if name in form.fields else None, text)


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: name and role, devices, what may be done."""
    acting = acting_of_page(request)
    row = queries.person(acting, user_id)
    initial = {"first_name": row.first_name, "last_name": row.last_name, "role": row.role}
    form = EditPersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_person(acting=acting, user_id=user_id, changes=form.cleaned_data, now=clock.now())
        except Invalid as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("person", user_id)
    return render(request, "portal/person.html", _facts(acting, user_id, form), status=422 if form.errors else 200)


def _facts(acting: Acting, user_id: int, form: EditPersonForm) -> dict[str, Any]:
    now, head = clock.now(), tracking.head(_company(acting))
    one = queries.as_person(queries.person(acting, user_id))
    return {
        "person": one,
        "form": form,
        "presence": devices.presence_of_people(_company(acting), [user_id], now=now)[user_id],
        "devices": devices.devices(acting, now=now, user_id=user_id, etag=head.etag).items,
        "acknowledged": acknowledged(devices.acknowledgements(acting, user_id=user_id)),
        "head": head,
        "may_change": acting.role is Role.ADMIN,
        "as_of": now,
    }


_CHANGES: dict[str, tuple[Callable[..., None], Any]] = {
    "deactivate": (
        lifecycle.deactivate_person,
        gettext_lazy("%(name)s cannot sign in any more; their devices were cut off."),
    ),
    "reactivate": (lifecycle.reactivate_person, gettext_lazy("%(name)s may sign in again.")),
    "let-go": (lifecycle.let_go, gettext_lazy("%(name)s was let go; their tokens and devices have ended.")),
}


@allow(Role.ADMIN)
@require_POST
def change_status(request: HttpRequest, user_id: int, what: str) -> HttpResponse:
    """Deactivate, reactivate or let go of a person."""
    if what not in _CHANGES:
        raise NotFound
    acting = acting_of_page(request)
    name = queries.as_person(queries.person(acting, user_id)).name
    action, words = _CHANGES[what]
    try:
        action(acting=acting, user_id=user_id, now=clock.now())
    except Invalid as refusal:
        messages.error(request, f"{refusal.message} {' '.join(refusal.fields.values())}")
        return redirect("person", user_id)
    messages.success(request, words % {"name": name})
    return redirect("people") if what == "let-go" else redirect("person", user_id)


@allow(Role.ADMIN)
@require_POST
def password_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A fresh one-time link to set a password, for someone who lost theirs."""
    acting = acting_of_page(request)
    one = queries.as_person(queries.person(acting, user_id))
    link = actions.invite_again(acting=acting, user_id=one.id, now=clock.now())
    return render(request, "portal/person_added.html", {"person": one, "link": link, "again": True})


@allow(Role.ADMIN)
@require_POST
def enrolment_code(request: HttpRequest, user_id: int) -> HttpResponse:
    """A code with which this person's computer may enrol, once, within ten minutes."""
    acting = acting_of_page(request)
    one = queries.as_person(queries.person(acting, user_id))
    code = device_actions.make_enrolment_code(acting=acting, user_id=user_id, now=clock.now())
    return render(request, "portal/enrolment_code.html", {"person": one, "code": code})
