"""Who may come in: a token in the header or, with a CSRF token, the web session."""

from typing import Any

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from sundial.server.accounts.auth import api_token, session_account, token_account
from sundial.server.companies.scoping import why_not_in
from sundial.server.lib.acting import Acting
from sundial.server.portal.api.answers import Refused

_SAFE = {"GET", "HEAD", "OPTIONS"}


class Token(AuthBase):
    """`Authorization: Token …` with a token from `/api/login`."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "Authorization"
    openapi_description = "`Token ` and a token from `POST /api/login`."

    def __call__(self, request: HttpRequest) -> Acting | None:
        """Whoever holds the token that is shown; None if none is shown at all."""
        if api_token(request) is None:
            return None
        return _acting(request)


class Session(AuthBase):
    """The web session; requests that change something also need the CSRF token."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = "sessionid"
    openapi_description = "The cookie of the pages; with `X-CSRFToken` on everything but GET."

    def __call__(self, request: HttpRequest) -> Acting:
        """Whoever is signed in on the pages; refuses anyone else."""
        acting = _acting(request)
        if request.method not in _SAFE and check_csrf(request) is not None:
            raise Refused(403, "csrf", "This came without its CSRF token. Reload the page, or use an API token.")
        return acting


def _acting(request: HttpRequest) -> Acting:
    acting: Acting | None = getattr(request, "acting", None)
    if acting is not None:
        return acting
    if why := _why_closed(request):
        raise Refused(403, "closed", why)
    raise Refused(401, "unauthorized", "Sign in, or send `Authorization: Token …`.")


def _why_closed(request: HttpRequest) -> str:
    """What keeps out someone whose token or session is good; empty for a stranger."""
    token = api_token(request)
    if token is None:
        account, company_id = session_account(request), request.session.get("company_id")
    else:
        account, company_id = token_account(token) or (None, None)
    return why_not_in(account, company_id) if account else ""


def acting_of(request: HttpRequest) -> Acting:
    """Who acts in an operation; the door has made sure that there is someone."""
    acting: Any = request.auth  # type: ignore[attr-defined] # django-ninja puts it on the request
    if not isinstance(acting, Acting):
        raise Refused(401, "unauthorized", "Sign in first.")
    return acting
