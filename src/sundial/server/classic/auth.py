"""Who calls one of the first system's doors: by token in the header or, in the older form, in the body."""

from dataclasses import dataclass

from django.http import HttpRequest

from sundial.server.accounts.auth import api_token, client_address, token_account
from sundial.server.accounts.types import Account
from sundial.server.classic.forms import BadBody, Body
from sundial.server.companies.scoping import acting_in, company_with_key, why_not_in
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed
from sundial.server.lib.words import is_storable

UNKNOWN_TOKEN = "This token is not known. Sign in again."  # noqa: S105 - words that people read, not a secret
WRONG_KEY = "This company key is not your company's."
TOKEN_NAMES, ID_NAMES = ("active_token", "token"), ("employee_id", "id")


class NotSignedIn(Exception):
    """No token that is known: 401."""


@dataclass(frozen=True)
class Caller:
    """The person whose token this is. `acting` is None while they may not act: see `why_not`."""

    account: Account
    company_id: int | None
    token: str
    acting: Acting | None

    @property
    def why_not(self) -> str:
        """Why the person may not act now, in plain words."""
        return why_not_in(self.account, self.company_id)


def caller_of(request: HttpRequest, body: Body) -> Caller:
    """Who calls; raises NotSignedIn, or NotAllowed for a company key that is not theirs."""
    return _caller(request, body, api_token(request))


def caller_in(request: HttpRequest, body: Body) -> Caller:
    """Who the body says calls, whatever the header shows; raises as `caller_of`."""
    return _caller(request, body, None)


def _caller(request: HttpRequest, body: Body, header: str | None) -> Caller:
    token = body.first_text(*TOKEN_NAMES) if header is None else header
    found = token_account(token) if token else None
    claimed = body.id(*ID_NAMES) if header is None else None
    if token is None or found is None or claimed not in {None, found[0].id}:
        raise NotSignedIn(UNKNOWN_TOKEN)
    account, company_id = found
    key = company_key(request)
    if key is not None and (company_id is None or company_with_key(key, now=clock.now()) != company_id):
        raise NotAllowed(WRONG_KEY)
    return Caller(account, company_id, token, acting_in(account, company_id, ip=client_address(request)))


def company_key(request: HttpRequest) -> str | None:
    """The `X-Company-Key` header, if there is one."""
    key: str | None = request.headers.get("X-Company-Key")
    if key is not None and not is_storable(key):
        raise BadBody("`X-Company-Key` contains characters that are none.")
    return key


def require_acting(caller: Caller) -> Acting:
    """The caller as someone who may act now; raises NotAllowed."""
    if caller.acting is None:
        raise NotAllowed(caller.why_not)
    return caller.acting


def require_company(caller: Caller) -> int:
    """The caller's company, whatever its state; raises NotAllowed for an OWNER, who has none."""
    if caller.company_id is None:
        raise NotAllowed("You belong to no company.")
    return caller.company_id
