"""Every request learns who is acting and in which company, before any view runs; refusals become statuses."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sundial.server.accounts.auth import api_token, client_address, session_account, token_account
from sundial.server.companies.scoping import acting_in
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import UNSAID, SundialError, TooMany
from sundial.server.lib.scope import PLATFORM, acting_for


class ActingMiddleware:
    """Sets `request.acting` (an Acting or None) and puts the request into the scope of its company."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside the scope of whoever acts."""
        acting = acting_of(request)
        request.acting = acting  # type: ignore[attr-defined] # requests carry it from here to the views
        if acting is None:
            return self.get_response(request)
        with acting_for(PLATFORM if acting.company_id is None else acting.company_id):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a refusal as a page in plain words; the transaction is already rolled back."""
        if not isinstance(exception, SundialError):
            return None
        template = f"{exception.status}.html" if exception.status in {403, 404} else "refused.html"
        said = "" if exception.message == UNSAID else exception.message
        answer = render(request, template, {"message": said, "error": exception}, status=exception.status)
        if isinstance(exception, TooMany):
            answer["Retry-After"] = str(exception.retry_after)
        return answer


def acting_of(request: HttpRequest) -> Acting | None:
    """Who this request comes from: an API token if one is shown, else the web session."""
    ip = client_address(request)
    token = api_token(request)
    if token is None:
        account, company_id = session_account(request), request.session.get("company_id")
    else:
        account, company_id = token_account(token) or (None, None)
    return None if account is None else acting_in(account, company_id, ip=ip)
