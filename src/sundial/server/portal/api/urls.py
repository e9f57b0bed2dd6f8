"""The addresses of the API: every operation framed, and whatever else lies under `/api/v1`."""

from typing import Any

from django.core.handlers.base import BaseHandler
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from sundial.server.portal.api.answers import not_found
from sundial.server.portal.api.build import make
from sundial.server.portal.api.docs import description_of, page_for
from sundial.server.portal.api.frame import framed

OF_ITSELF = "/content"  # opening a file lasts whatever is answered: that somebody was refused is kept

_HANDLER = BaseHandler()

api = make()


@csrf_exempt
@non_atomic_requests
def elsewhere(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """A path with a final slash is the one without, its transaction too; anything else is not here."""
    if rest.endswith("/"):
        for pattern in _operations:
            if match := pattern.resolve(rest.rstrip("/")):
                operation = _HANDLER.make_view_atomic(match.func)
                return operation(request, *match.args, **match.kwargs)
    return nowhere(request)


@framed
def nowhere(request: HttpRequest) -> HttpResponse:
    """No operation lies here."""
    return not_found()


def _framed(made: Any) -> list[URLPattern]:
    patterns: list[URLPattern] = made
    for pattern in patterns:
        made = framed(pattern.callback)
        pattern.callback = non_atomic_requests(made) if str(pattern.pattern).endswith(OF_ITSELF) else made
    return patterns


_patterns, _app_name, _namespace = api.urls
_operations = _framed(_patterns)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", framed(description_of(api)), name="api-description"),
    path("api/v1/docs", page_for(api), name="api-docs"),
    path("api/v1/docs/", page_for(api), name="api-docs-with-slash"),
    path("api/v1/", include((_operations, _app_name), namespace=_namespace)),
    re_path(r"^api/v1/(?P<rest>.*)$", elsewhere, name="api-elsewhere"),
    path("api/v1", elsewhere, name="api-nowhere"),
]
