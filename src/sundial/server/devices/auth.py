"""From `Authorization: Bearer …` to the device that acts, and the scope of its company."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from sundial.protocol import codec
from sundial.protocol.messages import ErrorAnswer, ErrorBody
from sundial.server.accounts.auth import client_address
from sundial.server.devices import queries
from sundial.server.devices.types import DeviceActing, acting_device
from sundial.server.lib.errors import Invalid, NotAllowed, SundialError, TooMany
from sundial.server.lib.scope import acting_for

_OWN_CODES = {NotAllowed.code: "suspended", Invalid.code: "malformed"}

DeviceView = Callable[[HttpRequest, DeviceActing], HttpResponse]


def answer(message: object, status: int = 200) -> HttpResponse:
    """A message of the agent protocol as an HTTP answer that nobody keeps."""
    made = HttpResponse(codec.encode(message), content_type="application/json", status=status)
    made["Cache-Control"] = "no-store"
    return made


def refusal(status: int, code: str, message: str) -> HttpResponse:
    """A refusal in the protocol's words."""
    return answer(ErrorAnswer(ErrorBody(code, message)), status)


def refused(error: SundialError) -> HttpResponse:
    """What an action refused, in the protocol's words: devices are forbidden nothing but a suspended company."""
    made = refusal(error.status, _OWN_CODES.get(error.code, error.code), error.message)
    if isinstance(error, TooMany):
        made["Retry-After"] = str(error.retry_after)
    return made


def bearer(request: HttpRequest) -> str:
    """The token shown, or an empty text."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def for_devices(view: DeviceView) -> Callable[[HttpRequest], HttpResponse]:
    """Let a known device in, in the scope of its company: 401 for a token that is not known, 403 for one that ended."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        holder = queries.holder_of(bearer(request))
        if holder is None:
            made = refusal(401, "unauthorized", "This token is not known.")
            made["WWW-Authenticate"] = "Bearer"
            return made
        if holder.ended:
            return refusal(403, "revoked", "This device was revoked.")
        acting = acting_device(holder.device_id, holder.company_id, client_address(request))
        with acting_for(holder.company_id):
            return view(request, DeviceActing(acting, holder.device_id, holder.user_id, holder.company_id))

    return guarded
