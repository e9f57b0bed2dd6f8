"""What is said where no view answered: programs read JSON in their own door's words, people a page."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from sundial.server.classic.access import refusal as classic_refusal
from sundial.server.devices.auth import refusal as agents_refusal
from sundial.server.lib.refusals import refusal as api_refusal

_SAID = {
    400: ("bad_request", "The request cannot be read."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "Not found."),
    500: ("internal", "Something went wrong here. Nothing was changed."),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    return _to_a_program(request, 400) or defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that is not allowed."""
    return _to_a_program(request, 403) or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    return _to_a_program(request, 404) or defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """A failure of ours."""
    return _to_a_program(request, 500) or defaults.server_error(request)


def _to_a_program(request: HttpRequest, status: int) -> HttpResponse | None:
    code, message = _SAID[status]
    if request.path.startswith("/api/v1"):
        return api_refusal(status, code, message)
    if request.path.startswith("/api/"):
        return classic_refusal(status, message)
    return agents_refusal(status, code, message) if request.path.startswith("/agent/v1/") else None
