"""Photos of people: shown to whoever may see the person, changed by them or by an administrator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sundial.server.companies import actions, queries
from sundial.server.companies.access import acting_of_page, allow
from sundial.server.lib import clock
from sundial.server.lib.acting import Role
from sundial.server.lib.errors import Invalid

_IN_COMPANY = (Role.ADMIN, Role.MANAGER, Role.EMPLOYEE)


@allow(*_IN_COMPANY)
@require_GET
def photo(request: HttpRequest, user_id: int) -> HttpResponse:
    """What a person whom one may see looks like; its address changes with it, so it may be kept."""
    answer = HttpResponse(queries.photo(acting_of_page(request), user_id), content_type="image/webp")
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


@allow(Role.ADMIN)
@require_POST
def change_photo(request: HttpRequest, user_id: int) -> HttpResponse:
    """Set somebody's photo, or take it away."""
    _keep(request, user_id)
    return redirect("person", user_id)


@allow(*_IN_COMPANY)
@require_POST
def change_own_photo(request: HttpRequest) -> HttpResponse:
    """Set one's own photo, or take it away."""
    _keep(request, acting_of_page(request).id or 0)
    return redirect("account")


def _keep(request: HttpRequest, user_id: int) -> None:
    """Keep the photo that was sent, and say what came of it."""
    sent = None if "remove" in request.POST else request.FILES.get("photo")
    if sent is None and "remove" not in request.POST:
        messages.error(request, _("Choose a picture first."))
        return
    picture = sent.read() if sent else None
    try:
        actions.set_photo(acting=acting_of_page(request), user_id=user_id, photo=picture, now=clock.now())
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.fields.values()))
    else:
        messages.success(request, _("Saved.") if picture else _("The photo is gone."))
