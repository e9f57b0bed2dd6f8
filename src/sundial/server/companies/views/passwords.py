"""A forgotten password: ask for a link, follow it, set a new one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from sundial.server.accounts import actions as accounts
from sundial.server.accounts import queries as users
from sundial.server.accounts.auth import client_address, end_session
from sundial.server.accounts.types import Account
from sundial.server.companies import actions
from sundial.server.companies.forms import NewPasswordForm, ResetForm
from sundial.server.lib import clock

# After the first look the token moves from the address into the session: addresses end up in histories and referers.
_KEPT, _IN_SESSION = "password_link_token", "now"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_reset(request: HttpRequest) -> HttpResponse:
    """Have a link mailed; the answer is the same whether anybody has this address or not."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts.request_reset(email=form.cleaned_data["email"])
        return render(request, "companies/reset_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "companies/reset.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_by_link(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password by a one-time link."""
    user = users.user_of_link(uid, request.session.get(_KEPT, "") if token == _IN_SESSION else token)
    if user is None:
        return render(request, "companies/link_dead.html", status=404)
    if token != _IN_SESSION and request.method != "POST":
        request.session[_KEPT] = token
        return redirect("password-set", uid=uid, token=_IN_SESSION)
    form = NewPasswordForm(request.POST or None, user_id=user.pk)
    account = Account(user.pk, user.email, user.is_owner, user.is_active)
    if request.method == "POST" and form.is_valid():
        set_from_form(request, form, account, "PASSWORD_RESET")
        end_session(request)
        return render(request, "companies/password_set.html", {"email": account.email})
    context = {"form": form, "email": account.email}
    return render(request, "companies/password_new.html", context, status=422 if form.errors else 200)


def set_from_form(request: HttpRequest, form: NewPasswordForm, account: Account, action: str) -> None:
    """Set the password of a form that was found whole."""
    actions.set_password(
        account=account,
        password=form.cleaned_data["password"],
        action=action,
        ip=client_address(request),
        now=clock.now(),
    )
