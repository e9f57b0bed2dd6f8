"""Signing in, choosing a company, signing out."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from sundial.server.accounts.auth import (
    LOCKED_OUT,
    LOCKED_OUT_SECONDS,
    begin_session,
    check_password,
    client_address,
    end_session,
    session_account,
)
from sundial.server.accounts.types import Account
from sundial.server.companies import actions
from sundial.server.companies.forms import SignInForm
from sundial.server.companies.scoping import acting_in, open_places, places_of, why_nowhere
from sundial.server.companies.types import Place
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.way_back import way_back

WRONG = "This address and password do not go together."
DOOR = "page"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; who is signed in already goes on to their own dashboard."""
    if request.method == "POST":
        return _try(request, SignInForm(request.POST))
    acting: Acting | None = getattr(request, "acting", None)
    if acting is not None:
        return redirect(_onward(request, acting))
    account = session_account(request)
    if account is not None and open_places(places_of(account.id)):
        return redirect("choose-company")
    return _page(request, SignInForm(), why_nowhere(places_of(account.id)) if account else "")


def _try(request: HttpRequest, form: SignInForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, "", status=422)
    email = form.cleaned_data["email"]
    attempt = check_password(request, email=email, password=form.cleaned_data["password"])
    if attempt.locked:
        answer = _page(request, form, LOCKED_OUT, status=429)
        answer["Retry-After"] = str(LOCKED_OUT_SECONDS)
        return answer
    if attempt.account is None:
        _note_failure(request, email, "wrong password")
        return _page(request, form, WRONG, status=401)
    return _enter(request, form, attempt.account)


def _enter(request: HttpRequest, form: SignInForm, account: Account) -> HttpResponse:
    """The password was right: into the platform, into the one open company, or to the choice of one."""
    places = [] if account.is_owner else places_of(account.id)
    refusal = "" if account.is_owner else why_nowhere(places)
    if refusal:
        _note_failure(request, account.email, "no company is open to this person")
        return _page(request, form, refusal, status=403)
    begin_session(request, account)
    opened = open_places(places)
    if len(opened) > 1:
        return redirect(f"/login/company/{_query(request)}")
    return _settle(request, account, opened[0] if opened else None)


def _settle(request: HttpRequest, account: Account, place: Place | None) -> HttpResponse:
    """Remember the company in the session and go on to the first page."""
    company_id = place.company_id if place else None
    request.session["company_id"] = company_id
    acting = acting_in(account, company_id, ip=client_address(request))
    if acting is None:  # it closed this very moment
        return redirect("sign-in")
    agent = request.headers.get("User-Agent", "")
    actions.note_sign_in(acting=acting, door=DOOR, agent=agent, now=clock.now())
    return redirect(_onward(request, acting))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_company(request: HttpRequest) -> HttpResponse:
    """Which company to act in, for those who belong to several; later the switch between them."""
    account = session_account(request)
    opened = open_places(places_of(account.id)) if account else []
    if account is None or account.is_owner or not opened:
        return redirect("sign-in")
    chosen = next((place for place in opened if str(place.company_id) == request.POST.get("company")), None)
    if chosen is not None:
        request.session.cycle_key()
        return _settle(request, account, chosen)
    context = {"places": opened, "next": way_back(request)}
    return render(request, "companies/choose.html", context, status=422 if request.method == "POST" else 200)


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    acting: Acting | None = getattr(request, "acting", None)
    if acting is not None:
        actions.note_sign_out(acting=acting, door=DOOR, now=clock.now())
    end_session(request)
    return redirect("sign-in")


def home_of(acting: Acting) -> str:
    """The page on which someone of this role begins."""
    return "/owner/" if acting.is_owner else "/dashboard/"


def _note_failure(request: HttpRequest, email: str, reason: str) -> None:
    actions.note_failed_sign_in(email=email, reason=reason, door=DOOR, ip=client_address(request), now=clock.now())


def _page(request: HttpRequest, form: SignInForm, message: str, *, status: int = 200) -> HttpResponse:
    errors = [message] if message else []
    context = {"form": form, "errors": errors, "next": way_back(request)}
    return render(request, "companies/sign_in.html", context, status=status)


def _query(request: HttpRequest) -> str:
    asked = way_back(request)
    return f"?{urlencode({'next': asked})}" if asked else ""


def _onward(request: HttpRequest, acting: Acting) -> str:
    return way_back(request) or home_of(acting)
