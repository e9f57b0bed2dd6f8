"""What the owner does to a company: settings, trial, key, administrators, suspension."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sundial.server.companies import actions as company_actions
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.actions.appointing import appoint_admin, send_links_to_admins
from sundial.server.companies.actions.keys import rotate_key
from sundial.server.companies.actions.trials import set_trial
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Conflict, Invalid
from sundial.server.lifecycle import actions as lifecycle
from sundial.server.portal.forms import CompanySettingsForm
from sundial.server.portal.views.owner.company import SETTINGS, company_page
from sundial.server.portal.views.owner.forms import AdminForm, KeyForm, TrialForm, end_of


def _done(request: HttpRequest, company_id: int, form: Form, do: Callable[[], str]) -> HttpResponse:
    """Do it and go back to the company; what was refused is shown beside its field, or said."""
    try:
        words = do() if form.is_valid() else ""
    except (Invalid, Conflict) as refusal:
        told = refusal.fields if isinstance(refusal, Invalid) else {}
        if not (told and form.fields):
            messages.error(request, " ".join(told.values()) or refusal.message)
            return redirect("owner-company", company_id)
        for name, text in told.items():
            form.add_error(name if name in form.fields else next(iter(form.fields)), text)
    if form.errors:
        return company_page(request, company_id, form)
    messages.success(request, words)
    return redirect("owner-company", company_id)


@allow(Role.OWNER)
@require_POST
def switches(request: HttpRequest, company_id: int) -> HttpResponse:
    """Change the name, zone and switches of a company."""
    row = companies.company_facts(acting_of_page(request), company_id)
    form = CompanySettingsForm(request.POST, initial={name: getattr(row, name) for name in SETTINGS})

    def save() -> str:
        company_actions.change_company(
            acting=acting_of_page(request), company_id=company_id, changes=form.cleaned_data, now=clock.now()
        )
        return _("Saved.")

    return _done(request, company_id, form, save)


@allow(Role.OWNER)
@require_POST
def trial(request: HttpRequest, company_id: int) -> HttpResponse:
    """Set the end of a trial; with `over`, end it well: the company is active."""
    companies.company_facts(acting_of_page(request), company_id)
    over = "over" in request.POST
    form = Form(request.POST) if over else TrialForm(request.POST)

    def save() -> str:
        ends_at = None if over else end_of(form.cleaned_data["ends"])
        try:
            set_trial(acting=acting_of_page(request), company_id=company_id, ends_at=ends_at, now=clock.now())
        except Invalid as refusal:
            raise Invalid({"ends": " ".join(refusal.fields.values())}) from refusal
        return _("The company is active; its trial is over.") if over else _("The end of the trial was saved.")

    return _done(request, company_id, form, save)


@allow(Role.OWNER)
@require_POST
def key(request: HttpRequest, company_id: int) -> HttpResponse:
    """Replace the company key; the old one is taken for a while."""
    companies.company_facts(acting_of_page(request), company_id)
    form = KeyForm(request.POST)

    def save() -> str:
        grace = timedelta(hours=form.cleaned_data["grace_hours"])
        rotate_key(acting=acting_of_page(request), company_id=company_id, grace=grace, now=clock.now())
        return _("The company has a new key.")

    return _done(request, company_id, form, save)


@allow(Role.OWNER)
@require_POST
def admins(request: HttpRequest, company_id: int) -> HttpResponse:
    """Mail every administrator a link, or, with an address, make whoever has it one of them."""
    acting = acting_of_page(request)
    companies.company_facts(acting, company_id)
    everyone = "email" not in request.POST
    form = Form(request.POST) if everyone else AdminForm(request.POST)

    def save() -> str:
        if everyone:
            count = send_links_to_admins(acting=acting, company_id=company_id, now=clock.now())
            words = ngettext(
                "%(count)s administrator is being mailed a link.",
                "%(count)s administrators are being mailed a link.",
                count,
            )
            return words % {"count": count}
        appoint_admin(acting=acting, company_id=company_id, email=form.cleaned_data["email"], now=clock.now())
        # The same words whoever it is: the owner is not told who belongs to the company.
        return _("Whoever has this address runs the company now, and is being mailed a link.")

    return _done(request, company_id, form, save)


@allow(Role.OWNER)
@require_POST
def suspend(request: HttpRequest, company_id: int) -> HttpResponse:
    """Suspend a company, with a reason."""

    def save() -> str:
        lifecycle.suspend_company(
            acting=acting_of_page(request),
            company_id=company_id,
            reason=request.POST.get("reason", ""),
            now=clock.now(),
        )
        return _("Suspended. Its agents are being told to stop recording.")

    return _done(request, company_id, Form(request.POST), save)


@allow(Role.OWNER)
@require_POST
def reactivate(request: HttpRequest, company_id: int) -> HttpResponse:
    """Let a suspended company work again, with a reason."""

    def save() -> str:
        lifecycle.reactivate_company(
            acting=acting_of_page(request),
            company_id=company_id,
            reason=request.POST.get("reason", ""),
            now=clock.now(),
        )
        return _("Reactivated. Its agents are being told.")

    return _done(request, company_id, Form(request.POST), save)


@allow(Role.OWNER)
@require_POST
def export(request: HttpRequest, company_id: int) -> HttpResponse:
    """Have everything of a company exported, for its administrators."""

    def save() -> str:
        lifecycle.ask_export(acting=acting_of_page(request), company_id=company_id, now=clock.now())
        return _("The export is being made. Its administrators are written to when it is ready.")

    return _done(request, company_id, Form(request.POST), save)


@allow(Role.OWNER)
@require_POST
def close(request: HttpRequest, company_id: int) -> HttpResponse:
    """Close a company that was exported; its name has to be typed."""
    row = companies.company_facts(acting_of_page(request), company_id)

    def save() -> str:
        if request.POST.get("typed", "").strip() != row.name:
            raise Conflict(_("Type the name of the company to close it."))
        lifecycle.close_company(acting=acting_of_page(request), company_id=company_id, now=clock.now())
        return _("Closed. Its data is deleted in 30 days, unless you reactivate it before.")

    return _done(request, company_id, Form(request.POST), save)
