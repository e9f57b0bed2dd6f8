"""The API put together."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from sundial.server.lib.refusals import refusal
from sundial.server.portal.api import (
    alerts,
    attributes,
    audit,
    closing,
    companies,
    departments,
    devices,
    files,
    folders,
    manual_time,
    plans,
    policy,
    projects,
    reports,
    screenshots,
    sessions,
    tasks,
    teams,
    usage,
    users,
)
from sundial.server.portal.api.doors import Session, Token
from sundial.server.portal.api.frame import in_words

DESCRIPTION = """\
Everything the pages can do, over the same actions.

Send a token from POST /api/login as `Authorization: Token …`, or use the web session with its CSRF token.

Lists answer items, count, page and pages; they take page, page_size, search and ordering, which is one of the names \
given with each, - in front for the largest first. A refusal is {"error": {"code", "message", "fields"}}, where fields \
are named if it is about them. A foreign or unknown id is 404, the same bytes for both. Times are ISO 8601 in UTC. \
A POST with an Idempotency-Key is done once and answered the same for a day.
"""


def _refused(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, ValidationError):
        fields = {_place(one["loc"]): _capital(str(one["msg"])) for one in error.errors}
        return refusal(422, "invalid", "Some values do not fit.", fields=fields)
    if isinstance(error, HttpError):
        return refusal(error.status_code, "bad_request", "The body is not JSON.")
    return in_words(error if isinstance(error, Exception) else error())


def _place(parts: Any) -> str:
    """`body.payload.email` is `email` to whoever sent it."""
    source, *rest = [str(part) for part in parts]
    named = rest[1:] if source in {"body", "query"} and len(rest) > 1 else rest
    return ".".join(named) or source


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".removesuffix(".") + "."


def make() -> NinjaAPI:
    """The API with all its routers and its ways to refuse."""
    api = NinjaAPI(
        title="Sundial",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api-v1",
        openapi_url=None,
        docs_url=None,
        auth=[Token(), Session()],
    )
    api.add_router("companies", companies.router)
    api.add_router("companies", policy.router)
    api.add_router("companies", closing.router)
    api.add_router("plans", plans.plans)
    api.add_router("", plans.invoices)
    api.add_router("users", users.router)
    api.add_router("attributes", attributes.router)
    api.add_router("departments", departments.router)
    api.add_router("teams", teams.router)
    api.add_router("devices", devices.router)
    api.add_router("sessions", sessions.router)
    api.add_router("manual-time", manual_time.router)
    api.add_router("usage", usage.router)
    api.add_router("screenshots", screenshots.router)
    api.add_router("reports", reports.router)
    api.add_router("tasks", tasks.router)
    api.add_router("projects", projects.router)
    api.add_router("files", files.router)
    api.add_router("folders", folders.router)
    api.add_router("audit", audit.router)
    api.add_router("alerts", alerts.router)
    api.add_exception_handler(Exception, _refused)
    api.add_exception_handler(ValidationError, _refused)
    api.add_exception_handler(HttpError, _refused)
    return api
