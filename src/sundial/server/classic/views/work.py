"""The older clients' facts: work sessions, lengths and screenshots, over the same actions as everything else.

Their clients have shown nobody what they record, so these doors are shut unless the company's `classic_clients`
switch is on.
"""

import base64
import binascii
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, JsonResponse

from sundial.server.activity import actions, queries
from sundial.server.activity.actions import Counted, Taken
from sundial.server.activity.types import Ending, SessionView, SpanKind
from sundial.server.classic.access import door
from sundial.server.classic.auth import caller_of, require_acting
from sundial.server.classic.forms import BadBody, Body
from sundial.server.companies import queries as companies
from sundial.server.devices import actions as devices
from sundial.server.lib import clock
from sundial.server.lib.acting import Acting
from sundial.server.lib.errors import NotAllowed, NotFound
from sundial.server.lib.words import is_storable

LENGTHS_LIMIT = 1 << 20
PICTURE_LIMIT = 68 << 20  # the policy's highest, 50 MB, as text
MOST_SECONDS = 24 * 3600
MOST_ROWS = 2000
SHUT = "This company does not let older clients record. An administrator of the platform can switch that on."
_IDLE = {"INACTIVE": "idle", "IDLE": "idle"}


@dataclass(frozen=True)
class Worker:
    """Who works, where, on which device."""

    acting: Acting
    company_id: int
    user_id: int
    device_id: int
    zone: str
    now: datetime


@door("POST")
def create_session(request: HttpRequest, body: Body) -> HttpResponse:
    """Begin to work, or be given the session that goes on."""
    worker = _worker(request, body)
    session = actions.start_session(
        company_id=worker.company_id,
        user_id=worker.user_id,
        device_id=worker.device_id,
        note=_said(body, "task_note"),
        at=worker.now,
        now=worker.now,
    )
    return JsonResponse({"status": True, "message": "Work session is open.", "data": {"id": session.pk}})


@door("POST")
def stop_session(request: HttpRequest, body: Body) -> HttpResponse:
    """Stop; a second stop is told so, with 200."""
    worker = _worker(request, body)
    came = actions.stop_session(
        company_id=worker.company_id,
        user_id=worker.user_id,
        session_id=_id(body, "session_id", "work_session_id"),
        now=worker.now,
    )
    if came is Ending.WAS_OVER:
        return JsonResponse({"status": False, "message": "This work session was over already."})
    return JsonResponse({"status": True, "message": "Work session stopped."})


@door("POST")
def check_session(request: HttpRequest, body: Body) -> HttpResponse:
    """Whether a session goes on."""
    worker = _worker(request, body)
    session = _own(worker, _id(body, "session_id", "work_session_id"))
    words = "This work session goes on." if session.is_open else "This work session is over."
    return JsonResponse({"status": session.is_open, "message": words})


@door("POST", limit=LENGTHS_LIMIT)
def upload_activity(request: HttpRequest, body: Body) -> HttpResponse:
    """Keep lengths of applications, websites and being away as spans of the session."""
    worker = _worker(request, body)
    kept = actions.record_lengths(
        company_id=worker.company_id,
        user_id=worker.user_id,
        session_id=_id(body, "work_session_id", "session_id"),
        lengths=list(_lengths(body)),
        now=worker.now,
    )
    return JsonResponse({"status": True, "message": "Activity kept.", "data": {"spans": kept}})


@door("POST", limit=PICTURE_LIMIT)
def upload_screenshot(request: HttpRequest, body: Body) -> HttpResponse:
    """Keep a picture of the session."""
    worker = _worker(request, body)
    session = _own(worker, _id(body, "work_session_id", "session_id"))
    told = body.values.get("capture_time")
    told = told if isinstance(told, str) else ""
    row = actions.take_screenshot(
        company_id=worker.company_id,
        user_id=worker.user_id,
        device_id=worker.device_id,
        taken=Taken(uuid4(), session.uuid, _moment(told, worker.zone), told),
        image=_image(body.values.get("photo")),
        now=worker.now,
    )
    return JsonResponse({"status": True, "message": "Screenshot kept.", "data": {"id": row.pk}})


def _worker(request: HttpRequest, body: Body) -> Worker:
    """The caller as somebody who may record through these doors; raises NotAllowed."""
    acting, now = require_acting(caller_of(request, body)), clock.now()
    if acting.company_id is None or acting.id is None:
        raise NotAllowed("You belong to no company.")
    company = companies.company(acting.company_id)
    if not company.classic_clients:
        raise NotAllowed(SHUT)
    device_id = devices.classic_device(company_id=company.pk, user_id=acting.id, now=now)
    return Worker(acting, company.pk, acting.id, device_id, company.time_zone, now)


def _own(worker: Worker, session_id: int) -> SessionView:
    session = queries.session(worker.acting, session_id, now=worker.now)
    if session.user_id != worker.user_id:
        raise NotFound
    return session


def _id(body: Body, *names: str) -> int:
    found = body.id(*names)
    if found is None:
        raise BadBody(f"`{names[0]}` is needed.")
    return found


def _said(body: Body, name: str) -> str:
    value = body.values.get(name)
    return value if isinstance(value, str) and is_storable(value) else ""


def _lengths(body: Body) -> Iterator[Counted]:
    applications, websites, activities = (body.rows(name) for name in ("applications", "websites", "activities"))
    if len(applications) + len(websites) + len(activities) > MOST_ROWS:
        raise BadBody(f"At most {MOST_ROWS} rows are taken at once.", 413)
    for row in applications:
        yield Counted(
            SpanKind.APP, _text(row, "app_name"), _seconds(row, "active_seconds"), _text(row, "window_title", "")
        )
    for row in websites:
        detail = _text(row, "url", "")
        yield Counted(SpanKind.WEBSITE, _text(row, "domain"), _seconds(row, "active_seconds"), detail=detail)
    for row in activities:
        kind, seconds = _text(row, "minute_type").upper(), _seconds(row, "duration_seconds")
        if kind in _IDLE:
            yield Counted(SpanKind.AWAY, _IDLE[kind], seconds)
        elif kind != "ACTIVE":  # what is active is what no absence covers
            raise BadBody("`minute_type` must be ACTIVE, INACTIVE or IDLE.")


def _text(row: dict[str, Any], name: str, otherwise: str | None = None) -> str:
    value = row.get(name)
    value = otherwise if value is None else value
    if not isinstance(value, str) or (otherwise is None and not value):
        raise BadBody(f"`{name}` must be a text.")
    return value


def _seconds(row: dict[str, Any], name: str) -> int:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_SECONDS:
        raise BadBody(f"`{name}` must be seconds, at most {MOST_SECONDS}.")
    return int(value)


def _moment(told: str, zone: str) -> datetime | None:
    """The time that was told; without a zone it is the company's."""
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(told)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    return None


def _image(photo: object) -> bytes:
    if isinstance(photo, bytes):  # a file in a form
        return photo
    if not isinstance(photo, str) or not photo:
        raise BadBody("`photo` must be an image in base 64.")
    head, _, rest = photo.partition(",")
    text = rest if head.startswith("data:") else photo
    try:
        # In a form a plus sign that was not escaped has become a space.
        return base64.b64decode("".join(text.strip().splitlines()).replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadBody("`photo` must be an image in base 64.") from error
