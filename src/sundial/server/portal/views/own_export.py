"""Everything about oneself, as one file to take away."""

import itertools
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from sundial.server.activity import actions, queries
from sundial.server.activity.types import Look
from sundial.server.companies import queries as companies
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.devices import queries as devices
from sundial.server.lib import clock, csv_safe
from sundial.server.lib.acting import Acting, Role
from sundial.server.tasks import queries as tasks
from sundial.server.tracking import queries as tracking
from sundial.server.vault.actions import Made, register_source

_NAME = "everything-about-me.zip"
_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_LOOKS = 10_000
_TASKS = 10_000
_PAGE = 500
_SESSION_COLUMNS = (
    "uuid", "started_at", "ended_at", "ended_by", "ended_by_name", "reason", "note", "device", "worked_ms",
)  # fmt: skip
_SHOT_COLUMNS = ("eid", "taken_at", "received_at", "screen", "blurred", "state", "width", "height", "bytes", "told_at")
_TASK_COLUMNS = (
    "id", "title", "description", "project", "status", "progress", "due_date", "assigned_by", "created_at",
    "completed_at",
)  # fmt: skip
_COMMENT_COLUMNS = ("task_id", "at", "text")
_LOOK_COLUMNS = ("at", "by", "what", "day", "screenshot_id", "pictures")


@allow(Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """A zip: who I am, what is recorded by which policy, my sessions, spans, pictures' facts, tasks, who looked."""
    kept, _length = _packed(acting_of_page(request))
    answer = StreamingHttpResponse(_pieces(kept), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{_NAME}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _for_vault(acting: Acting, _asked: Mapping[str, str], _now: datetime) -> Made:
    kept, length = _packed(acting)
    return Made(_NAME, length, _pieces(kept), kept.close)


def _packed(acting: Acting) -> tuple[IO[bytes], int]:
    """The zip from its beginning, and its length."""
    kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when the answer has been sent
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("me.json", json.dumps(_about(acting), indent=2, default=str, ensure_ascii=False))
        _write(whole, "sessions.csv", _SESSION_COLUMNS, _cells(_sessions(acting), _SESSION_COLUMNS))
        _write(whole, "spans.csv", ("kind", *queries.SPAN_COLUMNS), queries.own_spans(acting))
        _write(whole, "screenshots.csv", _SHOT_COLUMNS, _cells(_shots(acting), _SHOT_COLUMNS))
        own = tasks.own_tasks(acting.company_id or 0, acting.id or 0, _TASKS)
        _write(whole, "tasks.csv", _TASK_COLUMNS, _cells(own, _TASK_COLUMNS))
        _write(whole, "comments.csv", _COMMENT_COLUMNS, tasks.own_comments(acting))
        _write(whole, "who_looked.csv", _LOOK_COLUMNS, _cells(_looks(acting), _LOOK_COLUMNS))
    length = kept.tell()
    kept.seek(0)
    return kept, length


def _about(acting: Acting) -> dict[str, Any]:
    person = companies.as_person(companies.person(acting, acting.id or 0))
    head = tracking.head(acting.company_id or 0)
    told = devices.acknowledgements(acting, user_id=person.id)
    return {
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "since": person.created_at,
        "policy": {"version": head.version, "settings": dict(head.settings)},
        "acknowledged": [{"kinds": row.kinds, "at": row.received_at} for row in told],
    }


def _sessions(acting: Acting) -> Iterator[Any]:
    page, pages, now = 1, 1, clock.now()
    while page <= pages:
        found = queries.sessions(acting, now=now, user_id=acting.id, page=page, page_size=_PAGE)
        yield from found.items
        page, pages = page + 1, found.pages


def _looks(acting: Acting) -> Iterator[Look]:
    """Those of the log, then those of its archives, latest first."""
    yield from queries.who_looked(acting, acting.id or 0, limit=_LOOKS)
    for archive, here in actions.archived_months(acting):
        if here and archive.removed:
            yield from actions.archived_looks(acting, archive.number)


def _shots(acting: Acting) -> Iterator[Any]:
    page, pages = 1, 1
    while page <= pages:
        found = queries.screenshots(acting, user_id=acting.id, page=page, page_size=_PAGE)
        yield from found.items
        page, pages = page + 1, found.pages


def _cells(rows: Iterable[Any], names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    return (tuple(getattr(row, name) for name in names) for row in rows)


def _write(whole: zipfile.ZipFile, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with whole.open(name, "w") as file:
        for cells in itertools.chain([head], rows):
            file.write(csv_safe.line(cells).encode())


def _pieces(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while piece := kept.read(_CHUNK):
            yield piece


register_source("me", gettext_lazy("Everything about me"), _for_vault)  # the vault cannot know of people's exports
