"""One person: name, role, department, teams, devices, and what an administrator may do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.types import Person
from sundial.server.devices import actions as device_actions
from sundial.server.devices import queries as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotFound
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.forms import EditPersonForm
from sundial.server.portal.views.attributes import attributes_of
from sundial.server.portal.views.people import company_of, show_refusal
from sundial.server.portal.views.policy_words import acknowledged
from sundial.server.tracking import queries as tracking
from sundial.server.ui.types import Link


@allow(Role.ADMIN, Role.MANAGER)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person: name and role, devices, what may be done."""
    acting = acting_of_page(request)
    row = queries.person(acting, user_id)
    names = ("first_name", "last_name", "role", "department_id")
    initial = {name: getattr(row, name) for name in names}
    form = EditPersonForm(request.POST or None, initial=initial, departments=queries.tree())
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_person(acting=acting, user_id=user_id, changes=form.cleaned_data, now=clock.now())
        except Invalid as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("person", user_id)
    return render(request, "portal/person.html", _facts(acting, user_id, form), status=422 if form.errors else 200)


def _facts(acting: Acting, user_id: int, form: EditPersonForm) -> dict[str, Any]:
    now, head = clock.now(), tracking.head(company_of(acting))
    one = queries.as_person(queries.person(acting, user_id))
    return {
        "person": one,
        "form": form,
        "links": _links(one),
        "seats": queries.teams_of([user_id]).get(user_id, []),
        **attributes_of(acting, user_id, now),
        "presence": devices.presence_of_people(company_of(acting), [user_id], now=now)[user_id],
        "devices": devices.devices(acting, now=now, user_id=user_id, etag=head.etag).items,
        "acknowledged": acknowledged(devices.acknowledgements(acting, user_id=user_id)),
        "head": head,
        "may_change": acting.role is Role.ADMIN,
        "as_of": now,
    }


def _links(one: Person) -> tuple[Link, ...]:
    """Where the rest of what is known about a person stands."""

    def of(path: str, label: str, icon: str, **query: str | int) -> Link:
        return Link(label, f"{path}?{urlencode(query)}" if query else path, icon=icon)

    return (
        of(reverse("person-day", args=[one.id]), _("Their day"), "clock"),
        of(reverse("sessions"), _("Sessions"), "activity", person=one.id),
        of(reverse("screenshots"), _("Screenshots"), "camera", person=one.id),
        of(reverse("devices"), _("Devices"), "device", search=one.email),
        of(reverse("tasks"), _("Tasks"), "task", person=one.id),
    )


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
    """A fresh one-time link to set a password, for someone who lost theirs or never came."""
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
