"""The ordinary doors of devices under `/agent/v1/`; the hot ones are the gateway's."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from sundial.protocol import codec, messages
from sundial.server.accounts.auth import client_address
from sundial.server.devices import actions, queries
from sundial.server.devices.auth import answer, for_devices, refusal, refused
from sundial.server.devices.models import Notice
from sundial.server.devices.types import DeviceActing, Installation
from sundial.server.lib import clock
from sundial.server.lib.errors import SundialError
from sundial.server.lib.ids import HIGHEST_ID
from sundial.server.lib.numbers import whole_in
from sundial.server.lib.words import NUL

BODY_LIMIT = 16 * 1024

View = Callable[[HttpRequest], HttpResponse]
Message = TypeVar("Message", bound=msgspec.Struct)


class _TooLarge(Exception):
    """The body is larger than anything these doors take."""


def _door(method: str) -> Callable[[View], View]:
    """Answer this method only, and every refusal in the protocol's words."""

    def make(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def door(request: HttpRequest) -> HttpResponse:
            if request.method != method:
                made = refusal(405, "method_not_allowed", f"Only {method} is answered here.")
                made["Allow"] = method
                return made
            return _in_words(view, request)

        return door

    return make


def _in_words(view: View, request: HttpRequest) -> HttpResponse:
    try:
        return view(request)
    except _TooLarge:
        return refusal(413, "too_large", f"At most {BODY_LIMIT} bytes are taken here.")
    except (codec.Malformed, UnreadablePostError) as error:
        return refusal(400, "malformed", str(error))
    except SundialError as error:
        return refused(error)


@_door("POST")
def enrol(request: HttpRequest) -> HttpResponse:
    """Exchange a code for a device and its token."""
    asked = _read(request, messages.EnrolRequest)
    enrolled = actions.enrol(
        code=asked.code,
        installation=Installation(asked.hostname, asked.os, asked.app_version, asked.boot_id),
        ip=client_address(request),
        now=clock.now(),
    )
    told = messages.EnrolAnswer(
        enrolled.device_id, enrolled.token, enrolled.company_id, enrolled.company_name, enrolled.keys
    )
    return answer(told, status=201)


@_door("GET")
@for_devices
def notices(request: HttpRequest, device: DeviceActing) -> HttpResponse:
    """What the notices after an id say."""
    after = _whole_number(request.GET.get("after", "0"))
    found, more = queries.notices_after(device.company_id, device.device_id, after)
    return answer(messages.NoticesAnswer([_item(one) for one in found], more))


@_door("POST")
@for_devices
def acknowledgements(request: HttpRequest, device: DeviceActing) -> HttpResponse:
    """Keep a person's word that they have seen what a policy records."""
    said = _read(request, messages.Acknowledgement)
    kept = actions.acknowledge(
        by=device,
        etag=said.etag,
        kinds=list(dict.fromkeys(said.kinds)),
        text_sha256=said.text_sha256,
        at=_moment(said.at),
        now=clock.now(),
    )
    return answer(messages.AcknowledgementAnswer(kept.pk), status=201)


def _read(request: HttpRequest, kind: type[Message]) -> Message:
    """The message in the body; PostgreSQL keeps no NUL characters, so none is taken."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        raise _TooLarge
    message = codec.decode(kind, request.body)
    for name, value in msgspec.structs.asdict(message).items():
        if isinstance(value, str) and NUL in value:
            raise codec.Malformed(f"`$.{name}` contains a NUL character")
    return message


def _whole_number(text: str) -> int:
    number = whole_in(text, len(str(HIGHEST_ID)))
    if number is None or number > HIGHEST_ID:
        raise codec.Malformed("`after` must be the id of a notice")
    return number


def _moment(text: str) -> datetime:
    moment = clock.moment_in(text)
    if moment is None:
        raise codec.Malformed("`$.at` must be a time in ISO 8601, with its zone")
    return moment


def _item(notice: Notice) -> messages.NoticeItem:
    return messages.NoticeItem(notice.pk, notice.kind, clock.iso(notice.made_at), notice.body)
