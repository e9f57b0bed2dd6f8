"""Pages show their times in the zone of the company."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from sundial.server.companies import queries as companies
from sundial.server.lib.acting import Acting

_NOT_PAGES = ("/api/", "/agent/")  # their times are UTC, whoever asks


class ZoneMiddleware:
    """Puts a signed-in person's page into their company's time zone; the owner of the platform stays in UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the zone of its reader."""
        acting: Acting | None = getattr(request, "acting", None)
        if acting is None or acting.company_id is None or request.path.startswith(_NOT_PAGES):
            return self.get_response(request)
        with timezone.override(ZoneInfo(companies.company(acting.company_id).time_zone)):
            return self.get_response(request)
