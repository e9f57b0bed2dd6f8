"""One's own account: name, password, companies."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from sundial.server.accounts.auth import check_password, keep_session, session_account
from sundial.server.accounts.types import Account
from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.companies.forms import ChangePasswordForm, NamesForm
from sundial.server.companies.scoping import open_places, places_of
from sundial.server.companies.views.passwords import set_from_form
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting, Role
from sundial.server.lib.errors import Invalid, NotAllowed

_EVERYBODY = (Role.OWNER, Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@allow(*_EVERYBODY)
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what one may change about it."""
    return _page(request)


@sensitive_post_parameters("current", "password", "again")
@never_cache
@allow(*_EVERYBODY)
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password: every token and every other session ends."""
    me = _me(request)
    form = ChangePasswordForm(request.POST, user_id=me.id)
    if _locked_out(request, form, me):
        return _page(request, password_form=form, status=429)
    if form.is_valid():
        set_from_form(request, form, me, "PASSWORD_CHANGED")
        keep_session(request, me)
        messages.success(request, _("Password changed. Every other session and all tokens have ended."))
        return redirect("account")
    return _page(request, password_form=form, status=422)


def _locked_out(request: HttpRequest, form: ChangePasswordForm, me: Account) -> bool:
    """Whether too many wrong passwords were tried; one that is wrong is said beside all else that is."""
    if form.has_error("current"):  # nothing was typed
        return False
    attempt = check_password(request, email=me.email, password=form.cleaned_data["current"])
    if attempt.locked:
        form.add_error("current", _("Too many wrong attempts. Wait 15 minutes."))
    elif attempt.account is None:
        form.add_error("current", _("This is not your current password."))
    return attempt.locked


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_POST
def change_names(request: HttpRequest) -> HttpResponse:
    """Change one's own name in this company."""
    acting, form = acting_of_page(request), NamesForm(request.POST)
    if form.is_valid() and acting.id is not None:
        try:
            actions.edit_person(acting=acting, user_id=acting.id, changes=form.cleaned_data, now=clock.now())
        except Invalid as refusal:
            for name, text in refusal.fields.items():
                form.add_error(name, text)
        else:
            messages.success(request, _("Saved."))
            return redirect("account")
    return _page(request, names_form=form, status=422)


def _me(request: HttpRequest) -> Account:
    found = session_account(request)
    if found is None:  # an API token opens no page of one's own
        raise NotAllowed("Sign in on this page first.")
    return found


def _names(acting: Acting) -> NamesForm | None:
    if acting.is_owner or acting.id is None:
        return None
    row = queries.person(acting, acting.id)
    return NamesForm(initial={"first_name": row.first_name, "last_name": row.last_name})


def _page(
    request: HttpRequest,
    *,
    password_form: ChangePasswordForm | None = None,
    names_form: NamesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    acting, me = acting_of_page(request), _me(request)
    context = {
        "me": me,
        "places": open_places(places_of(me.id)),
        "here": acting.company_id,
        "person": None
        if acting.is_owner or acting.id is None
        else queries.as_person(queries.person(acting, acting.id)),
        "password_form": password_form or ChangePasswordForm(user_id=me.id),
        "names_form": names_form or _names(acting),
    }
    return render(request, "companies/account.html", context, status=status)
