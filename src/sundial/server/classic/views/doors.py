"""Signing in, signs of life and the policy, over the same actions as everything else."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sundial.protocol import settings as table
from sundial.server.accounts import actions as accounts
from sundial.server.accounts.auth import LOCKED_OUT, LOCKED_OUT_SECONDS, check_password, client_address
from sundial.server.accounts.types import Account
from sundial.server.activity import queries as activity
from sundial.server.activity.types import Worked, clock_text
from sundial.server.classic.access import door, refusal
from sundial.server.classic.auth import (
    ID_NAMES,
    TOKEN_NAMES,
    WRONG_KEY,
    NotSignedIn,
    caller_in,
    caller_of,
    company_key,
    require_acting,
    require_company,
)
from sundial.server.classic.forms import BadBody, Body
from sundial.server.companies import actions as companies
from sundial.server.companies import queries as company_queries
from sundial.server.companies.scoping import acting_in, company_with_key, open_places, places_of, why_nowhere
from sundial.server.companies.types import Place
from sundial.server.devices import actions as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import Invalid, NotAllowed
from sundial.server.lib.scope import acting_for
from sundial.server.tracking import actions as tracking
from sundial.server.tracking import queries as policies
from sundial.server.tracking.types import Mode, Saved

DOOR = "api"
WRONG = "This address and password do not go together."
_FIRST_FIVE = tuple(setting.name for setting in table.SETTINGS[:5])
_NOT_SETTINGS = {"company_id", *TOKEN_NAMES, *ID_NAMES}


@door("POST")
def login(request: HttpRequest, body: Body) -> HttpResponse:
    """Exchange an address and a password for a token. Refusals are answers, not errors: failures must be counted."""
    email, password = body.text("email"), body.text("password")
    attempt = check_password(request, email=email, password=password)
    if attempt.locked:
        answer = refusal(429, LOCKED_OUT)
        answer["Retry-After"] = str(LOCKED_OUT_SECONDS)
        return answer
    if attempt.account is None:
        return _not_in(request, email, "wrong password", refusal(401, WRONG))
    try:
        place = _place(request, attempt.account)
    except NotAllowed as error:
        return _not_in(request, email, "no company is open to this person", refusal(403, error.message))
    return _in(request, attempt.account, place)


def _not_in(request: HttpRequest, email: str, reason: str, answer: HttpResponse) -> HttpResponse:
    ip = client_address(request)
    companies.note_failed_sign_in(email=email, reason=reason, door=DOOR, ip=ip, now=clock.now())
    return answer


def _place(request: HttpRequest, account: Account) -> Place | None:
    """The company that the key names, else the oldest that is open; None for an OWNER. Raises NotAllowed."""
    key = company_key(request)
    wanted = None if key is None else company_with_key(key, now=clock.now())
    places = places_of(account.id)
    if key is not None:
        places = [place for place in places if place.company_id == wanted]
        if not places:
            raise NotAllowed(WRONG_KEY)
    if account.is_owner:
        return None
    if refused := why_nowhere(places):
        raise NotAllowed(refused)
    return open_places(places)[0]


def _in(request: HttpRequest, account: Account, place: Place | None) -> HttpResponse:
    company_id = place.company_id if place else None
    acting = acting_in(account, company_id, ip=client_address(request))
    if acting is None:  # it closed this very moment
        raise NotAllowed
    now = clock.now()
    token = accounts.issue_token(user_id=account.id, company_id=company_id, now=now)
    companies.note_sign_in(acting=acting, door=DOOR, agent=request.headers.get("User-Agent", ""), now=now)
    worked = _worked(acting)
    data = {
        "id": account.id,
        "name": _name(acting),
        "email": account.email,
        "role": str(acting.role),
        "company_id": company_id,
        "active_token": token,
        "toddays_worked_time": clock_text(worked.worked_ms),  # the first system's spelling
        "toddays_active_time": clock_text(worked.active_ms),
        "toddays_inactive_time": clock_text(worked.away_ms),
        "task_note": worked.note,
    }
    return JsonResponse({"status": True, "data": data})


def _worked(acting: Acting) -> Worked:
    if acting.company_id is None or acting.id is None:
        return Worked()
    return activity.worked_today(acting.company_id, acting.id, now=clock.now())


def _name(acting: Acting) -> str:
    if acting.company_id is None or acting.id is None:
        return acting.label
    with acting_for(acting.company_id):
        return company_queries.as_person(company_queries.person(acting, acting.id)).name


@csrf_exempt
def login_without_slash(request: HttpRequest) -> HttpResponse:
    """`/login`: the JSON door for clients that post, the way to the page for people who open it."""
    if request.method in {"GET", "HEAD"}:
        return HttpResponsePermanentRedirect("/login/")
    return login(request)


@door("POST")
def logout(request: HttpRequest, body: Body) -> HttpResponse:
    """End the token that was shown."""
    caller = caller_of(request, body)
    accounts.end_token(token=caller.token)
    if caller.acting is not None:
        companies.note_sign_out(acting=caller.acting, door=DOOR, now=clock.now())
    return JsonResponse({"status": True, "message": "Signed out."})


@door("POST")
def login_check(request: HttpRequest, body: Body) -> HttpResponse:
    """Whether a token still opens anything for this person."""
    if body.id(*ID_NAMES) is None or body.first_text(*TOKEN_NAMES) is None:
        raise BadBody("`id` and `token` are needed.")
    try:
        caller_in(request, body)
    except NotSignedIn:
        return JsonResponse({"status": False})
    return JsonResponse({"status": True})


@door("POST")
def heartbeat(request: HttpRequest, body: Body) -> HttpResponse:
    """A sign of life; answered also while the company is suspended, so that the client hears of it."""
    caller = caller_of(request, body)
    company_id, now = require_company(caller), clock.now()
    seen = devices.record_heartbeat(company_id=company_id, user_id=caller.account.id, now=now)
    answer = {
        "status": "success",
        "message": "Heartbeat received.",
        "last_sync_at": clock.iso(seen),
        "server_time": clock.iso(now),
        "company_status": company_queries.company(company_id).status,
    }
    return JsonResponse(answer)


@door("GET")
def policy(request: HttpRequest, body: Body) -> HttpResponse:
    """The first five settings; answered also while the company is suspended."""
    company_id = require_company(caller_of(request, body))
    settings = policies.head(company_id).settings
    answer: dict[str, Any] = {name: settings[name] for name in _FIRST_FIVE}
    return JsonResponse({**answer, "company_status": company_queries.company(company_id).status})


@door("POST")
def update_company_policy(request: HttpRequest, body: Body) -> HttpResponse:
    """Change a company's policy in the first system's way: numbers are brought into range, unknown names ignored."""
    acting = require_acting(caller_of(request, body))
    company_id = body.id("company_id") or acting.company_id
    if company_id is None:
        raise BadBody("`company_id` is needed.")
    if not acting.is_owner and company_id != acting.company_id:
        raise NotAllowed  # the first system's word at this door for every other company, known or not
    saved = tracking.change_policy(
        acting=acting, company_id=company_id, changes=_changes(body), mode=Mode.CLAMP, now=clock.now()
    )
    return JsonResponse(_saved(saved))


def _changes(body: Body) -> dict[str, object]:
    given = {name: value for name, value in body.values.items() if name not in _NOT_SETTINGS}
    if not body.is_form:
        return given
    wrong: dict[str, str] = {}
    for name in given.keys() & {setting.name for setting in table.EDITABLE}:
        try:
            given[name] = table.parse_form(name, str(given[name]))
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Invalid(wrong)
    return given


def _saved(saved: Saved) -> dict[str, Any]:
    answer: dict[str, Any] = {"status": True, "config": json.loads(saved.head.config_json)["config"]}
    if saved.adjusted:
        answer["adjusted"] = {name: {"asked": one.asked, "set": one.set} for name, one in saved.adjusted.items()}
    if saved.ignored:
        answer["ignored"] = list(saved.ignored)
    return answer


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked for under /api."""
    return refusal(404, "There is no such door.")
