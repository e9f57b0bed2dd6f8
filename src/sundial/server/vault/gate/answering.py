"""A file as the answer to a request: whole, in part, or only its head; never a page of ours."""

from datetime import datetime

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from sundial.server.lib.acting import Acting
from sundial.server.vault.gate.opening import Content, opened
from sundial.server.vault.gate.ranges import OutOfRange, Span, begins_at, wanted
from sundial.server.vault.types import Door

UNKNOWN = "application/octet-stream"
# What may be told by its own type: nothing in it runs. All else is bytes. Whatever it is, it is handed over to be kept.
_TOLD = {
    "application/pdf", "application/json", "application/zip", "image/png", "image/jpeg", "image/webp", "image/gif",
    "text/plain", "text/csv",
}  # fmt: skip
GUARDED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def answer(
    request: HttpRequest,
    *,
    acting: Acting,
    file_id: int,
    version: int | None = None,
    share: str | None = None,
    now: datetime,
    door: Door,
) -> HttpResponseBase:
    """The content of a file to GET or HEAD; raises what `opened` raises, and Conflict for a broken seal."""
    header = request.headers.get("Range", "")
    content = opened(
        acting=acting,
        file_id=file_id,
        version=version,
        share=share,
        now=now,
        door=door,
        start=begins_at(header),
        reading=request.method != "HEAD",
    )
    if request.headers.get("If-None-Match", "") == content.etag:
        return _guarded(HttpResponse(status=304), content)
    try:
        span = _span(request, content)
    except OutOfRange:
        refusal = _guarded(HttpResponse(status=416), content)
        refusal["Content-Range"] = f"bytes */{content.size}"
        return refusal
    return _headed(_body(request, content, span), content, span)


def _span(request: HttpRequest, content: Content) -> Span:
    same = request.headers.get("If-Range", content.etag) == content.etag
    return wanted(request.headers.get("Range", "") if same else "", content.size)


def _body(request: HttpRequest, content: Content, span: Span) -> HttpResponseBase:
    if request.method == "HEAD":
        return HttpResponse()
    return FileResponse(content.reader(span.start, span.stop))


def _headed(made: HttpResponseBase, content: Content, span: Span) -> HttpResponseBase:
    made.status_code = 206 if span.part else 200
    if span.part:
        made["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{content.size}"
    made["Content-Length"] = str(span.stop - span.start)
    made["Content-Type"] = content.version.media_type if content.version.media_type in _TOLD else UNKNOWN
    made["Content-Disposition"] = content_disposition_header(True, content.file.name) or "attachment"
    return _guarded(made, content)


def _guarded(made: HttpResponseBase, content: Content) -> HttpResponseBase:
    for name, value in GUARDED.items():
        made[name] = value
    made["Accept-Ranges"], made["ETag"] = "bytes", content.etag
    return made
