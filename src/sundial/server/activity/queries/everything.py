"""All that was kept of one person, row by row, for their own export."""

from collections.abc import Iterator

from django.db import transaction

from sundial.server.activity.models import Span
from sundial.server.activity.queries.visible import company_of
from sundial.server.activity.types import TAKEN_OUT, SpanKind
from sundial.server.lib.acting import Acting
from sundial.server.lib.scope import acting_for

SPAN_COLUMNS = (
    "started", "ended", "name", "title", "detail", "browser", "answer", "keys", "clicks", "scrolls", "moved_s",
    "session", "device_id", "received_at",
)  # fmt: skip
_AT_ONCE = 2000


def own_spans(acting: Acting) -> Iterator[tuple[object, ...]]:
    """Every span of the one who asks, eldest first: its kind, then `SPAN_COLUMNS`."""
    with acting_for(company_of(acting)), transaction.atomic():
        rows = Span.objects.filter(user_id=acting.id or 0).exclude(answer=TAKEN_OUT).order_by("started", "eid")
        for kind, *cells in rows.values_list("kind", *SPAN_COLUMNS).iterator(chunk_size=_AT_ONCE):
            yield (SpanKind(kind).name.lower(), *cells)
