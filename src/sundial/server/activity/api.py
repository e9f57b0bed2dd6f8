"""The screenshots' door under `/agent/v1/`; all other facts go through the gateway."""

from uuid import UUID

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt

from sundial.protocol import codec
from sundial.protocol.events import ScreenshotMeta
from sundial.server.activity import actions
from sundial.server.activity.actions import ScreenshotsDisabled, Taken, TooLarge
from sundial.server.companies import queries as companies
from sundial.server.companies.types import CompanyStatus
from sundial.server.devices.auth import answer, for_devices, refusal, refused
from sundial.server.devices.types import DeviceActing
from sundial.server.lib import clock
from sundial.server.lib.errors import NotAllowed, SundialError
from sundial.server.tracking import queries as tracking

ROOM_FOR_META = 64 << 10
_UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError, codec.Malformed)


@csrf_exempt
def screenshots(request: HttpRequest) -> HttpResponse:
    """Take one picture: 201 when it is kept, also when the same comes again."""
    if request.method != "POST":
        made = refusal(405, "method_not_allowed", "Only POST is answered here.")
        made["Allow"] = "POST"
        return made
    return _taken(request)


@for_devices
def _taken(request: HttpRequest, device: DeviceActing) -> HttpResponse:
    try:
        _check(request, device.company_id)
        meta, image = _read(request)
        row = actions.take_screenshot(
            company_id=device.company_id,
            user_id=device.user_id,
            device_id=device.device_id,
            taken=_told(meta),
            image=image,
            now=clock.now(),
        )
    except RequestDataTooBig:
        return refusal(413, "too_large", "This is larger than anything taken here.")
    except _UNREADABLE as error:
        return refusal(400, "malformed", str(error) or "The body cannot be read.")
    except SundialError as error:
        return refused(error)
    return answer({"id": row.pk, "eid": str(row.eid)}, status=201)


def _check(request: HttpRequest, company_id: int) -> None:
    """What can be refused before the body is looked at is."""
    if companies.company(company_id).status == CompanyStatus.SUSPENDED:
        raise NotAllowed("This company is suspended.")
    policy = tracking.head(company_id).settings
    if not policy["screenshots_enabled"]:
        raise ScreenshotsDisabled("This company's policy takes no screenshots.")
    megabytes = int(policy["max_screenshot_size_mb"])
    if int(request.META.get("CONTENT_LENGTH") or 0) > (megabytes << 20) + ROOM_FOR_META:
        raise TooLarge({"image": f"At most {megabytes} MB are taken."}, "This picture is too large.")


def _read(request: HttpRequest) -> tuple[ScreenshotMeta, bytes]:
    """The two parts; a large picture lies in a file until it is read here, once."""
    image = request.FILES.get("image")
    part = request.FILES.get("meta")
    written = part.read(ROOM_FOR_META) if part is not None else request.POST.get("meta", "").encode()
    if image is None:
        raise codec.Malformed("`image` must be a file")
    return codec.decode(ScreenshotMeta, written), image.read()


def _told(meta: ScreenshotMeta) -> Taken:
    at = clock.moment_in(meta.taken_at)
    return Taken(UUID(meta.eid), UUID(meta.session), at, meta.taken_at, meta.screen, meta.blurred)
